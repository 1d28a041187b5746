"""The convolutional generator, for signals that none of the simpler families suits.

Noise enters at three resolutions and is shaped by convolutions, which the trunk steers: local events of any form, at
random places. About 3.5 MFLOP for 320 samples.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.latent import Latent
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.default.noise import Noise
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import GeneratorNetwork, mlp

COARSE = 16  # samples of the signal per step of the coarse maps; a quarter of it in the middle ones
MARGIN = 6  # coarse steps on each side that are computed and cut off: the padding's traces stay in them
INPUTS = (16, 4, 2)  # channels of noise that enter the coarse, middle and full maps
MAPS = (32, 32, 8)  # channels of these


class ConvGenerator(GeneratorNetwork):
    """(latent, conditions) -> signal, in physical units.

    Parameters
    ----------
    pilot : Pilot
    stationary : bool
        Whether all times are alike; otherwise each coarse step has learned maps of its own.
    conditions : sequence of Condition
    recipe : DefaultRecipe
    """

    mean: Tensor

    def __init__(self, pilot: Pilot, stationary: bool, conditions: Sequence[Condition], recipe: DefaultRecipe) -> None:
        super().__init__()
        *lead, self.length = pilot.shape
        self.shape, self.channels, self.scale = pilot.shape, math.prod(lead), pilot.scale
        self.steps = -(-self.length // COARSE) + 2 * MARGIN
        self.latent_size = recipe.latent_size
        self.encode = ConditionEncoder(conditions)
        self.trunk = mlp(self.latent_size + self.encode.size, recipe.width, recipe.depth, nn.SiLU)
        self.noise = Noise(
            self.channels, self.length, recipe.width, floor=pilot.floor, taps=recipe.taps,
            waves=0 if stationary else recipe.noise_envelope,
        )  # fmt: skip
        self.entering = [channels * self.steps * 4**i for i, channels in enumerate(INPUTS)]
        self.latents = (Latent("uniform", self.latent_size), Latent("normal", sum(self.entering) + self.noise.size))
        coarse, middle, full = MAPS
        self.place = None if stationary else nn.Parameter(torch.zeros(coarse, self.steps))
        self.first, self.second = nn.Conv1d(INPUTS[0], coarse, 3, padding=1), nn.Conv1d(coarse, coarse, 3, padding=1)
        self.up_middle = nn.Conv1d(coarse, 4 * middle, 1)
        self.middle = nn.Conv1d(middle + INPUTS[1], middle, 5, padding=2)
        self.up_full = nn.Conv1d(middle, 4 * full, 1)
        self.full = nn.Conv1d(full + INPUTS[2], full, 9, padding=4)
        self.last = nn.Conv1d(full, self.channels, 9, padding=4)
        self.steer = nn.ModuleList(nn.Linear(recipe.width, 2 * channels) for channels in MAPS)
        mean = pilot.mean.reshape(self.channels, self.length)
        self.register_buffer("mean", mean.mean(1, keepdim=True) if stationary else mean)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Signals (n, *shape) of latents (n, size): uniform values on (0, 1], then standard normal ones."""
        uniform, normal = latent[:, : self.latent_size], latent[:, self.latent_size :]
        h = self.trunk(join(2 * uniform - 1, self.encode(conditions)))
        *entering, white = normal.split([*self.entering, self.noise.size], 1)
        coarse, middle, full = (
            v.reshape(-1, c, self.steps * 4**i) for i, (v, c) in enumerate(zip(entering, INPUTS, strict=True))
        )
        x = self.first(coarse)
        x = self._steered(x if self.place is None else x + self.place, h, 0)
        x = x + F.leaky_relu(self.second(x), 0.2)
        x = self._steered(self.middle(torch.cat([_finer(self.up_middle(x)), middle], 1)), h, 1)
        x = self._steered(self.full(torch.cat([_finer(self.up_full(x)), full], 1)), h, 2)
        start = COARSE * MARGIN
        signals: Tensor = self.mean + self.scale * self.last(x)[:, :, start : start + self.length]
        signals = signals + self.noise(white, h)
        return signals.reshape(-1, *self.shape)

    def _steered(self, x: Tensor, h: Tensor, level: int) -> Tensor:
        """Maps (n, channels, steps), stretched and shifted by the trunk's output, through the rectifier."""
        stretch, shift = self.steer[level](h)[:, :, None].chunk(2, 1)
        steered: Tensor = (1 + stretch) * x + shift
        return F.leaky_relu(steered, 0.2)


def _finer(x: Tensor) -> Tensor:
    """Sub-pixel upsampling: (n, 4 channels, steps) -> (n, channels, 4 steps)."""
    n, channels, steps = x.shape
    return F.leaky_relu(x.reshape(n, channels // 4, 4, steps).transpose(2, 3).reshape(n, channels // 4, 4 * steps), 0.2)
