"""A look at impulse trains: how far apart the impulses of each signal are, and what one impulse looks like."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

SMOOTHING = 32  # the envelope is smoothed over this fraction of a signal
BANDWIDTH = 11  # frequencies over which the mean spectrum is smoothed before its minimum is taken for the noise
FAINT = 0.002  # of its power may be left out where the impulse is cut


@dataclass(frozen=True)
class Train:
    """What the look says, times in samples.

    Attributes
    ----------
    mean, floor : float
        Mean of all values, and standard deviation of the noise between the impulses, in the signal's unit.
    periods : tensor of shape (n,)
        Distance of the impulses in each signal.
    regularity : float
        How much of the envelope's power returns after one distance, median over the signals: about 0.25 for Gaussian
        noise of any spectrum, 1 for equal impulses at equal distances without noise.
    impulse : tensor of shape (samples,)
        In the signal's unit.
    """

    mean: float
    floor: float
    periods: Tensor
    regularity: float
    impulse: Tensor


def look_for_trains(signals: Tensor) -> Train:
    """Look at `signals` of shape (n, length)."""
    mean, scale = float(signals.mean()), float(signals.std())
    x = (signals - mean) / scale
    periods, regularity = _periods(x)
    spectrum = torch.fft.rfft(x).abs().square().mean(0) / x.shape[1]
    smooth = F.avg_pool1d(spectrum[None], min(BANDWIDTH, len(spectrum)), 1)[0]
    noise = float(smooth.min())
    impulse = _minimum_phase((spectrum - noise).clamp_min(0.01 * float(spectrum.max())), x.shape[1])
    # Its sign shows in the skewness, and its size in the power that comes on top of the noise.
    sign = 1.0 if float((x**3).mean()) * float((impulse**3).sum()) >= 0 else -1.0
    power = max(1 - noise, 0.01) * float(periods.float().mean()) / float(impulse.square().sum())
    impulse = sign * math.sqrt(power) * scale * impulse
    return Train(mean, math.sqrt(noise) * scale, periods, regularity, impulse)


def _periods(x: Tensor) -> tuple[Tensor, float]:
    """The lag at which the logarithm of each signal's envelope returns best, once and twice, and how well it does.

    The logarithm keeps one large impulse from hiding the others, and the return after two periods tells a period from
    its double.
    """
    width = max(3, x.shape[1] // SMOOTHING)
    window = torch.hann_window(width)[None, None]
    envelope = F.conv1d(x.abs()[:, None], window / window.sum())[:, 0]
    envelope = (envelope + 0.1 * envelope.mean()).log()
    envelope = envelope - envelope.mean(1, keepdim=True)
    n = envelope.shape[1]
    returns = torch.fft.irfft(torch.fft.rfft(envelope, 2 * n).abs().square())[:, :n]
    falls = (returns.mean(0) < 0).nonzero()
    first = int(falls[0]) if len(falls) else n // 2 - 1  # before, an impulse's own length returns
    lags = torch.arange(first, n // 2)
    twice = returns[:, (2 * lags).clamp_max(n - 1)] * (2 * lags < n)
    best = (returns[:, lags] + 0.5 * twice).max(1)
    return best.indices + first, float((best.values / returns[:, 0]).median())


def _minimum_phase(spectrum: Tensor, length: int) -> Tensor:
    """The impulse of this power spectrum (length // 2 + 1,) whose power comes as early as possible.

    By folding the cepstrum: A. Oppenheim and R. Schafer, Discrete-Time Signal Processing, 3rd ed., section 13.
    """
    cepstrum = torch.fft.irfft(0.5 * spectrum.log(), n=length)
    fold = torch.zeros(length)
    fold[0] = 1.0
    fold[1 : (length + 1) // 2] = 2.0
    if length % 2 == 0:
        fold[length // 2] = 1.0
    impulse: Tensor = torch.fft.irfft(torch.exp(torch.fft.rfft(cepstrum * fold)), n=length)
    power = impulse.square().cumsum(0)
    end = int((power < (1 - FAINT) * power[-1]).sum()) + 1
    return impulse[: min(end, length // 2)]
