"""Views in two groups, each view of unit spread on real signals."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class Standardised(nn.Module, ABC):
    """Signals (n, *shape) -> views (n, size).

    Attributes
    ----------
    trajectory_size : int
        The first so many views are those of the main head.
    size : int
    leading : int
        The first so many views make the cloud of points whose energy distance is taken.
    """

    location: Tensor
    width: Tensor
    leading: int

    @abstractmethod
    def raw(self, signals: Tensor) -> tuple[Tensor, Tensor]:
        """Views (n, trajectory_size) for the main head, and the others."""

    @torch.no_grad()
    def standardise(self, real: Tensor) -> None:
        """Fix location and width of each view on real signals."""
        trajectory, rest = self.raw(real)
        both = torch.cat([trajectory, rest], 1)
        self.trajectory_size, self.size = trajectory.shape[1], both.shape[1]
        self.register_buffer("location", both.mean(0))
        self.register_buffer("width", both.std(0) + 1e-3)

    def forward(self, signals: Tensor) -> Tensor:
        """Standardised views (n, size) of signals (n, *shape)."""
        return (torch.cat(self.raw(signals), 1) - self.location) / self.width


def spreads(x: Tensor, least: float) -> Tensor:
    """Log variance and log kurtosis (n, 6) of signals (n, length) and of their first and second differences.

    `least` is added to each standard deviation, in quadrature.
    """
    views = []
    for order in range(3):
        change = torch.diff(x, order, dim=1) if order else x
        change = change - change.mean(1, keepdim=True)
        variance = change.square().mean(1, keepdim=True) + least**2
        fourth = change.square().square().mean(1, keepdim=True) + least**4
        views += [variance.log(), (fourth / variance.square()).log()]
    return torch.cat(views, 1)
