"""The discriminator: a logit for every patch of [condition, field]."""

import torch
from torch import Tensor, nn

from gansurrogate.train.paired.generator import SLOPE, UNet
from gansurrogate.train.paired.planes import plane_shape
from gansurrogate.train.paired.recipe import PairedRecipe


class PatchDiscriminator(nn.Module):
    """(field, planes of its conditions) -> one logit per patch (Isola et al., section 3.2.2).

    Parameters
    ----------
    generator : UNet
        Gives the units and shapes.
    recipe : PairedRecipe
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, generator: UNet, recipe: PairedRecipe) -> None:
        super().__init__()
        self.shape = plane_shape(generator.shape)
        self.register_buffer("mean", generator.mean)
        self.register_buffer("scale", generator.scale)
        widths = [recipe.patch_width * 2**i for i in range(recipe.patch_halvings)]
        layers: list[nn.Module] = []
        inputs = self.shape[0] + generator.planes.channels
        for width in widths:
            layers += [nn.Conv2d(inputs, width, 4, stride=2, padding=1), nn.LeakyReLU(SLOPE)]
            inputs = width
        layers += [nn.Conv2d(inputs, 2 * inputs, 3, padding=1), nn.LeakyReLU(SLOPE), nn.Conv2d(2 * inputs, 1, 1)]
        self.layers = nn.Sequential(*layers)

    def forward(self, signals: Tensor, planes: Tensor) -> Tensor:
        """Logits (n, 1, rows, columns) of signals (n, *shape) and planes (n, channels, height, width)."""
        fields = (signals.reshape(-1, *self.shape) - self.mean) / self.scale
        logits: Tensor = self.layers(torch.cat([planes, fields], 1))
        return logits
