"""What the discriminator looks at where pulses come at random times: the time, the aligned pulse, and what is left."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gansurrogate.train.default.onsets import Aligned, correlate, neighbours, parabola
from gansurrogate.train.default.pulses import FINE
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.standardised import Standardised

WINDOWS = 10  # stretches of the residual whose energy is seen one by one
# Samples about the steepest place of the mean pulse between which the residual is seen.
BORDERS = (-64, -32, -16, *range(-8, 17), 24, 32, 64, 128)
BEYOND = 2  # samples beyond the shifts of the look that are searched


class ShiftedViews(Standardised):
    """Signals (n, length) -> views (n, size); the same attributes as `views.Views`.

    The estimated shift has to be differentiable: a generator that does not see that moving a pulse also moves the
    estimate lets its shifts walk away.
    """

    components: Tensor
    pulse: Tensor
    middle: Tensor
    whitening: Tensor
    borders: Tensor

    def __init__(self, aligned: Aligned, recipe: DefaultRecipe, real: Tensor) -> None:
        super().__init__()
        self.length, self.base, self.floor, self.scale = aligned.length, aligned.base, aligned.floor, aligned.scale
        self.origin, self.octaves = aligned.origin, recipe.octaves
        self.leading = 1 + len(aligned.components)
        self.first = int(aligned.shifts.min().floor()) - BEYOND
        self.last = int(aligned.shifts.max().ceil()) + BEYOND
        self.shift_middle, self.shift_spread = float(aligned.shifts.mean()), float(aligned.shifts.std())
        mean = aligned.coefficients.mean(0)
        # On the samples' own grid, with the shift 0 at one of its points.
        self.register_buffer("pulse", (mean @ aligned.components)[aligned.origin % FINE :: FINE])
        self.register_buffer("components", aligned.components)
        self.register_buffer("middle", mean)
        self.register_buffer("borders", torch.tensor(BORDERS))
        self.steepest = (int((mean @ aligned.components).diff().abs().argmax()) - self.origin) / FINE
        eigenvalues, vectors = torch.linalg.eigh(torch.cov(aligned.coefficients.T).reshape(len(mean), -1))
        # Less than the noise in a coefficient is not enlarged.
        self.register_buffer("whitening", (vectors / eigenvalues.clamp_min((0.3 * self.floor) ** 2).sqrt()).flip(1))
        self.standardise(real)

    def raw(self, signals: Tensor) -> tuple[Tensor, Tensor]:
        """Shift and whitened coefficients with their waves, and shape; then the residual."""
        x = signals - self.base
        shifts, coefficients, fitted = self._fit(x)
        white = (coefficients - self.middle) @ self.whitening
        leading = torch.cat([((shifts - self.shift_middle) / self.shift_spread)[:, None], white], 1)
        waves = [wave(1.5 * leading * 2.0**k) for k in range(self.octaves) for wave in (torch.sin, torch.cos)]
        size = (coefficients.square().sum(1, keepdim=True) + (4 * self.floor) ** 2).sqrt()
        steepest = torch.diff(x, dim=1).amax(1, keepdim=True) / self.scale
        trajectory = [leading, *waves, coefficients / size, size.log()]
        return torch.cat(trajectory, 1), torch.cat([*self._residual((x - fitted) / self.floor, shifts), steepest], 1)

    def _fit(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Shift (n,), coefficients (n, rank) of least squares, and the fitted pulse (n, length)."""
        zero = self.origin // FINE  # the point of `pulse` that belongs to time 0
        fit = correlate(x, self.pulse, self.first - zero, self.last - zero)
        shifts = self.first + parabola(fit, fit.argmax(1))
        # A Gauss-Newton step: the mean pulse alone places a pulse of another shape wrongly.
        moved, slopes = self._moved(shifts)
        coefficients = self._solved(moved, x)
        fitted = (coefficients[:, :, None] * moved).sum(1)
        later = (coefficients[:, :, None] * slopes).sum(1) / self.scale  # how the fit changes with the shift
        step = self._solved(torch.cat([moved, later[:, None]], 1), x - fitted)[:, -1] / self.scale
        shifts = shifts + step.clamp(-0.5, 0.5)
        moved, _ = self._moved(shifts)
        coefficients = self._solved(moved, x)
        return shifts, coefficients, (coefficients[:, :, None] * moved).sum(1)

    def _moved(self, shifts: Tensor) -> tuple[Tensor, Tensor]:
        """The components (n, rank, length) of signals with these shifts, and their derivatives by the shift."""
        places, beyond = neighbours(shifts, self.length, self.origin, self.components.shape[1])
        before, after = (self.components[:, places + k].transpose(0, 1) for k in (0, 1))
        return before + beyond[:, None] * (after - before), FINE * (before - after)

    def _solved(self, moved: Tensor, x: Tensor) -> Tensor:
        """Coefficients (n, rank) of the least-squares fit of `moved` (n, rank, length) to `x`."""
        gram = moved @ moved.transpose(1, 2) + 1e-3 * torch.eye(moved.shape[1], device=x.device)
        coefficients: Tensor = torch.linalg.solve(gram, (moved * x[:, None]).sum(2)[:, :, None])[:, :, 0]
        return coefficients

    def _residual(self, residual: Tensor, shifts: Tensor) -> list[Tensor]:
        """Its log power spectrum, its energy in windows, and its mean in windows about the pulse."""
        spectrum = torch.view_as_real(torch.fft.rfft(residual)).square().sum(-1) / residual.shape[1]
        energy = residual.square()
        windows = F.adaptive_avg_pool1d(energy[:, None], WINDOWS)[:, 0]
        at = (shifts.detach() + self.steepest).round().long()[:, None] + self.borders
        sums = F.pad(residual.cumsum(1), (1, 0)).gather(1, at.clamp(0, residual.shape[1]))
        near = torch.diff(sums) / torch.diff(self.borders).sqrt()
        return [(spectrum + 0.1).log(), windows, energy.mean(1, keepdim=True), near]
