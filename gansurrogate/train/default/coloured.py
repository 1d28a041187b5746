"""Coloured noise whose size is a random curve along each signal, such as bursts of a muscle's activity."""

from torch import Tensor, nn

from gansurrogate.train.default.colour import Colour
from gansurrogate.train.default.noise import cosines, filtered


class ColouredNoise(nn.Module):
    """(normals, trunk's output) -> exp(log scale) (filter * normals), one value per sample.

    The log scale is a sum of cosines along the signal; their weights are level + spread * normal + a linear map of the
    trunk's output.

    Attributes
    ----------
    size : int
        Number of normals per signal: one per wave, then one per sample and filter margin.
    """

    time: Tensor

    def __init__(self, colour: Colour, channels: int, length: int, width: int) -> None:
        super().__init__()
        self.channels, self.length, self.waves = channels, length, len(colour.level)
        self.size = self.waves + channels * (length + len(colour.filter) - 1)
        self.filter = nn.Parameter(colour.filter.clone())
        self.level = nn.Parameter(colour.level.clone())
        self.spread = nn.Parameter(colour.spread.clone())
        self.register_buffer("time", cosines(self.waves, length))
        self.modulation = nn.Linear(width, self.waves, bias=False)
        nn.init.zeros_(self.modulation.weight)

    def forward(self, normal: Tensor, h: Tensor) -> Tensor:
        """Noise (n, channels, length) from normals (n, size) and the trunk's output (n, width)."""
        weights = self.level + self.spread * normal[:, : self.waves] + 0.3 * self.modulation(h)
        scale: Tensor = (weights @ self.time).exp()  # (n, length)
        white = normal[:, self.waves :].reshape(-1, self.channels, self.length + len(self.filter) - 1)
        return filtered(white, self.filter, self.length) * scale[:, None]
