"""How well a recipe learns MNIST, as a LeNet trained on the real digits sees it.

    python benchmarks/images.py MNIST --recipe mlp-gan-1 --steps 15000
    python benchmarks/images.py MNIST --recipe mlp-gan-1 --steps 15000 --conditions

MNIST is the folder of the four IDX files. Trains for a tenth of the steps and for all of them, exports, samples through
the runtime, and prints for each: the Frechet distance between the features of generated and of test images (the LeNet's
last hidden layer), beside its floor, training images against test images; how many digits are covered (a digit is,
if at least a tenth of its share in the test images reads as it); the divergence of the histogram of digits; and with
conditions the share of images that read as the digit that was asked for. `--lenet FILE` keeps the LeNet between calls.
"""

import argparse
import datetime
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from gansurrogate_onnx import export
from numpy.typing import NDArray
from timing import cpu_model

import gansurrogate as gs
from gansurrogate.fidelity.lenet import (
    LeNet,
    Reading,
    class_divergence,
    lenet_fid,
    read,
    share_as_asked,
    trained_lenet,
)
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, from_file, train

IMAGES = 10_000  # judged


def kept_lenet(real: Recordings, file: Path | None) -> LeNet:
    """The LeNet of `file`, or a new one, trained on `real`."""
    if file and file.is_file():
        network = LeNet((1, *real.spec.shape[-2:]), 10, float(real.signals.min()), float(real.signals.max()))
        network.load_state_dict(torch.load(file, weights_only=True))
        return network.eval()
    network = trained_lenet(real.signals, real.conditions["label"])
    if file:
        torch.save(network.state_dict(), file)
    return network


def line(name: str, seen: Reading, real: Reading, asked: NDArray[np.int64] | None, minutes: float | None) -> str:
    """A row of the table."""
    share, expected = (np.bincount(reading.classes, minlength=10) / len(reading.classes) for reading in (seen, real))
    cells = (
        f"{lenet_fid(real, seen).value:.2f}",
        str((share >= 0.1 * expected).sum()),
        f"{class_divergence(real, seen).value:.4f}",
        "" if asked is None else f"{share_as_asked(seen, asked).value:.1%}",
        "" if minutes is None else f"{minutes:.1f}",
    )
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recipe", default="mlp-gan-1")
    parser.add_argument("--steps", type=int, default=15_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--conditions", action="store_true", help="ask for digits")
    parser.add_argument("--lenet", type=Path)
    parser.add_argument("--out", type=Path, help="keep the runs and the surrogate files in this folder")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    train_file, test_file = (arguments.folder / f"{part}-images-idx3-ubyte.gz" for part in ("train", "t10k"))
    real, test = from_file(train_file), from_file(test_file)
    recordings = real if arguments.conditions else from_file(train_file, conditions=[])

    lenet = kept_lenet(real, arguments.lenet)
    seen = read(lenet, test.signals)
    accuracy = (seen.classes == test.conditions["label"]).mean()
    print(f"{datetime.date.today()}, {cpu_model()}, one thread; LeNet: {accuracy:.2%} of the test images")
    print(
        f"{arguments.recipe}, seed {arguments.seed}, {IMAGES} images{', with digits asked for' * arguments.conditions}"
    )
    print("| | LeNet-FID | digits covered | divergence of digits | reads as asked | CPU minutes |")
    print("|---|---|---|---|---|---|")
    print(line("training against test images", read(lenet, real.signals[:IMAGES]), seen, None, None), flush=True)
    asked = np.arange(IMAGES) % 10 if arguments.conditions else None
    for steps in (arguments.steps // 10, arguments.steps):
        with tempfile.TemporaryDirectory() as temporary:
            folder, began = arguments.out or Path(temporary), time.process_time()
            trained = train(
                recordings, RunFolder(folder / f"run-{steps}"), recipe=find_recipe(arguments.recipe),
                budget=Budget(steps=steps), seed=arguments.seed,
            )  # fmt: skip
            minutes = (time.process_time() - began) / 60
            export(trained, folder / f"{steps}.onnx")
            images = gs.load(folder / f"{steps}.onnx", threads=1).sample(
                IMAGES, conditions=None if asked is None else {"label": asked}, rng=arguments.seed
            )
        print(line(f"{steps} steps", read(lenet, images), seen, asked, minutes), flush=True)


if __name__ == "__main__":
    main()
