"""A look at stationary noise: its mean spectrum, and how the spectra of single signals differ.

Gaussian noise whose spectrum varies from signal to signal has full rank: no basis of few components spans it. But its
log spectrum is a smooth curve of few parameters, as a trajectory is, and is looked at in the same way.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gansurrogate.train.default.pilot import above_the_noise

MOST_COMPONENTS = 24  # of the log spectra
SPARE_COMPONENTS = 2
FAINT = 1e-5  # of the mean power: below it a logarithm shows rounding


@dataclass(frozen=True)
class Spectrum:
    """What the look says about signals of shape (length,).

    Attributes
    ----------
    mean, scale : float
        Mean and standard deviation of all values, in the signal's unit.
    power : tensor of shape (length + 1,)
        Mean power at each frequency of period 2 length, whose inverse transform is the signals' autocovariance.
    logs_mean : tensor of shape (length // 2 + 1,)
        Mean log spectrum of single signals; see `log_spectra`.
    components : tensor of shape (rank, length // 2 + 1)
        Orthonormal directions in which the log spectra differ by more than their noise, most variance first.
    spread : tensor of shape (rank,)
        Standard deviation of the coefficients, noise included.
    floor : float
        Standard deviation of the noise of one value of a log spectrum.
    """

    mean: float
    scale: float
    power: Tensor
    logs_mean: Tensor
    components: Tensor
    spread: Tensor
    floor: float

    @property
    def length(self) -> int:
        """Samples of one signal."""
        return len(self.power) - 1


def look_at_spectrum(signals: Tensor) -> Spectrum:
    """Look at `signals` of shape (n, length)."""
    mean, scale = float(signals.mean()), float(signals.std())
    power = mean_power(signals - mean)
    logs = log_spectra((signals - mean) / scale).double()
    centred = logs - logs.mean(0)
    eigenvalues, vectors = torch.linalg.eigh(torch.cov(centred.T))
    eigenvalues, vectors = eigenvalues.flip(0).clamp_min(0), vectors.flip(1)
    above, noise = above_the_noise(eigenvalues, len(signals), MOST_COMPONENTS, 1e-4)
    rank = max(1, min(above + SPARE_COMPONENTS, MOST_COMPONENTS, min(logs.shape) // 2))
    return Spectrum(
        mean, scale, power, logs.mean(0).float(), vectors[:, :rank].T.float().contiguous(),
        eigenvalues[:rank].sqrt().float(), math.sqrt(noise),
    )  # fmt: skip


def log_spectra(x: Tensor) -> Tensor:
    """Logarithm (n, length // 2 + 1) of the power spectra of `x` (n, length), of unit mean power.

    Half of the neighbours' mean is added: the logarithm of a single periodogram value falls to minus infinity.
    """
    power = torch.view_as_real(torch.fft.rfft(x)).square().sum(-1) / x.shape[1]
    near = F.avg_pool1d(F.pad(power[:, None], (1, 1), mode="reflect"), 3, 1)[:, 0]
    return (power + 0.5 * near + FAINT).log()


def mean_power(x: Tensor) -> Tensor:
    """Mean power (length + 1,) of centred stationary signals (n, length), at the frequencies of period 2 length.

    The transform of the unbiased autocovariance, so that noise made of these powers has the signals' own
    autocovariance at every lag. Cutting it off at the last lag leaves an error, which shows as negative powers; where
    the result is not above that, a smooth window gives the power instead.
    """
    x = x.double()
    length = x.shape[1]
    products = torch.view_as_real(torch.fft.rfft(x, 2 * length)).square().sum(-1).mean(0)
    covariance = torch.fft.irfft(products, 2 * length)[:length] / (length - torch.arange(length))
    power = torch.fft.rfft(torch.cat([covariance, covariance.new_zeros(1), covariance[1:].flip(0)])).real
    window = torch.hann_window(length, periodic=False, dtype=x.dtype)
    smooth = torch.view_as_real(torch.fft.rfft(x * window, 2 * length)).square().sum(-1).mean(0)
    error = max(0.0, -float(power.min()))
    power = torch.where(power > 3 * error, power, (smooth / window.square().sum()).clamp_max(3 * error))
    return power.clamp_min(1e-10 * float(covariance[0])).float()
