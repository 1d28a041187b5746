"""Principal components: the best linear autoencoder there is, and what noise leaves of any."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gansurrogate.errors import RecordingsError
from gansurrogate.fidelity.plots import is_image
from gansurrogate.spec import SignalSpec
from gansurrogate.train.data import Rows

MOST_VALUES = 4096  # the covariance of larger signals takes minutes and gigabytes
CHUNK = 4096  # signals at a time
MOST_UNEQUAL = 10  # times, the spreads of channels that share one scale
RESTING = 1e-6  # spread of a channel relative to its values, below which it does not move


@dataclass(frozen=True)
class Pca:
    """Principal components of signals with `size` values.

    Attributes
    ----------
    mean, scale : tensor of shape (size,)
        Signals are centred, and divided by the standard deviation of all values or of those of a channel.
    components : tensor of shape (rank, size)
        Orthonormal rows, most variance first; all there are.
    spread : tensor of shape (rank,)
        Standard deviation of the coefficients.
    """

    mean: Tensor
    scale: Tensor
    components: Tensor
    spread: Tensor

    @property
    def rank(self) -> int:
        """Number of components."""
        return len(self.components)

    def scaled(self, signals: Tensor) -> Tensor:
        """Signals (n, *shape) centred and scaled, (n, size)."""
        return (signals.flatten(1) - self.mean) / self.scale

    def errors(self, signals: Tensor) -> Tensor:
        """Root mean square, in scaled units, of what the first 0, 1 ... rank components leave of `signals`."""
        total, taken = torch.zeros(()).double(), torch.zeros(self.rank).double()
        for part in signals.split(CHUNK):
            x = self.scaled(part).double()
            total += x.square().sum()
            taken += (x @ self.components.T.double()).square().sum(0)
        left = total - torch.cat([taken.new_zeros(1), taken.cumsum(0)])
        return (left.clamp_min(0) / signals.numel()).sqrt()


def noise_floor(errors: Tensor, size: int) -> float:
    """Standard deviation of white noise in signals of `size` values, from the `Pca.errors` of held-out ones.

    It is what the first half of the components leaves of signals that they were not fitted to, per direction left:
    too high where the signals themselves fill more than half of the directions. No autoencoder of few codes can be
    expected to leave less.
    """
    half = (len(errors) - 1) // 2
    return float(errors[half]) * math.sqrt(size / (size - half))


def fitting_scaling(signals: Tensor, spec: SignalSpec) -> str:
    """``"channel"`` where the spreads of channels differ more than tenfold, ``"whole"`` otherwise and for images."""
    if len(spec.shape) < 2 or is_image(spec):
        return "whole"
    spreads = signals.flatten(1, -2).transpose(0, 1).flatten(1).std(1)  # one per channel
    return "channel" if spreads.max() > MOST_UNEQUAL * spreads.min() else "whole"


def principal_components(signals: Tensor | Rows, scaling: str) -> Pca:
    """Principal components of `signals` (n, *shape) under a `scaling` of the recipe.

    Raises
    ------
    RecordingsError
        For signals of more values than a covariance is computed for.
    """
    shape, n = tuple(signals.shape[1:]), len(signals)
    if (size := math.prod(shape)) > MOST_VALUES:
        msg = f"this recipe takes signals of up to {MOST_VALUES} values; got shape {shape}: shorten them"
        raise RecordingsError(msg)
    mean = sum(part.double().sum(0) for part in signals.split(CHUNK)) / n  # *shape
    assert isinstance(mean, Tensor)
    square = sum((part.double() - mean).square().sum(0) for part in signals.split(CHUNK)) / n
    assert isinstance(square, Tensor)
    whole = square.mean().sqrt()
    channel = square.mean(-1, keepdim=True).sqrt()
    moves = channel > RESTING * mean.square().mean(-1, keepdim=True).sqrt()
    channel = torch.where(moves, channel, whole)  # of one that does not move no deviation is large
    scale = (channel if scaling == "channel" else whole).expand(shape).flatten()
    covariance = torch.zeros(size, size, dtype=torch.float64)
    for part in signals.split(CHUNK):
        x = ((part.double() - mean).flatten(1)) / scale
        covariance += x.T @ x
    eigenvalues, vectors = torch.linalg.eigh(covariance / (n - 1))
    rank = min(size, n - 1)
    spread, components = eigenvalues.flip(0)[:rank].clamp_min(0).sqrt(), vectors.flip(1).T[:rank]
    # The sign of a component is free: its largest entry is made positive.
    largest = components.gather(1, components.abs().argmax(1, keepdim=True))
    parts = (mean.flatten(), scale, components * largest.sign(), spread)
    return Pca(*(part.float().contiguous() for part in parts))
