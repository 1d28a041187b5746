"""The generator of pulses with random onsets: a small network draws the pulse, and when it comes."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.latent import Latent
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.default import knots
from gansurrogate.train.default.noise import Noise
from gansurrogate.train.default.onsets import Aligned, neighbours
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import GeneratorNetwork, mlp

KNOTS = 64  # of the quantile function of the shifts


class ShiftedGenerator(GeneratorNetwork):
    """(latent, conditions) -> signal, in physical units.

    x(t) = base + sum_k c_k component_k(t - shift) + noise(t), where the coefficients c come from the trunk, the
    components lie on a grid finer than the samples, and the shift is drawn from those that the look found and
    corrected by the trunk.
    """

    quantiles: Tensor
    middle: Tensor
    spread: Tensor
    components: Tensor
    before: Tensor
    part: Tensor

    def __init__(self, aligned: Aligned, conditions: Sequence[Condition], recipe: DefaultRecipe) -> None:
        super().__init__()
        self.length, self.base, self.origin = aligned.length, aligned.base, aligned.origin
        self.latent_size = recipe.latent_size
        rank = len(aligned.components)
        self.encode = ConditionEncoder(conditions)
        self.trunk = mlp(recipe.latent_size + self.encode.size, recipe.width, recipe.depth, nn.SiLU)
        # A product of two lines besides a line: every coefficient is the pulse's size times one of its shape.
        self.line, self.left, self.right = (nn.Linear(recipe.width, rank) for _ in range(3))
        self.later = nn.Linear(recipe.width, 1)
        nn.init.zeros_(self.later.weight)
        nn.init.zeros_(self.later.bias)
        self.noise = Noise(
            1, self.length, recipe.width, floor=aligned.floor, taps=recipe.taps, waves=recipe.noise_envelope
        )
        self.latents = (Latent("uniform", recipe.latent_size), Latent("normal", self.noise.size))
        levels = torch.linspace(0, 1, KNOTS + 1)
        self.register_buffer("quantiles", torch.quantile(aligned.shifts, levels))
        self.register_buffer("middle", aligned.coefficients.mean(0))
        self.register_buffer("spread", aligned.coefficients.std(0))
        self.register_buffer("components", aligned.components)
        before, part = knots.around(aligned.knots, aligned.components.shape[1])
        self.register_buffer("before", before)
        self.register_buffer("part", part)
        # The components learn at their knots only: at each place they would learn the noise.
        self.sharper = nn.Parameter(torch.zeros(len(aligned.knots), rank))
        self.step = 0.5 * aligned.floor  # the components change slowly

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Signals (n, length) of latents (n, size): uniform values on (0, 1], then standard normal ones."""
        uniform, normal = latent[:, : self.latent_size], latent[:, self.latent_size :]
        h: Tensor = self.trunk(join(2 * uniform - 1, self.encode(conditions)))  # (n, width)
        coefficients = self.middle + self.spread * (self.line(h) + self.left(h) * self.right(h))
        sharper = knots.drawn(self.sharper, self.before, self.part).T  # (rank, places)
        pulse = coefficients @ (self.components + self.step * sharper)  # (n, places)
        # 0.05: a shift that learns faster runs away from its pulse.
        shifts = self._quantile(uniform[:, :1]) + 0.05 * self.later(h)[:, 0]
        places, beyond = neighbours(shifts, self.length, self.origin, pulse.shape[1])
        before, after = (pulse.gather(1, places + k) for k in (0, 1))
        signals: Tensor = self.base + before + beyond * (after - before) + self.noise(normal, h)[:, 0]
        return signals

    def _quantile(self, uniform: Tensor) -> Tensor:
        """The shift (n,) at these levels (n, 1), by straight lines between the knots."""
        reached = (KNOTS * uniform - torch.arange(KNOTS, device=uniform.device)).clamp(0, 1)
        return self.quantiles[0] + (reached * torch.diff(self.quantiles)).sum(1)
