"""A look at signals that come at random times: each one's shift, and few components of the aligned signals.

A pulse with a random onset has a covariance of high rank; the pulses laid on top of each other have a small one.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

FINE = 4  # places of a component per sample: shifts are fractions of one
LOOKED_AT = 4000  # signals; the look takes seconds
RANKS = (1, 2, 2, 3, 3, 4, 4, 5, 6, 6)  # components during the alternation: each finds what the others leave
REACH, STRIDE = 1.5, 0.125  # shifts are improved within so many samples, in such steps


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
    origin: int
    shifts: Tensor
    coefficients: Tensor


def align(signals: Tensor) -> Tensor:
    """Shift (n,) in samples of each of the centred signals (n, length): where their mean pulse fits best."""
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
    return shifts


def components_needed(signals: Tensor) -> tuple[int, int]:
    """How many components hold 90 % of the power of `signals` (n, length): as they are, and once aligned."""
    x = signals[:LOOKED_AT]
    x = x - float(x.median(1).values.median())
    moved, _ = shifted(x, torch.arange(x.shape[1]) + align(x)[:, None])
    counts = []
    for side in (x, moved):
        share = torch.linalg.eigvalsh(side.T @ side).flip(0).cumsum(0)
        counts.append(int((share < 0.9 * share[-1]).sum()) + 1)
    return counts[0], counts[1]


def look_at_onsets(signals: Tensor) -> Aligned:
    """Look at `signals` of shape (n, length).

    Alternating least squares: the components given shifts and coefficients, place by place; then for each signal the
    shift and the coefficients with which the components fit best.
    """
    signals = signals[:LOOKED_AT]
    base = float(signals.median(1).values.median())
    x = signals - base
    n, length = x.shape
    shifts = align(x)
    origin = math.ceil(FINE * (float(shifts.max()) + 2 * REACH))
    size = origin + math.ceil(FINE * (length - float(shifts.min()) + 2 * REACH))
    coefficients = x.square().mean(1, keepdim=True).sqrt()
    components = torch.zeros(0, size)
    moves = torch.arange(-REACH, REACH + STRIDE / 2, STRIDE)
    for rank in RANKS:
        places = _places(shifts, length, origin, size)
        components = _components(x, places, coefficients, size)
        if len(components) < rank:
            rest = x - _combined(coefficients, components[:, places].transpose(0, 1))
            components = torch.cat([components, _strongest(rest, places, size)[None]])
        components = math.sqrt(FINE) * torch.linalg.svd(components, full_matrices=False)[2]
        tries = []
        for move in moves:
            moved = components[:, _places(shifts + move, length, origin, size)].transpose(0, 1)
            tries.append(_fit(x, moved)[1])
        fit = torch.stack(tries, 1)
        shifts = shifts - REACH + STRIDE * parabola(fit, fit.argmax(1))
        coefficients = _fit(x, components[:, _places(shifts, length, origin, size)].transpose(0, 1))[0]
    places = _places(shifts, length, origin, size)
    components = _components(x, places, coefficients, size)
    # The same space, by components of falling variance.
    spread = torch.linalg.cholesky(coefficients.T @ coefficients / n)
    components = math.sqrt(FINE) * torch.linalg.svd(spread.T @ components, full_matrices=False)[2]
    moved = components[:, places].transpose(0, 1)
    coefficients = _fit(x, moved)[0]
    residual = x - _combined(coefficients, moved)
    free = x.numel() - n * (1 + len(components)) - components.numel()  # values less what was fitted to them
    floor = math.sqrt(float(residual.square().sum()) / max(free, n))
    return Aligned(length, base, float(signals.std()), floor, components, origin, shifts, coefficients)


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


def _places(shifts: Tensor, length: int, origin: int, size: int) -> Tensor:
    time = torch.arange(length, device=shifts.device)
    return (FINE * (time - shifts[:, None])).round().long().add(origin).clamp(0, size - 1)  # (n, length)


def _combined(coefficients: Tensor, components: Tensor) -> Tensor:
    return (coefficients[:, :, None] * components).sum(1)


def _fit(x: Tensor, components: Tensor) -> tuple[Tensor, Tensor]:
    """Coefficients (n, rank) of the least squares fit of `components` (n, rank, length), and the power (n,) fitted."""
    gram = components @ components.transpose(1, 2)
    gram = gram + 1e-4 * torch.eye(components.shape[1], device=x.device)
    seen = (components * x[:, None]).sum(2)
    coefficients = torch.linalg.solve(gram, seen[:, :, None])[:, :, 0]
    return coefficients, (seen * coefficients).sum(1)


def _components(x: Tensor, places: Tensor, coefficients: Tensor, size: int) -> Tensor:
    """For each place the values (rank,) that fit the samples there best: (rank, places)."""
    rank, at = coefficients.shape[1], places.flatten()

    def total(values: Tensor) -> Tensor:
        return torch.bincount(at, values.expand_as(x).flatten(), size)

    gram = torch.stack(
        [torch.stack([total(coefficients[:, [i]] * coefficients[:, [k]]) for i in range(rank)]) for k in range(rank)]
    ).permute(2, 0, 1)  # (places, rank, rank)
    # Places that hardly any signal reaches tend to zero.
    gram = gram + 1e-3 * gram.diagonal(dim1=1, dim2=2).mean() * torch.eye(rank)
    seen = torch.stack([total(coefficients[:, [k]] * x) for k in range(rank)], 1)  # (places, rank)
    components: Tensor = torch.linalg.solve(gram, seen[:, :, None])[:, :, 0].T
    return components


def _strongest(rest: Tensor, places: Tensor, size: int) -> Tensor:
    """The direction (places,) of most variance in what is left, found sample by sample of the aligned signals."""
    aligned = rest.new_zeros(len(rest), -(-size // FINE))
    aligned.scatter_add_(1, places // FINE, rest)
    direction = torch.svd_lowrank(aligned, 4, niter=4)[2][:, 0]
    return direction.repeat_interleave(FINE)[:size]
