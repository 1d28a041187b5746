"""The generator: a U-Net from the condition's planes to the field."""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.latent import Latent
from gansurrogate.spec import SignalSpec
from gansurrogate.train.data import Part
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.paired.planes import Planes, plane_shape
from gansurrogate.train.paired.recipe import PairedRecipe

SLOPE = 0.2  # of LeakyReLU


class UNet(GeneratorNetwork):
    """(latent, conditions) -> field, in physical units.

    Convolutions go down to a coarse grid, where noise comes in, and up again; each resolution on the way up also
    gets what the way down had at it, and the last convolution sees the condition itself
    (O. Ronneberger et al., arXiv:1505.04597).

    Parameters
    ----------
    spec : SignalSpec
    recipe : PairedRecipe
    pilot : Part
        Some of the recordings: their mean and standard deviation are the network's units.
    limits : (low, high)
        Of the recordings; generated values stay within.

    Attributes
    ----------
    latents : tuple of Latent
        Normal values, `noise_channels` per point of the coarsest grid.
    scale : tensor
        The fields' standard deviation.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, spec: SignalSpec, recipe: PairedRecipe, pilot: Part, limits: tuple[float, float]) -> None:
        super().__init__()
        self.shape = spec.shape
        self.planes = Planes(spec, pilot.conditions)
        channels, height, width = plane_shape(spec.shape)
        step = 2**recipe.halvings
        self.padding = (0, -width % step, 0, -height % step)  # below and at the right, to whole coarse points
        self.coarse = (recipe.noise_channels, -(-height // step), -(-width // step))
        self.latents = (Latent("normal", self.coarse[0] * self.coarse[1] * self.coarse[2]),)
        self.register_buffer("mean", pilot.signals.mean())
        self.register_buffer("scale", pilot.signals.std())
        self.limits = limits

        widths = [recipe.width * 2**i for i in range(recipe.halvings + 1)]
        pairs = list(itertools.pairwise(widths))
        self.first = _convolution(self.planes.channels, widths[0])
        self.down = nn.ModuleList(nn.Conv2d(fine, rough, 4, stride=2, padding=1) for fine, rough in pairs)
        self.middle = _convolution(widths[-1] + recipe.noise_channels, widths[-1])
        # Finer grids from more channels, not from upsampled ones: a quarter of the work, and no checkerboard.
        self.up = nn.ModuleList(_convolution(rough, 4 * fine) for fine, rough in pairs)
        self.merge = nn.ModuleList(_convolution(2 * fine, fine) for fine, _ in pairs)
        self.last = _convolution(widths[0] + self.planes.channels, channels)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Generate fields.

        Parameters
        ----------
        latent : tensor of shape (n, width of the latents)
            Standard normal values.
        *conditions : tensor of shape (n, *shape of the condition)
            In the order of the spec: physical values, or level indices.

        Returns
        -------
        tensor of shape (n, *shape)
            In training without bounds: a value beyond them has to find back.
        """
        condition = F.pad(self.planes(conditions), self.padding)
        h = _bent(self.first(condition))
        passed: list[Tensor] = []
        for down in self.down:
            passed.append(h)
            h = _bent(down(h))
        h = _bent(self.middle(torch.cat([h, latent.reshape(-1, *self.coarse)], 1)))
        for up, merge, fine in zip(reversed(self.up), reversed(self.merge), reversed(passed), strict=True):
            h = F.pixel_shuffle(_bent(up(h)), 2)
            h = _bent(merge(torch.cat([h, fine], 1)))
        height, width = self.planes.size
        field: Tensor = self.last(torch.cat([h, condition], 1))[:, :, :height, :width]
        field = (self.mean + self.scale * field).reshape(-1, *self.shape)
        return field if self.training else self.bounded(field)

    def bounded(self, fields: Tensor) -> Tensor:
        """Fields with what lies beyond the recordings' limits set to these."""
        return fields.clamp(*self.limits)


def _convolution(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def _bent(x: Tensor) -> Tensor:
    return F.leaky_relu(x, SLOPE)
