"""What the discriminator looks at in windows: the views of the basis family, each channel in its own units."""

import torch
from torch import Tensor, nn

from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.views import Views


def channel_spreads(signals: Tensor) -> Tensor:
    """Standard deviation (channels, 1) of each channel of signals (n, channels, length); 1 for a constant one."""
    spreads = signals.transpose(1, 2).flatten(0, 1).std(0)
    return torch.where(spreads > 0, spreads, 1.0)[:, None]


class WindowViews(nn.Module):
    """Windows (n, channels, length) -> views (n, size).

    Parameters
    ----------
    recipe : DefaultRecipe
    real : tensor of shape (n, channels, length)
        Real windows that fix the channels' units, the components and the width of each view.

    Attributes
    ----------
    trajectory_size, size, leading : int
        As those of `Views`.
    """

    units: Tensor

    def __init__(self, recipe: DefaultRecipe, real: Tensor) -> None:
        super().__init__()
        self.register_buffer("units", channel_spreads(real))
        scaled = real / self.units
        self.views = Views(look(scaled, recipe), recipe, scaled)
        self.trajectory_size, self.size, self.leading = (
            self.views.trajectory_size, self.views.size, self.views.leading,
        )  # fmt: skip

    def forward(self, signals: Tensor) -> Tensor:
        """Standardised views (n, size) of windows (n, channels, length)."""
        views: Tensor = self.views(signals / self.units)
        return views
