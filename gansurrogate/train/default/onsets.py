"""A look at signals that come at random times: each one's shift, and few components of the aligned signals.

A pulse with a random onset has a covariance of high rank; the pulses laid on top of each other have a small one.
"""

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gansurrogate.train.default.pulses import FINE, Pulses

LOOKED_AT = 4000  # signals; the look takes seconds
MOST_COMPONENTS = 8
STEPS = 10  # of the fit for each number of components


@dataclass(frozen=True)
class Aligned:
    """What the look says of signals of shape (length,): x(t) = base + sum_k c_k component_k(t - shift) + noise.

    Attributes
    ----------
    length : int
    base, scale, floor : float
        Level between pulses, standard deviation of all values, and that of what the components leave, in the signal's
        unit.
    components : tensor of shape (rank, places)
        On a grid of `FINE` places per sample.
    knots : tensor of shape (m,)
        Places where the components may bend.
    origin : int
        The place that belongs to time 0 of a signal of shift 0.
    shifts : tensor of shape (n,)
        In samples.
    coefficients : tensor of shape (n, rank)
    """

    length: int
    base: float
    scale: float
    floor: float
    components: Tensor
    knots: Tensor
    origin: int
    shifts: Tensor
    coefficients: Tensor


def level(signals: Tensor) -> float:
    """Where the values of `signals` are densest: the middle of the shortest stretch that holds a tenth of them.

    The median would be drawn towards the pulses.
    """
    values = signals.flatten().sort().values
    tenth = len(values) // 10
    first = int((values[tenth:] - values[: len(values) - tenth]).argmin())
    return float(values[first] + values[first + tenth]) / 2


def align(signals: Tensor) -> tuple[Tensor, Tensor]:
    """Shift (n,) in samples of each of the centred signals (n, length), where their mean pulse (length,) fits best."""
    n, length = signals.shape
    reach = 3 * length // 4
    # To start with, a strong pulse, but no outlier.
    pulse = signals[signals.square().sum(1).argsort()[int(0.9 * (n - 1))]]
    time = torch.arange(length)
    shifts = torch.zeros(n)
    for _ in range(6):
        fit = correlate(signals, pulse, -reach, reach)
        shifts = parabola(fit, fit.argmax(1)) - reach
        shifts = shifts - shifts.median()
        moved, inside = shifted(signals, time + shifts[:, None])
        pulse = moved.sum(0) / inside.sum(0).clamp_min(0.02 * n)
    return shifts, pulse


def components_needed(signals: Tensor) -> tuple[int, int]:
    """How many components hold 90 % of the power of `signals` (n, length): as they are, and once aligned."""
    x = signals[:LOOKED_AT]
    x = x - level(x)
    moved, _ = shifted(x, torch.arange(x.shape[1]) + align(x)[0][:, None])
    counts = []
    for side in (x, moved):
        share = torch.linalg.eigvalsh(side.T @ side).flip(0).cumsum(0)
        counts.append(int((share < 0.9 * share[-1]).sum()) + 1)
    return counts[0], counts[1]


def look_at_onsets(signals: Tensor) -> Aligned:
    """Look at `signals` of shape (n, length).

    Components are added while the likelihood gains more than their number of values (Akaike's criterion).
    """
    signals = signals[:LOOKED_AT]
    base = level(signals)
    x = signals - base
    best = pulses = Pulses(x, *align(x))
    pulses.improve(STEPS)
    while len(pulses.mean) < MOST_COMPONENTS:
        pulses = copy.copy(best)
        pulses.grow()
        pulses.improve(STEPS)
        if pulses.likelihood - best.likelihood < pulses.parameters - best.parameters:
            break
        best = pulses
    # The same space, by components of falling variance.
    spread = torch.linalg.cholesky(best.coefficients.T @ best.coefficients / len(x))
    components = math.sqrt(FINE) * torch.linalg.svd(spread.T @ best.components.T, full_matrices=False)[2]
    coefficients = best.coefficients @ best.components.T @ components.T / FINE
    floor, scale = math.sqrt(best.variance), float(signals.std())
    return Aligned(signals.shape[1], base, scale, floor, components, best.knots, best.origin, best.shifts, coefficients)


def correlate(x: Tensor, pulse: Tensor, first: int, last: int) -> Tensor:
    """Sum over t of x(t + lag) pulse(t), at every lag from `first` to `last`: (n, lags)."""
    size = 2 ** math.ceil(math.log2(x.shape[1] + len(pulse)))
    product = torch.fft.rfft(x, size) * torch.fft.rfft(pulse, size).conj()
    fit: Tensor = torch.fft.irfft(product, size)[:, torch.arange(first, last + 1, device=x.device) % size]
    return fit


def parabola(values: Tensor, peak: Tensor) -> Tensor:
    """Where the parabola through `values` (n, m) at `peak` (n,) and its neighbours has its top, in steps from 0."""
    peak = peak.clamp(1, values.shape[1] - 2)
    before, at, after = (values.gather(1, (peak + k)[:, None])[:, 0] for k in (-1, 0, 1))
    bend = (before - 2 * at + after).clamp_max(-1e-9)
    return peak + (0.5 * (before - after) / bend).clamp(-0.5, 0.5)


def shifted(x: Tensor, time: Tensor) -> tuple[Tensor, Tensor]:
    """`x` (n, length) at the times (n, m) by straight lines between samples, 0 outside; and what is inside."""
    inside = (time >= 0) & (time <= x.shape[1] - 1)
    before = time.floor().clamp(0, x.shape[1] - 2)
    part = (time - before).clamp(0, 1)
    left, right = (x.gather(1, (before + k).long()) for k in (0, 1))
    return (left + part * (right - left)) * inside, inside


def neighbours(shifts: Tensor, length: int, origin: int, size: int) -> tuple[Tensor, Tensor]:
    """For each time of signals shifted by `shifts` (n,): the place (n, length) before it, and how far beyond (n, 1)."""
    place = origin - FINE * shifts
    before = place.detach().floor()
    places = before.long()[:, None] + FINE * torch.arange(length, device=shifts.device)
    return places.clamp(0, size - 2), (place - before)[:, None]
