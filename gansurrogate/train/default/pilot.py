"""A first look at the data: mean, principal components and one noise floor.

Networks work on coefficients of the leading components in units of their own spread; what lies below the
noise floor is left to the noise branch. Nothing here knows the physics.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gansurrogate.errors import RecordingsError
from gansurrogate.train.default.lines import look_for_lines, without_lines
from gansurrogate.train.default.recipe import DefaultRecipe

MOST_VALUES = 4096  # the covariance of larger signals takes minutes and gigabytes
SIGNALS_PER_COMPONENT = 5  # fewer fit a component to themselves, and what it leaves of others is larger
FEW_SIGNALS = 320
FEW_COMPONENTS = 12  # that the fewest signals may have
DOUBT = 3.0  # times the noise that is expected in components, for which their frequencies are weakened
LEAST_GAIN = 0.1  # of such frequencies


@dataclass(frozen=True)
class Pilot:
    """What the first look says. A signal of shape ``(*lead, length)`` has ``size`` values.

    Attributes
    ----------
    shape : tuple of int
        Of one signal.
    mean : tensor of shape (size,)
    components : tensor of shape (rank, size)
        Orthonormal rows, most variance first.
    spread : tensor of shape (rank,)
        Standard deviation of the coefficients.
    floor : float
        Standard deviation per value of what the components leave, in the signal's unit. One scalar: the
        eigenvalues of the noise directions scatter with the finite sample (Marchenko and Pastur 1967), and
        whitening by them makes real noise look narrower than it is.
    scale : float
        Standard deviation of all values together.
    line_frequencies, line_amplitudes : tensors of shape (lines,) and (lines, channels)
        Sines of random phase under every signal, which the components leave out; see `lines`.
    """

    shape: tuple[int, ...]
    mean: Tensor
    components: Tensor
    spread: Tensor
    floor: float
    scale: float
    line_frequencies: Tensor
    line_amplitudes: Tensor

    @property
    def rank(self) -> int:
        """Number of components."""
        return len(self.components)

    @property
    def size(self) -> int:
        """Number of values in one signal."""
        return math.prod(self.shape)

    def coefficients(self, centred: Tensor) -> Tensor:
        """Coefficients (n, rank) of centred signals (n, size)."""
        return centred @ self.components.T


def look(signals: Tensor, recipe: DefaultRecipe) -> Pilot:
    """Look at `signals` of shape (n, *shape)."""
    shape = tuple(signals.shape[1:])
    if math.prod(shape) < 2:
        msg = "this recipe takes signals of at least two values; got one: the recipe objective takes it"
        raise RecordingsError(msg)
    if math.prod(shape) > MOST_VALUES:
        msg = f"this recipe takes signals of up to {MOST_VALUES} values; got shape {shape}: shorten or thin them out"
        raise RecordingsError(msg)
    flat = signals.flatten(1)[: recipe.pilot_signals].double()
    mean = flat.mean(0)
    lines = look_for_lines(signals)
    centred = without_lines(flat - mean, *lines) if len(lines[0]) else flat - mean
    eigenvalues, vectors = torch.linalg.eigh(torch.cov(centred.T))
    eigenvalues, vectors = eigenvalues.flip(0).clamp_min(0), vectors.flip(1)
    scale = float(flat.std())
    least = (1e-4 * scale) ** 2  # of the noise's variance: noise-free signals must not divide by zero
    few = are_few(len(flat))
    most = recipe.most_components
    if few:
        most = min(most, max(FEW_COMPONENTS, len(flat) // SIGNALS_PER_COMPONENT))
    above, noise = above_the_noise(eigenvalues, len(flat), most, least)
    floor = math.sqrt(noise)
    rank = min(above + recipe.spare_components, most, max(1, min(flat.shape) // 2))
    components = vectors[:, :rank].T
    if few:
        components = smoothed(components, centred, shape[-1])
    spread = (centred @ components.T).std(0).clamp_min(floor)
    return Pilot(shape, mean.float(), components.float().contiguous(), spread.float(), floor, scale, *lines)


def are_few(n: int) -> bool:
    """Whether `n` signals are too few for all the components that the default recipe allows."""
    return n < FEW_SIGNALS


def above_the_noise(eigenvalues: Tensor, n: int, most: int, least: float) -> tuple[int, float]:
    """How many eigenvalues of a covariance from `n` signals carry signal, and the variance of the noise.

    White noise alone spreads its eigenvalues up to variance * (1 + sqrt(size / n))^2 (Marchenko and Pastur
    1967). Those above are taken for signal, the variance is estimated from the others, and so on until the
    count stays.
    """
    size = len(eigenvalues)
    edge = 1.1 * (1 + math.sqrt(size / n)) ** 2
    most = min(most, size - 1, n - 1)
    above = 0
    while True:
        # The components taken out also took their share of the noise with them: (1 - above / n).
        variance = max(least, float(eigenvalues[above:].sum()) / ((size - above) * (1 - above / n)))
        count = min(most, int((eigenvalues > edge * variance).sum()))
        if count <= above:
            return above, variance
        above = count


def smoothed(components: Tensor, centred: Tensor, length: int) -> Tensor:
    """Components (rank, size) of n signals, weakened at frequencies where they are mostly noise; orthonormal again.

    The mean of n signals has a share of 1 / n in each one's noise, and so has, in its place, each component. A signal's
    residual then lacks this noise, and a generator that adds both independently would be too loud.
    """

    def power(x: Tensor) -> Tensor:
        mean: Tensor = torch.fft.rfft(_mirrored(x, length)).abs().square().mean((0, 1))
        return mean

    trajectory = centred @ components.T @ components
    noise = DOUBT * len(components) / len(centred) * power(centred - trajectory)
    gain = (1 - noise / power(trajectory).clamp_min(1e-300)).clamp_min(LEAST_GAIN**2).sqrt()
    filtered = torch.fft.irfft(torch.fft.rfft(_mirrored(components, length)) * gain, 2 * length)[..., :length]
    orthonormal: Tensor = torch.linalg.qr(filtered.reshape(len(components), -1).T)[0].T
    return orthonormal


def _mirrored(x: Tensor, length: int) -> Tensor:
    """Values (n, size) as (n, channels, 2 * length), each channel followed by its mirror image: no jump at the ends."""
    x = x.reshape(len(x), -1, length)
    return torch.cat([x, x.flip(2)], 2)
