"""Images as a LeNet sees them that was trained on the user's own labelled ones.

Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998, with ReLU and max pooling; as a judge
of generated digits: M. Binkowski et al., "Demystifying MMD GANs", ICLR 2018, arXiv:1801.01401.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate, Z
from gansurrogate.fidelity.frechet import frechet_distance
from gansurrogate.fidelity.randomness import own_randomness

EPOCHS, BATCH, RATE = 3, 100, 2e-3
STEPS = 200  # at least: with fewer it reads few images no better than by chance
SMALLEST = 12  # pixels on a side that two convolutions and poolings leave something of
RESAMPLES = 50  # enough for a standard deviation


class LeNet(nn.Module):
    """A network for images of shape (channels, height, width); `low` and `high` are the range of its pixels."""

    low: Tensor
    high: Tensor

    def __init__(self, shape: tuple[int, int, int], classes: int, low: float, high: float) -> None:
        super().__init__()
        self.register_buffer("low", torch.tensor(low))
        self.register_buffer("high", torch.tensor(high))
        channels, height, width = shape
        left = ((height // 2 - 4) // 2) * ((width // 2 - 4) // 2)
        self.features = nn.Sequential(
            nn.Conv2d(channels, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
            nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16 * left, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        )  # fmt: skip
        self.classes = nn.Linear(84, classes)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(n, channels, height, width) -> features (n, 84), logits (n, classes)."""
        features = self.features((images - self.low) / (self.high - self.low))
        return features, self.classes(features)


class Reading(NamedTuple):
    """What a LeNet sees in images.

    Attributes
    ----------
    features : array of shape (n, 84)
        Of the last hidden layer.
    classes : integer array of shape (n,)
    """

    features: NDArray[np.float64]
    classes: NDArray[np.int64]


def trained_lenet(images: Array, labels: NDArray[np.integer], *, seed: int = 0) -> LeNet:
    """A LeNet trained for three epochs, more of few images, with Adam and one cycle of the learning rate.

    Parameters
    ----------
    images : array of shape (n, height, width) or (n, channels, height, width)
    labels : integer array of shape (n,)
        From 0 on.

    Raises
    ------
    ArgumentError
        For images below 12 pixels on a side, fewer than 100 of them, or labels that do not fit.
    """
    if min(images.shape[-2:]) < SMALLEST or len(images) < BATCH or len(labels) != len(images) or labels.min() < 0:
        msg = (
            f"a LeNet is trained on {BATCH} or more images of at least {SMALLEST} pixels on a side, each with a label"
            f" from 0 on; got images of shape {images.shape} and labels of shape {labels.shape}"
        )
        raise ArgumentError(msg)
    x, target = _pictures(images), torch.from_numpy(labels.astype(np.int64))
    with own_randomness(seed):
        network = LeNet((x.shape[1], x.shape[2], x.shape[3]), int(target.max()) + 1, float(x.min()), float(x.max()))
        optimizer = torch.optim.Adam(network.parameters())
        steps = len(x) // BATCH
        epochs = max(EPOCHS, -(-STEPS // steps))
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, epochs * steps)
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(BATCH)[:steps]:
                optimizer.zero_grad()
                F.cross_entropy(network(x[rows])[1], target[rows]).backward()
                optimizer.step()
                schedule.step()
    return network.eval()


def read(network: LeNet, images: Array) -> Reading:
    """What `network` sees in images of the shape it was trained on."""
    with torch.no_grad():
        features, logits = map(torch.cat, zip(*map(network, _pictures(images).split(1000)), strict=True))
    return Reading(features.double().numpy(), logits.argmax(1).numpy())


def lenet_fid(real: Reading, other: Reading, *, seed: int = 0) -> Estimate:
    """Frechet distance between the features. Its floor is that of other real images, as many."""
    return _varied(frechet_distance, real.features, other.features, seed)


def class_divergence(real: Reading, other: Reading, *, seed: int = 0) -> Estimate:
    """Kullback-Leibler divergence of the others' histogram of classes from the real one [nat].

    Of equal distributions it is about (classes - 1) (1/n + 1/m) / 2.
    """
    classes = 1 + int(max(real.classes.max(), other.classes.max()))

    def divergence(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
        expected, share = (np.bincount(read, minlength=classes) / len(read) + 1e-12 for read in (a, b))
        return max(0.0, float((share * np.log(share / expected)).sum()))

    return _varied(divergence, real.classes, other.classes, seed)


def share_as_asked(other: Reading, asked: NDArray[np.integer]) -> Estimate:
    """Share of the images that are read as the class (n,) they were asked for as."""
    return Estimate.of_share(float((other.classes == asked).mean()), len(asked))


def _varied(
    measure: Callable[[NDArray[Any], NDArray[Any]], float], a: NDArray[Any], b: NDArray[Any], seed: int
) -> Estimate:
    """Within so many standard deviations of what resampled rows give; their mean lies too high for a distance."""
    random = np.random.default_rng(seed)
    with threadpool_limits(1):
        value = measure(a, b)
        drawn = [measure(*(x[random.integers(0, len(x), len(x))] for x in (a, b))) for _ in range(RESAMPLES)]
    error = Z * float(np.std(drawn))
    return Estimate(value, max(0.0, value - error), value + error)


def _pictures(images: Array) -> Tensor:
    """(n, [channels,] height, width) -> (n, channels, height, width)."""
    return torch.from_numpy(images.reshape(len(images), -1, *images.shape[-2:])).float()
