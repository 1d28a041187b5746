"""What the discriminator looks at: fixed features of a signal, each of unit spread on real ones.

Views fixed in advance make noise visible to a small network: raw values hide a noise of 0.3 under an
amplitude of 10. The gradient penalties are taken on this vector (see `losses`).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.default.recipe import DefaultRecipe

WINDOWS = 10  # stretches of the residual whose energy is seen one by one


class Views(nn.Module):
    """Signals (n, *shape) -> views (n, size).

    Parameters
    ----------
    pilot : Pilot
    recipe : DefaultRecipe
    real : tensor of shape (n, *shape)
        Real signals that fix the location and width of each view.

    Attributes
    ----------
    trajectory_size : int
        The first so many views describe the trajectory, the others the residual.
    size : int
    """

    mean: Tensor
    components: Tensor
    spread: Tensor
    location: Tensor
    width: Tensor

    def __init__(self, pilot: Pilot, recipe: DefaultRecipe, real: Tensor) -> None:
        super().__init__()
        # In units of the signals' own standard deviation: the physical unit must not matter.
        self.scale, self.floor, self.length = pilot.scale, pilot.floor / pilot.scale, pilot.shape[-1]
        self.octaves = recipe.octaves
        self.leading = max(1, pilot.rank - recipe.spare_components)
        self.register_buffer("mean", pilot.mean / pilot.scale)
        self.register_buffer("components", pilot.components)
        self.register_buffer("spread", pilot.spread / pilot.scale)
        self.trajectory_size = self._trajectory(torch.zeros(1, pilot.rank)).shape[1]
        raw = self._raw(real)
        self.size = raw.shape[1]
        self.register_buffer("location", raw.mean(0))
        self.register_buffer("width", raw.std(0) + 1e-3)

    def forward(self, signals: Tensor) -> Tensor:
        """Standardised views (n, size) of signals (n, *shape)."""
        return (self._raw(signals) - self.location) / self.width

    def _raw(self, signals: Tensor) -> Tensor:
        centred = signals.flatten(1) / self.scale - self.mean
        coefficients = centred @ self.components.T
        residual = (centred - coefficients @ self.components) / self.floor
        residual = residual.reshape(len(signals), -1, self.length)  # (n, channels, length)
        return torch.cat([self._trajectory(coefficients), self._residual(residual)], 1)

    def _trajectory(self, coefficients: Tensor) -> Tensor:
        """Whitened coefficients, their waves at several octaves, and the shape freed from level and size."""
        white = coefficients / self.spread  # (n, rank)
        leading = 1.5 * white[:, : self.leading]
        waves = [wave(leading * 2.0**k) for k in range(self.octaves) for wave in (torch.sin, torch.cos)]
        ones = self.components.sum(1)  # components of the constant 1
        level = coefficients @ ones / len(self.mean) + self.mean.mean()  # (n,)
        shape = coefficients + self.components @ self.mean - level[:, None] * ones
        # Twice the floor is added so that the shape of pure noise does not blow up.
        size = (shape.square().sum(1) / len(self.mean) + (2 * self.floor) ** 2).sqrt()[:, None]
        return torch.cat([white, *waves, shape / size, size.log(), level[:, None]], 1)

    def _residual(self, residual: Tensor) -> Tensor:
        """Log power spectrum, and energy in windows, of what the components leave, in units of the floor.

        The raw residual is left out: a discriminator that sees it starts to remember the training signals.
        """
        spectrum = torch.view_as_real(torch.fft.rfft(residual)).square().sum(-1) / residual.shape[-1]
        energy = residual.square()
        windows = F.adaptive_avg_pool1d(energy, WINDOWS)
        views = [(spectrum + 0.1).log(), windows, energy.mean(2, keepdim=True)]
        return torch.cat([view.flatten(1) for view in views], 1)
