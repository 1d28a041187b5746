"""The generator of impulse trains: events at random distances, each an impulse of random height, and noise.

Impulses at random times make a covariance of full rank, which no small basis of components spans, and their regularity
is a matter of the whole signal, which local convolutions do not see. So the times are drawn, and one learned impulse is
put there.
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
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.trains import Train
from gansurrogate.train.networks import GeneratorNetwork, mlp

FINE = 2  # grid points per sample: the times are interpolated between them
KNOTS = 64  # of the quantile function of the periods
JITTER, HEIGHTS = 0.05, 0.3  # relative spread of distances within a signal, and of heights, to start with


class EventsGenerator(GeneratorNetwork):
    """(latent, conditions) -> signal, in physical units.

    x(t) = mean + sum_k a_k impulse(t - t_k) + noise(t): a signal has a period, drawn from those that the look found
    and corrected by the trunk; the distances t_k+1 - t_k scatter about it, and the heights a_k about a height of the
    signal, both log-normally to start with.
    """

    quantiles: Tensor
    grid: Tensor

    def __init__(self, train: Train, length: int, conditions: Sequence[Condition], recipe: DefaultRecipe) -> None:
        super().__init__()
        self.length, self.mean = length, train.mean
        self.margin = len(train.impulse)  # an impulse that began so long before the signal is over when it starts
        shortest = 0.8 * float(torch.quantile(train.periods.float(), 0.01))
        self.events = math.ceil((length + self.margin) / shortest) + 2
        self.latent_size = max(2, recipe.latent_size)
        self.encode = ConditionEncoder(conditions)
        self.trunk = mlp(self.latent_size + self.encode.size, recipe.width, recipe.depth, nn.SiLU)
        self.noise = Noise(1, length, recipe.width, floor=train.floor, taps=recipe.taps, waves=0)
        self.latents = (Latent("uniform", self.latent_size), Latent("normal", 2 * self.events + self.noise.size))

        periods = torch.quantile(train.periods.double(), torch.linspace(0, 1, KNOTS + 1, dtype=torch.float64))
        self.period = float(periods[KNOTS // 2])
        self.register_buffer("quantiles", 2 * ((periods / self.period).sqrt() - 1))
        self.log_period, self.phase = nn.Linear(recipe.width, 1), nn.Linear(recipe.width, 1)
        self.distance, self.height = (_head(recipe.width + 1) for _ in range(2))
        for last in (self.log_period, self.phase):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
        self.log_jitter = nn.Parameter(torch.tensor(math.log(JITTER)))
        self.log_heights = nn.Parameter(torch.tensor(math.log(HEIGHTS)))
        self.register_buffer("grid", torch.arange(FINE * (length + self.margin)).float())
        fine = F.interpolate(train.impulse[None, None], scale_factor=FINE, mode="linear", align_corners=False)[0, 0]
        # exp(-HEIGHTS^2) makes up for the mean square of the heights.
        self.impulse = nn.Parameter(math.exp(-(HEIGHTS**2)) * fine)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Signals (n, length) of latents (n, size): uniform values on (0, 1], then standard normal ones."""
        uniform, normal = latent[:, : self.latent_size], latent[:, self.latent_size :]
        h: Tensor = self.trunk(join(2 * uniform - 1, self.encode(conditions)))  # (n, width)
        scatter, heights, white = normal.split([self.events, self.events, self.noise.size], 1)
        log_heights = self.log_heights.exp() * heights + 0.3 * self._each(self.height, h, heights)
        noise: Tensor = self.noise(white, h)[:, 0]
        return self.mean + self._impulses(self._times(uniform, scatter, h), log_heights.exp()) + noise

    def _times(self, uniform: Tensor, scatter: Tensor, h: Tensor) -> Tensor:
        """When the events (n, events) are, in samples and double precision.

        A steep impulse turns the rounding of a late time into a visible difference between two machines.
        """
        period: Tensor = self._quantile(uniform[:, :1].double()) + 0.3 * self.log_period(h).double()  # (n, 1)
        jitter: Tensor = self.log_jitter.exp() * scatter + 0.1 * self._each(self.distance, h, scatter)
        distances = self.period * (1 + 0.5 * (period + jitter.double())).square()  # exp but for the third order
        first: Tensor = (
            (uniform[:, 1:2] - 0.5 + 0.1 * self.phase(h)).double() * self.period * (1 + 0.5 * period).square()
        )
        return first - self.margin + distances.cumsum(1) - distances[:, :1]

    def _quantile(self, uniform: Tensor) -> Tensor:
        """The relative period at these levels (n, 1) as 2 (sqrt - 1), by straight lines between the knots."""
        reached = (KNOTS * uniform - torch.arange(KNOTS, device=uniform.device)).clamp(
            0, 1
        )  # (n, knots): how much of each line
        levels: Tensor = self.quantiles[0] + (reached * torch.diff(self.quantiles)).sum(1, keepdim=True)
        return levels

    @staticmethod
    def _each(head: nn.Sequential, h: Tensor, values: Tensor) -> Tensor:
        """`head` on the trunk's output beside each of the values (n, events)."""
        rows = torch.cat([h[:, None].expand(-1, values.shape[1], -1), values[:, :, None]], 2)
        corrections: Tensor = head(rows)[:, :, 0]
        return corrections

    def _impulses(self, times: Tensor, heights: Tensor) -> Tensor:
        """The learned impulse (n, length) at each of the times (n, events)."""
        places = FINE * (times + self.margin)
        left = places.floor()
        # Each event on its two neighbours on the fine grid: smooth enough for gradients with respect to the times.
        apart = self.grid - left.float()[:, :, None] - (places - left).float()[:, :, None]  # (n, events, grid)
        near = F.relu(1 - apart.abs())
        raster = (near * heights[:, :, None]).sum(1)
        signals: Tensor = F.conv1d(raster[:, None], self.impulse.flip(0)[None, None], stride=FINE)[:, 0, 1:]
        return signals[:, : self.length]


def _head(inputs: int) -> nn.Sequential:
    """A small network that starts at zero."""
    last = nn.Linear(32, 1)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(mlp(inputs, 32, 1, nn.SiLU), last)
