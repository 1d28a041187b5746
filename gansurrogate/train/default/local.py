"""Views and discriminator for signals of many events or of full rank: what happens locally, wherever it does.

Which views are needed for which defect was measured with small classifiers: power over time and frequency, spreads and
kurtosis see noise and events everywhere, whitened values and local patterns see phases. The envelope's autocorrelation
sees how regularly events come.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.train.conditions import join
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import mlp

FRAME, HOP = 32, 8  # samples: the patterns of the local head
WINDOW = 64  # samples of a short-time spectrum, at most; windows overlap by half
ENVELOPE = 32  # the envelope is smoothed over this fraction of a signal
SLOW = 48  # leading frequencies of the envelope


class LocalViews(nn.Module):
    """Signals (n, *shape) -> [leading coefficients | values | whitened values | statistics], standardised (n, size).

    Parameters
    ----------
    pilot : Pilot
    real : tensor of shape (n, *shape)
        Real signals that fix the whitening, and the location and width of each view.
    """

    mean: Tensor
    leading_white: Tensor
    white: Tensor
    hann: Tensor
    smooth: Tensor
    power: Tensor
    short_power: Tensor
    location: Tensor
    width: Tensor

    def __init__(self, pilot: Pilot, real: Tensor) -> None:
        super().__init__()
        self.length, self.leading, self.scale = pilot.shape[-1], pilot.rank, pilot.scale
        self.channels = pilot.size // self.length
        self.register_buffer("mean", pilot.mean)
        self.register_buffer("leading_white", (pilot.components / pilot.spread[:, None]).T.contiguous())
        centred = (real.flatten(1) - pilot.mean).double()
        eigenvalues, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
        floored = eigenvalues.clamp_min(1e-4 * float(eigenvalues.mean()))
        self.register_buffer("white", ((vectors / floored.sqrt()) @ vectors.T).float())
        self.register_buffer("hann", torch.hann_window(min(WINDOW, self.length)))
        smooth = torch.hann_window(max(3, self.length // ENVELOPE))
        self.register_buffer("smooth", smooth[None, None] / smooth.sum())
        x = centred.float().reshape(len(real), -1, self.length) / self.scale
        self.register_buffer("power", _power(x).mean((0, 1)))
        self.register_buffer("short_power", self._short(x).mean((0, 1, 2)))
        parts = self._raw(real)
        self.sizes = [part.shape[1] for part in parts]
        self.size = sum(self.sizes)
        # Values keep one width for all times: it is their form that the frames look at.
        locations = [part.mean(0) for part in parts]
        widths = [part.std(0) if i in (0, 3) else part.std().expand(part.shape[1]) for i, part in enumerate(parts)]
        self.register_buffer("location", torch.cat(locations))
        self.register_buffer("width", torch.cat(widths) + 1e-3)

    def forward(self, signals: Tensor) -> Tensor:
        """Standardised views (n, size) of signals (n, *shape)."""
        return (torch.cat(self._raw(signals), 1) - self.location) / self.width

    def _raw(self, signals: Tensor) -> list[Tensor]:
        centred = signals.flatten(1) - self.mean
        white = centred @ self.white
        x, w = (v.reshape(len(v), self.channels, self.length) for v in (centred / self.scale, white))
        first, second = x.diff(dim=2), x.diff(n=2, dim=2)
        statistics = [
            (_power(x) + 0.05 * self.power).log(), (_power(w) + 0.05).log(), self._over_time(x), self._events(x),
            *[_log_spread(v) for v in (x, first, second, w)], *[_log_kurtosis(v) for v in (x, first, second, w)],
            *[(w[:, :, lag:] * w[:, :, :-lag]).mean(2) for lag in (1, 2, 3, 4, 6, 8)],
        ]  # fmt: skip
        return [centred @ self.leading_white, x.flatten(1), white, torch.cat([v.flatten(1) for v in statistics], 1)]

    def _short(self, x: Tensor) -> Tensor:
        """Short-time power (n, channels, windows, frequencies)."""
        size = len(self.hann)
        return _power(x.unfold(2, size, max(1, size // 2)) * self.hann)

    def _over_time(self, x: Tensor) -> Tensor:
        """Logarithm of the short-time power, its mean and spread over time."""
        logarithm = (self._short(x) + 0.05 * self.short_power).log()
        return torch.cat([logarithm.mean(2), (logarithm.var(2, unbiased=False) + 1e-4).sqrt()], 2)

    def _events(self, x: Tensor) -> Tensor:
        """Of the envelope's logarithm: slow part of the spectrum, autocorrelation, spread and kurtosis."""
        envelope = F.conv1d(x.abs().flatten(0, 1)[:, None], self.smooth).reshape(*x.shape[:2], -1)
        envelope = (envelope + 0.05).log()
        envelope = envelope - envelope.mean(2, keepdim=True)
        padded = F.pad(envelope, (0, envelope.shape[2]))
        power = _power(padded)
        returns = torch.fft.irfft(power, dim=2)[:, :, : max(3, self.length // 3)]
        returns = returns[:, :, 2:] / (returns[:, :, :1] + 1e-2)
        slow = (_power(envelope) + 0.01).log()[:, :, 1:SLOW]
        return torch.cat([slow, returns, _log_spread(envelope)[:, :, None], _log_kurtosis(envelope)[:, :, None]], 2)


class LocalDiscriminator(nn.Module):
    """(views, encoded conditions) -> logit: three heads, for the coefficients, for frames and for the statistics.

    The frames of values and of whitened values go through two layers and are pooled to mean and spread over time. All
    by products of matrices, which is quick to differentiate twice.
    """

    def __init__(self, views: LocalViews, conditions_size: int, recipe: DefaultRecipe) -> None:
        super().__init__()
        self.sizes, self.channels, self.length = views.sizes, 2 * views.channels, views.length
        self.frame = min(FRAME, self.length)
        leading, _, _, statistics = views.sizes
        self.frames, self.joined = nn.Linear(self.frame * self.channels, 48), nn.Linear(3 * 48, 64)
        self.pooled = _head(2 * 64 + conditions_size, 96, 1)
        self.coefficients = _head(leading + conditions_size, 192, recipe.head_depth)
        self.statistics = _head(statistics + conditions_size, 128, 2)

    def forward(self, views: Tensor, encoded: Tensor | None = None) -> Tensor:
        """Logits (n,)."""
        coefficients, values, white, statistics = views.split(self.sizes, 1)
        x = torch.cat([values, white], 1).reshape(len(views), self.channels, self.length)
        frames = x.unfold(2, self.frame, HOP).transpose(1, 2).flatten(2)  # (n, frames, channels * frame)
        h = F.pad(_leaky(self.frames(frames)), (0, 0, 0, max(0, 3 - frames.shape[1])))
        h = _leaky(self.joined(h.unfold(1, 3, 2).flatten(2)))  # three frames beside each other
        pooled = torch.cat([h.mean(1), (h.var(1, unbiased=False) + 1e-4).sqrt()], 1)
        logits: Tensor = (
            self.coefficients(join(coefficients, encoded))
            + self.pooled(join(pooled, encoded))
            + self.statistics(join(statistics, encoded))
        )
        return logits[:, 0]


def _head(inputs: int, width: int, depth: int) -> nn.Sequential:
    return nn.Sequential(mlp(inputs, width, depth, nn.LeakyReLU, negative_slope=0.2), nn.Linear(width, 1))


def _leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)


def _power(x: Tensor) -> Tensor:
    """Power spectrum along the last axis, per value."""
    return torch.view_as_real(torch.fft.rfft(x)).square().sum(-1) / x.shape[-1]


def _log_spread(x: Tensor) -> Tensor:
    return (x.var(2) + 1e-8).log()


def _log_kurtosis(x: Tensor) -> Tensor:
    centred = x - x.mean(2, keepdim=True)
    return (1 + (centred**4).mean(2) / (x.var(2) ** 2 + 1e-12)).log()
