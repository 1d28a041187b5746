"""What the discriminator looks at where pulses come at random times: the time, the aligned pulse, and what is left."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gansurrogate.train.default.onsets import FINE, Aligned, correlate, neighbours, parabola
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.standardised import Standardised

WINDOWS = 10  # stretches of the residual whose energy is seen one by one
AROUND = range(-6, 18)  # samples about the shift whose residual is seen
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
        eigenvalues, vectors = torch.linalg.eigh(torch.cov(aligned.coefficients.T))
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
        places, beyond = neighbours(shifts, self.length, self.origin, self.components.shape[1])
        before, after = (self.components[:, places + k] for k in (0, 1))
        moved = (before + beyond * (after - before)).transpose(0, 1)  # (n, rank, length)
        gram = moved @ moved.transpose(1, 2) + 1e-3 * torch.eye(len(self.components), device=x.device)
        seen = (moved * x[:, None]).sum(2)
        coefficients: Tensor = torch.linalg.solve(gram, seen[:, :, None])[:, :, 0]
        return shifts, coefficients, (coefficients[:, :, None] * moved).sum(1)

    def _residual(self, residual: Tensor, shifts: Tensor) -> list[Tensor]:
        """Its log power spectrum, its energy in windows, and its values about the shift."""
        spectrum = torch.view_as_real(torch.fft.rfft(residual)).square().sum(-1) / residual.shape[1]
        energy = residual.square()
        windows = F.adaptive_avg_pool1d(energy[:, None], WINDOWS)[:, 0]
        at = shifts.detach().round().long()[:, None] + torch.arange(AROUND.start, AROUND.stop, device=shifts.device)
        near = residual.gather(1, at.clamp(0, residual.shape[1] - 1))
        return [(spectrum + 0.1).log(), windows, energy.mean(1, keepdim=True), near]
