"""What the discriminator looks at where signals are stationary noise: log spectrum and autocovariance."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.spectrum import Spectrum, log_spectra
from gansurrogate.train.default.standardised import Standardised, spreads

LAGS = 50  # of the autocovariance
WINDOWS = 8  # stretches whose energy is seen one by one: what is stationary has the same everywhere


class SpectralViews(Standardised):
    """Signals (n, length) -> views (n, size); the same attributes as `views.Views`."""

    logs_mean: Tensor
    components: Tensor
    spread: Tensor

    def __init__(self, spectrum: Spectrum, recipe: DefaultRecipe, real: Tensor) -> None:
        super().__init__()
        self.mean, self.scale, self.octaves = spectrum.mean, spectrum.scale, recipe.octaves
        self.leading = len(spectrum.components)
        self.register_buffer("logs_mean", spectrum.logs_mean)
        self.register_buffer("components", spectrum.components)
        self.register_buffer("spread", spectrum.spread)
        self.standardise(real)

    def raw(self, signals: Tensor) -> tuple[Tensor, Tensor]:
        """Coefficients of the log spectrum with their waves, and autocovariance; then the rest."""
        x = (signals - self.mean) / self.scale
        logs = log_spectra(x) - self.logs_mean
        white = logs @ self.components.T / self.spread
        waves = [wave(1.5 * white * 2.0**k) for k in range(self.octaves) for wave in (torch.sin, torch.cos)]
        length = x.shape[1]
        products = torch.view_as_real(torch.fft.rfft(x, 2 * length)).square().sum(-1)
        covariance = torch.fft.irfft(products, 2 * length)[:, : min(LAGS, length)]
        correlation = covariance[:, 1:] / (covariance[:, :1] + 1e-3 * length)
        windows = (F.adaptive_avg_pool1d(x.square()[:, None], WINDOWS)[:, 0] + 0.01).log()
        rest = [logs, windows, x.mean(1, keepdim=True), spreads(x, 0.005)]
        return torch.cat([white, *waves, correlation], 1), torch.cat(rest, 1)
