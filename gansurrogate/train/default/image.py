"""Generator and discriminator for images: two-dimensional convolutions.

After R3GAN (arXiv:2501.05441): residual blocks without normalisation, LeakyReLU, penalties on the pixels; and
sub-pixel upsampling, which costs least at this size.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.latent import Latent
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.networks import GeneratorNetwork

SLOPE = 0.2  # of the leaky rectifiers
LATENT = 32  # normals per image
COARSE, MIDDLE, FINE = 40, 20, 8  # channels at a quarter, half and full resolution: about 4 MFLOP for 28 x 28 pixels
PILED = 0.005  # share of the values at the lowest or highest value from which images count as bounded
LEADING = 40  # components whose density the energy distance steadies


class Residual(nn.Module):
    """x + inner(x), with an inner part that starts at zero."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.inner = nn.Conv2d(channels, channels, kernel, padding=kernel // 2)
        self.outer = nn.Conv2d(channels, channels, 1, bias=False)
        nn.init.zeros_(self.outer.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Maps (n, channels, height, width) to such maps."""
        change: Tensor = self.outer(F.leaky_relu(self.inner(x), SLOPE))
        return x + change


class ImageGenerator(GeneratorNetwork):
    """(latent, conditions) -> image of shape (height, width) or (channels, height, width).

    Images whose values pile up at their bounds, as black and white do, end in a sigmoid between the bounds.
    """

    mean: Tensor

    def __init__(self, pilot: Pilot, signals: Tensor, conditions: Sequence[Condition]) -> None:
        super().__init__()
        *lead, self.height, self.width = pilot.shape
        self.shape, self.channels = pilot.shape, math.prod(lead)
        self.latents = (Latent("normal", LATENT),)
        self.rows, self.columns = -(-self.height // 4), -(-self.width // 4)
        self.encode = ConditionEncoder(conditions)
        self.dense = nn.Linear(LATENT + self.encode.size, COARSE * self.rows * self.columns)
        self.coarse = nn.Sequential(Residual(COARSE, 3), Residual(COARSE, 1))
        self.halve = nn.Conv2d(COARSE, 4 * MIDDLE, 1)
        self.middle = Residual(MIDDLE, 3)
        self.full = nn.Conv2d(MIDDLE, 4 * FINE, 1)
        self.last = nn.Conv2d(FINE, self.channels, 3, padding=1)

        low, high = float(signals.min()), float(signals.max())
        at_bounds = (signals == low).float().mean() + (signals == high).float().mean()
        self.bounded, self.low, self.scale = bool(at_bounds > PILED), low, high - low
        mean = (pilot.mean.reshape(self.channels, self.height, self.width) - low) / self.scale
        self.register_buffer("mean", torch.logit(mean.clamp(0.01, 0.99)) if self.bounded else mean)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Images (n, *shape) of standard normal latents (n, size)."""
        x = self.dense(join(latent, self.encode(conditions)))
        x = self.coarse(x.reshape(-1, COARSE, self.rows, self.columns))
        x = F.leaky_relu(F.pixel_shuffle(self.halve(x), 2), SLOPE)
        x = F.leaky_relu(F.pixel_shuffle(self.full(self.middle(x)), 2), SLOPE)  # (n, FINE, 4 rows, 4 columns)
        x = self.last(x)[:, :, : self.height, : self.width]
        x = torch.sigmoid(self.mean + x) if self.bounded else self.mean + x
        return (self.low + self.scale * x).reshape(-1, *self.shape)


class ImageViews(nn.Module):
    """Images (n, *shape) -> [whitened leading coefficients | pixels in units of their spread] (n, size).

    Attributes
    ----------
    leading : int
        Number of coefficients, which only the energy distance sees.
    """

    mean: Tensor
    components: Tensor

    def __init__(self, pilot: Pilot) -> None:
        super().__init__()
        self.leading, self.scale = min(LEADING, pilot.rank), pilot.scale
        self.register_buffer("mean", pilot.mean)
        # 0.5: so many coefficients are far apart, and the distance would outweigh the discriminator.
        white = 0.5 * pilot.components[: self.leading] / pilot.spread[: self.leading, None]
        self.register_buffer("components", white)
        self.size = self.leading + pilot.size

    def forward(self, signals: Tensor) -> Tensor:
        """Views (n, size)."""
        centred = signals.flatten(1) - self.mean
        return torch.cat([centred @ self.components.T, centred / self.scale], 1)


class ImageDiscriminator(nn.Module):
    """(views, encoded conditions) -> logit: strided convolutions over the pixels, then dense layers.

    The conditions enter beside the features and as a weight of each of them (T. Miyato and M. Koyama, "cGANs with
    Projection Discriminator", ICLR 2018).
    """

    def __init__(self, views: ImageViews, shape: tuple[int, ...], conditions_size: int) -> None:
        super().__init__()
        *lead, self.height, self.width = shape
        self.leading, self.channels, width = views.leading, math.prod(lead), 24
        leaky = nn.LeakyReLU(SLOPE)
        self.convolutions = nn.Sequential(
            nn.Conv2d(self.channels, width, 4, 2, 1), leaky,
            nn.Conv2d(width, 2 * width, 4, 2, 1), leaky,
            nn.Conv2d(2 * width, 3 * width, 3, 2, 1), leaky, nn.Flatten(),
        )  # fmt: skip
        with torch.no_grad():
            features = self.convolutions(torch.zeros(1, self.channels, self.height, self.width)).shape[1]
        self.dense = nn.Sequential(nn.Linear(features, 96), leaky)
        self.last = nn.Sequential(nn.Linear(96 + conditions_size, 96), leaky, nn.Linear(96, 1))
        self.project = nn.Linear(conditions_size, 96) if conditions_size else None

    def forward(self, views: Tensor, encoded: Tensor | None = None) -> Tensor:
        """Logits (n,)."""
        pixels = views[:, self.leading :].reshape(-1, self.channels, self.height, self.width)
        h = self.dense(self.convolutions(pixels))
        logits: Tensor = self.last(join(h, encoded))[:, 0]
        return logits if self.project is None else logits + (self.project(encoded) * h).sum(1)
