"""MNIST digits, blurred and noisy, restored by a surrogate: L1 and a LeNet's reading beside those of the blurred ones.

    python benchmarks/deblurring.py MNIST --steps 3000 --seeds 1 2 3 --picture digits.png

MNIST is the folder of the four IDX files. The LeNet is trained on sharp digits only. The surrogate is trained on
blurred and sharp training images, exported, and sampled through the runtime at the blurred test images.
"""

import argparse
import datetime
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from gansurrogate_onnx import export
from images import read, trained_lenet
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from timing import cpu_model

import gansurrogate as gs
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, from_file, train
from gansurrogate.train.paired.pictures import gallery

Images = NDArray[np.float32]
SPREAD, NOISE = 2.0, 25.0  # of the Gaussian blur [pixels], and of the noise [grey levels of 255]
PAIRS = 10_000
BLURRED = gs.Condition("blurred", low=-200, high=455, shape=(28, 28))
SHOWN = 8


def blur(images: Images, seed: int) -> Images:
    """What a bad camera sees."""
    noise = NOISE * np.random.default_rng(seed).standard_normal(images.shape)
    return (gaussian_filter(images, (0, SPREAD, SPREAD)) + noise).astype(np.float32)


def surrogate(images: Images, seed: int, steps: int, folder: Path) -> gs.Surrogate:
    """Trained on pairs from `images`, exported and loaded."""
    spec = gs.SignalSpec((28, 28), conditions=(BLURRED,))
    recordings = Recordings("digits", spec, images, {"blurred": blur(images, seed=1)}, {"source": "MNIST"})
    recipe, run = find_recipe("image-to-image"), RunFolder(folder / "run")
    export(train(recordings, run, recipe=recipe, budget=Budget(steps=steps), seed=seed), folder / "digits.onnx")
    return gs.load(folder / "digits.onnx", threads=1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--lenet", type=Path, help="keep the LeNet in this file between calls")
    parser.add_argument("--picture", type=Path, help="write some digits, blurred, restored and sharp")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    real, test = (from_file(arguments.folder / f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k"))
    lenet, sharp, blurred = trained_lenet(real, arguments.lenet), test.signals, blur(test.signals, seed=2)

    def line(name: str, images: Images, minutes: str) -> str:
        accuracy = (read(lenet, images).digits == test.conditions["label"]).mean()
        return f"| {name} | {np.abs(images - sharp).mean():.2f} | {accuracy:.2%} | {minutes} |"

    print(f"{datetime.date.today()}, {cpu_model()}, one thread, {arguments.steps} steps, {len(sharp)} test images")
    print("| | L1 [grey levels] | read by the LeNet | CPU minutes |")
    print("|---|---|---|---|")
    print(line("sharp", sharp, ""))
    print(line("blurred", blurred, ""), flush=True)
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            began = time.process_time()
            trained = surrogate(real.signals[:PAIRS], seed, arguments.steps, Path(folder))
            minutes = f"{(time.process_time() - began) / 60:.1f}"
            restored = trained.sample(len(blurred), conditions={"blurred": blurred}, rng=seed)
        print(line(f"restored, seed {seed}", restored, minutes), flush=True)
    if arguments.picture:
        fields = {"blurred": blurred[:SHOWN], "restored": restored[:SHOWN], "sharp": sharp[:SHOWN]}
        gallery(fields, "").savefig(arguments.picture, dpi=80)


if __name__ == "__main__":
    main()
