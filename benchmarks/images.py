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
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from gansurrogate_onnx import export
from numpy.typing import NDArray
from timing import cpu_model
from torch import Tensor, nn

import gansurrogate as gs
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, from_file, train

IMAGES = 10_000  # judged
EPOCHS, BATCH, RATE = 3, 100, 2e-3  # of the LeNet


class LeNet(nn.Module):
    """Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998, with ReLU and max pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        )  # fmt: skip
        self.digits = nn.Linear(84, 10)

    def forward(self, images: Tensor) -> Tensor:
        """(n, 28, 28), 0 to 255 -> logits (n, 10)."""
        return self.digits(self.features(images[:, None] / 255))


class Reading(NamedTuple):
    """What a LeNet sees: features (n, 84) and digits (n,)."""

    features: NDArray[np.float64]
    digits: NDArray[np.int64]


def trained_lenet(real: Recordings, file: Path | None) -> LeNet:
    """The LeNet of `file`, or a new one, trained on `real`."""
    torch.manual_seed(0)
    network = LeNet()
    if file and file.is_file():
        network.load_state_dict(torch.load(file, weights_only=True))
        return network.eval()
    images, labels = torch.from_numpy(real.signals), torch.tensor(real.conditions["label"])
    optimizer = torch.optim.Adam(network.parameters())
    steps = EPOCHS * len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps)
    for step in range(steps):
        if step * BATCH % len(images) == 0:
            order = torch.randperm(len(images))
        batch = order[step * BATCH % len(images) :][:BATCH]
        optimizer.zero_grad()
        F.cross_entropy(network(images[batch]), labels[batch]).backward()
        optimizer.step()
        schedule.step()
    if file:
        torch.save(network.state_dict(), file)
    return network.eval()


@torch.no_grad()
def read(network: LeNet, images: NDArray[np.float32]) -> Reading:
    """What `network` sees in `images`."""
    parts = torch.from_numpy(images)[:, None].split(1000)
    features = torch.cat([network.features(part / 255) for part in parts])
    return Reading(features.double().numpy(), network.digits(features).argmax(1).numpy())


def frechet(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """|mean a - mean b|^2 + trace(A + B - 2 sqrt(A B)), A and B being covariances.

    M. Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium", 2017.
    """
    first, second = np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.linalg.eigvals(first @ second).real.clip(0))
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first + second) - 2 * roots.sum())


def line(name: str, seen: Reading, real: Reading, asked: NDArray[np.int64] | None, minutes: float | None) -> str:
    """A row of the table."""
    share, expected = (np.bincount(reading.digits, minlength=10) / len(reading.digits) for reading in (seen, real))
    cells = (
        f"{frechet(seen.features, real.features):.2f}",
        str((share >= 0.1 * expected).sum()),
        f"{(share * np.log((share + 1e-12) / expected)).sum():.4f}",
        "" if asked is None else f"{(seen.digits == asked).mean():.1%}",
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

    lenet = trained_lenet(real, arguments.lenet)
    seen = read(lenet, test.signals)
    accuracy = (seen.digits == test.conditions["label"]).mean()
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
