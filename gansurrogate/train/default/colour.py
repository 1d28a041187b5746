"""A look at the noise of few signals: its colour, and how its size changes along a signal and from signal to signal.

With many signals a training finds this out; with few the start decides.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gansurrogate.train.default.lines import without_lines
from gansurrogate.train.default.noise import cosines
from gansurrogate.train.default.pilot import Pilot, smoothed

SHORTEST = 64  # samples: of less there is no spectrum to speak of
FOLDS = 5
EULER = 0.5772
SMOOTH = 5  # frequencies over which a spectrum is averaged
FAINT = 0.1  # quantile of the spectrum where the white part is looked for
COLOURED = 1.5  # the noise's power over that of its white part, from which a filter is worth its cost
HALVES = (2, 4, 8, 12, 16)  # samples to either side that a filter may see
CLOSE = 0.1  # error of the spectrum's logarithm that a filter may leave
WINDOWS = 12  # stretches whose energy is looked at


@dataclass(frozen=True)
class Colour:
    """White noise of one size, and coloured noise of a size that changes.

    Attributes
    ----------
    white : float
        Standard deviation of the white noise, in the signal's unit.
    filter : tensor of shape (taps,)
        What colours the rest; it is symmetric, and the square of its transform is the spectrum of typical signals.
    level, spread : tensor of shape (waves,)
        Of the coloured noise's log scale, as a sum of cosines along the signal: mean and standard deviation of each
        weight.
    """

    white: float
    filter: Tensor
    level: Tensor
    spread: Tensor


def look_at_colour(signals: Tensor, pilot: Pilot, waves: int) -> Colour | None:
    """Look at what the components leave of signals (n, *shape); None where it is about white, or signals are short."""
    length = signals.shape[-1]
    if length < SHORTEST:
        return None
    residual, trajectory = _parts(signals, pilot)
    least = (1e-4 * pilot.scale) ** 2  # signals without noise have a spectrum too
    power, beside = (typical_power(part) + least for part in (residual, trajectory))
    white = power.quantile(FAINT)
    if power.mean() < COLOURED * white:
        return None
    level, spread = _modulation(residual, power, waves)
    for half in HALVES:
        chosen, error = _fit((power - white).clamp_min(0), white + beside, half)
        if error < CLOSE:
            break
    level[0] = 0  # the filter has the typical size
    time = cosines(waves, length).double()
    gain = (2 * level @ time + 2 * spread[1:].square() @ time[1:].square()).exp().mean()
    return Colour(math.sqrt(white), (chosen / gain.sqrt()).float(), level.float(), spread.float())


def typical_power(x: Tensor) -> Tensor:
    """Smoothed power spectrum (frequencies,) of x (n, channels, length), by the mean log: bursts count little."""
    window = torch.hann_window(x.shape[-1], dtype=x.dtype)
    power = torch.fft.rfft(x * window).abs().square() / window.square().sum()
    # The mean log of an exponential variable is Euler's constant below the log of its mean.
    typical = (power.clamp_min(1e-300).log().mean((0, 1)) + EULER).exp()
    return nn.functional.avg_pool1d(typical[None], SMOOTH, 1, SMOOTH // 2, count_include_pad=False)[0]


def _parts(signals: Tensor, pilot: Pilot) -> tuple[Tensor, Tensor]:
    """What components leave of signals, without lines, and what they hold: both (n, channels, length).

    Of each fold by components of the others: those that were fitted to a signal leave too little of it.
    """
    x = (signals.flatten(1) - pilot.mean).double()
    residuals, held = [], []
    for fold in range(FOLDS):
        others = x[torch.arange(len(x)) % FOLDS != fold]
        mean = others.mean(0)
        raw = torch.linalg.svd(others - mean, full_matrices=False)[2][: pilot.rank]
        components = smoothed(raw, others - mean, pilot.shape[-1])
        held.append((x[fold::FOLDS] - mean) @ components.T @ components)
        residuals.append(x[fold::FOLDS] - mean - held[-1])
    residual = torch.cat(residuals)
    if len(pilot.line_frequencies):
        residual = without_lines(residual, pilot.line_frequencies, pilot.line_amplitudes)
    shape = (len(x), -1, pilot.shape[-1])
    return residual.reshape(shape), torch.cat(held).reshape(shape)


def _fit(power: Tensor, beside: Tensor, half: int) -> tuple[Tensor, float]:
    """A symmetric filter (2 half + 1,) whose spectrum and what is `beside` it add up as with `power`'s, and the error.

    The error is the root of the mean square difference of the logs: where other things are louder, it is small.
    """
    angle = math.pi * torch.linspace(0, 1, len(power), dtype=power.dtype) * torch.arange(half + 1)[:, None]
    cosine = 2 * torch.cos(angle)
    cosine[0] = 1
    weights = torch.fft.irfft(power.sqrt())[: half + 1].clone().requires_grad_()
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def error() -> Tensor:
        loss: Tensor = (((weights @ cosine).square() + beside) / (power + beside)).log().square().mean()
        return loss

    def closure() -> float:
        optimizer.zero_grad()
        loss = error()
        loss.backward()
        return float(loss.detach())

    optimizer.step(closure)
    found = weights.detach()
    return torch.cat([found[1:].flip(0), found]), float(error().detach().sqrt())


def _modulation(residual: Tensor, power: Tensor, waves: int) -> tuple[Tensor, Tensor]:
    """Mean and spread of the weights of cosines in the log scale, without the scatter of a short stretch's energy."""
    energies = [part.square().mean((1, 2)) for part in residual.tensor_split(WINDOWS, 2)]
    size = 0.5 * torch.stack(energies, 1).clamp_min(1e-300).log()  # (n, WINDOWS)
    inverse = torch.linalg.pinv(cosines(waves, WINDOWS).double())  # (WINDOWS, waves)
    weights = size @ inverse
    # Independent values in a stretch: fewer than samples where the noise is coloured.
    freedom = residual[0].numel() / WINDOWS * float(power.mean() ** 2 / power.square().mean())
    scatter = inverse.square().sum(0) * 0.5 / freedom
    return weights.mean(0), (weights.var(0) - scatter).clamp_min(1e-6).sqrt()
