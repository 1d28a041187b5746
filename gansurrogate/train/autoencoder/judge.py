"""What an autoencoder reaches on signals it has not seen, and which signals it calls anomalous."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gansurrogate.fidelity.anomaly import CORRUPTIONS, QUANTILE, auc, scores
from gansurrogate.train.autoencoder.networks import Autoencoder
from gansurrogate.train.data import Part, Pool

TILE = 1000  # signals at a time
WHITE = 0.2  # largest correlation of neighbouring residuals that still counts as white noise


def first(part: Part | Pool, n: int) -> Part:
    """The first `n` signals, if there are as many."""
    return part.rows(torch.arange(min(n, len(part.signals))))


def residuals(autoencoder: Autoencoder, part: Part) -> Tensor:
    """What the reconstruction leaves of each signal, (n, *shape) in its unit."""
    return _in_tiles(part, autoencoder, lambda x, known: x - autoencoder.reconstruct(x, known))


def encode(autoencoder: Autoencoder, part: Part) -> Tensor:
    """The codes (n, codes) of each signal."""
    return _in_tiles(part, autoencoder, autoencoder.encode)


@torch.no_grad()
def _in_tiles(part: Part, autoencoder: Autoencoder, compute: Callable[[Tensor, tuple[Tensor, ...]], Tensor]) -> Tensor:
    """`compute` of signals and conditions where the autoencoder is, tile by tile."""
    tiles = [
        part.rows(index).each(lambda tensor: tensor.to(autoencoder.mean.device))
        for index in torch.arange(len(part.signals)).split(TILE)
    ]
    return torch.cat([compute(tile.signals, tile.conditions).cpu() for tile in tiles])


@dataclass(frozen=True)
class Anomalies:
    """Scores of held-out signals, as they are and corrupted.

    Attributes
    ----------
    error : array of one value, or of shape (*shape[:-1], 1)
        Root mean square residual of the training signals, the unit of the scores.
    held_out : array of shape (n,)
    corrupted : dict of arrays of shape (n,)
        By the kind of corruption.
    """

    error: NDArray[np.float64]
    held_out: NDArray[np.float64]
    corrupted: dict[str, NDArray[np.float64]]

    @property
    def threshold(self) -> float:
        """The score above which a signal is called anomalous."""
        return float(np.quantile(self.held_out, QUANTILE))

    @property
    def floor(self) -> float:
        """AUC of held-out signals against others: one half, but for chance."""
        return auc(self.held_out[::2], self.held_out[1::2])


def find_anomalies(autoencoder: Autoencoder, training: Part, held_out: Part, *, by_channel: bool) -> Anomalies:
    """Score held-out signals, as they are and corrupted in each way."""
    squares = residuals(autoencoder, training).double().square()
    error = squares.mean((0, -1), keepdim=True)[0].sqrt() if by_channel else squares.mean().sqrt()
    unit, random = error.clamp_min(1e-12).numpy(), np.random.default_rng(0)
    corrupted = {}
    for kind, corrupt in CORRUPTIONS.items():
        signals = torch.from_numpy(corrupt(held_out.signals.numpy(), unit, random).astype(np.float32))
        corrupted[kind] = scores(residuals(autoencoder, Part(signals, held_out.conditions)).numpy(), unit)
    return Anomalies(unit, scores(residuals(autoencoder, held_out).numpy(), unit), corrupted)


def white_noise(residual: Tensor) -> Tensor | None:
    """Standard deviation (size,) of the residual at each value if it looks like white noise along the last axis."""
    spread = residual.std(0)
    x = (residual - residual.mean(0)) / spread.clamp_min(1e-30)
    correlation = (x[..., 1:] * x[..., :-1]).mean()
    return spread.flatten() if abs(float(correlation)) < WHITE else None
