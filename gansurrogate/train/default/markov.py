"""The block-Markov generator: each stretch of a signal drawn given the stretches before it.

The paths of a noise-driven system fill a surface that is too folded for a map from a few latents: between two wells the
same force leads here or there. What is simple is the next short stretch given the last ones. Its distribution is almost
Gaussian, so it is learned by maximum likelihood, without a discriminator, whose gradients through the whole chain of a
chaotic system are of no use.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.latent import Latent
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.data import Part
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import GeneratorNetwork

STRETCHES = 8  # of each signal, in one step of training
MARGIN = 0.25  # of the signals' range, by which the past that is seen may leave it
KNOTS = 128  # of the quantile function of the first stretch's leading component
GRAIN = 0.25  # of the noise, at most: what the next stretch sees is rounded to it
STARTING = 2000  # signals that the linear start is fitted to


class MarkovGenerator(GeneratorNetwork):
    """(latent, conditions) -> signal, in physical units.

    Stretches of ``recipe.stretch`` samples follow each other: y = m + L e, where the mean m and the lower triangular
    factor L of the covariance are given by a network that sees the last ``recipe.memory`` stretches, the conditions and
    the number of the stretch, and e is normal. The first one may be of several kinds (one well or the other), so it is
    also given its leading component, drawn from the look's quantile function.

    Parameters
    ----------
    pilot : Pilot
    signals : tensor of shape (n, *shape)
        Real signals that fix the quantile function.
    conditions : sequence of Condition
    recipe : DefaultRecipe
    """

    quantiles: Tensor
    leading: Tensor
    middle: Tensor
    order: Tensor

    def __init__(self, pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> None:
        super().__init__()
        *lead, self.length = pilot.shape
        self.shape, self.channels = pilot.shape, math.prod(lead)
        self.stretch = min(recipe.stretch, self.length)
        self.memory = max(1, min(recipe.memory, self.length // self.stretch - 1))
        self.stretches = -(-self.length // self.stretch)
        self.values = self.channels * self.stretch  # of one stretch
        self.latents = (Latent("uniform", 1), Latent("normal", self.stretches * self.values))
        self.mean, self.scale = float(pilot.mean.mean()), pilot.scale

        past, width = self.memory * self.values, recipe.width
        self.encode = ConditionEncoder(conditions)
        self.first = nn.Linear(past + self.encode.size + 1, width)
        self.number = nn.Parameter(torch.zeros(self.stretches, width))
        self.trunk = nn.ModuleList(nn.Linear(width, width) for _ in range(recipe.depth - 1))
        self.straight = nn.Linear(past, self.values)  # a smooth path goes on almost linearly
        self.bend = nn.Linear(width, self.values)
        rows, columns = torch.tril_indices(self.values, self.values, -1)
        self.factor = nn.Linear(width, len(rows) + self.values)
        for layer in (self.bend, self.factor):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        # A power of two, by which divisions are exact.
        self.grain = 2.0 ** math.floor(math.log2(GRAIN * pilot.floor / pilot.scale))
        # A rare path leaves what the network has learned of; without bounds it would be driven off further and further.
        scaled = (signals - self.mean) / self.scale
        margin = MARGIN * float(scaled.max() - scaled.min())
        self.low, self.high = float(scaled.min()) - margin, float(scaled.max()) + margin
        # No value is drawn more narrowly than a tenth of the noise: that of the start's own component would be.
        self.least = math.log(0.1 * pilot.floor / pilot.scale)
        # Where in the matrix each entry goes: those below the diagonal, the diagonal, and one zero for the rest.
        order = torch.full((self.values, self.values), len(rows) + self.values)
        order[rows, columns] = torch.arange(len(rows))
        order.diagonal().copy_(len(rows) + torch.arange(self.values))
        self.register_buffer("order", order)

        self.log_scale = nn.Parameter(torch.tensor(self._start_straight(signals[:STARTING])))
        start = self._stretches(signals)[:, 0]  # (n, values)
        self.register_buffer("middle", start.mean(0))
        self.register_buffer("leading", torch.linalg.eigh(torch.cov(start.T))[1][:, -1])
        component = (start - self.middle) @ self.leading
        self.register_buffer("quantiles", torch.quantile(component, torch.linspace(0, 1, KNOTS + 1)))

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Signals (n, *shape) of latents (n, size): a uniform value on (0, 1], then standard normal ones."""
        # A chaotic system blows up every rounding, and two machines round differently: in double precision they agree
        # to so many digits that what a stretch sees of the past, rounded below the noise, is the same on both.
        latent = latent.double()
        normal = latent[:, 1:].reshape(-1, self.stretches, self.values)
        reached = (KNOTS * latent[:, :1] - torch.arange(KNOTS, device=latent.device)).clamp(0, 1)
        start = self.quantiles[0] + (reached * torch.diff(self.quantiles)).sum(1, keepdim=True)  # (n, 1)
        encoded = self.encode(tuple(c.double() if c.is_floating_point() else c for c in conditions))
        encoded = None if encoded is None else encoded.double()
        past = latent.new_zeros(latent.shape[0], self.memory * self.values)
        drawn: list[Tensor] = []
        for number in range(self.stretches):
            first = torch.full_like(start, float(number == 0))
            mean, factor = self._next(past, encoded, first * start, first, number)
            matrix = self._entries(factor)[:, self.order]  # (n, values, values)
            drawn.append(mean + (matrix * normal[:, number, None]).sum(2))
            seen = ((drawn[-1] / self.grain).round() * self.grain).clamp(self.low, self.high)
            past = torch.cat([past[:, self.values :], seen], 1)
        # A stretch has time first: the factor is triangular in time.
        signals = torch.cat(drawn, 1).reshape(-1, self.stretches * self.stretch, self.channels)[:, : self.length]
        return (self.mean + self.scale * signals.transpose(1, 2)).reshape(-1, *self.shape).float()

    def surprise(self, part: Part, random: torch.Generator) -> Tensor:
        """Mean negative log-likelihood per value, but for a constant, of random stretches of real signals."""
        part = part.each(lambda tensor: tensor.repeat(STRETCHES, *[1] * (tensor.dim() - 1)))
        number = torch.randint(self.stretches, (len(part.signals),), generator=random)
        return self.surprise_of(part, number.to(part.signals.device))

    def surprise_of(self, part: Part, number: Tensor) -> Tensor:
        """The same of stretch `number` (n,) of each signal."""
        stretches = self._stretches(part.signals)
        device = number.device
        index = number[:, None] + torch.arange(-self.memory, 1, device=device)  # (n, memory + 1)
        rows = torch.arange(len(number), device=device)[:, None]
        seen = stretches[rows, index.clamp_min(0)] * (index >= 0)[:, :, None]
        past, next_one = seen[:, :-1].flatten(1), seen[:, -1]
        first = (number == 0).float()[:, None]
        start = first * ((next_one - self.middle) @ self.leading)[:, None]
        mean, factor = self._next(past, self.encode(part.conditions), start, first, number)
        # Put in place, not looked up as in `forward`: that has a slow gradient.
        filled = self.order < self.order.max()
        # The last stretch may reach beyond the signal's end, where nothing holds the network's entries: they would grow
        # beyond all numbers. Rows of the unit matrix stand there; a triangular factor lets the others stand alone.
        time = number[:, None] * self.stretch + torch.arange(self.values, device=device) // self.channels
        inside = time < self.length  # (n, values)
        # In double precision: solving multiplies what is far off by ratios of entries, once for each value.
        matrix = mean.new_zeros(len(number), self.values, self.values, dtype=torch.float64)
        matrix[:, filled] = self._entries(factor)[:, self.order[filled]].double()
        unit = torch.eye(self.values, dtype=matrix.dtype, device=device)
        matrix = torch.where(inside[:, :, None], matrix, unit)
        unlikely = torch.linalg.solve_triangular(matrix, (next_one - mean)[:, :, None].double(), upper=False)
        each = 0.5 * unlikely[:, :, 0].square() + self._log_diagonal(factor)
        surprise: Tensor = (inside * each).sum() / inside.sum()
        return surprise

    def _next(
        self, past: Tensor, encoded: Tensor | None, start: Tensor, first: Tensor, number: int | Tensor
    ) -> tuple[Tensor, Tensor]:
        """Mean (n, values) of the next stretch, and what fills the factor of its covariance.

        `first` (n, 1) is 1 for a signal's first stretch, whose leading component is `start`, and 0 for the others.
        """
        h = _dense(self.first, join(torch.cat([past, start], 1), encoded)) + self.number.to(past.dtype)[number]
        for layer in self.trunk:
            h = _dense(layer, _silu(h))
        h = _silu(h)
        begun = first * self.middle + start * self.leading
        return begun + (1 - first) * _dense(self.straight, past) + _dense(self.bend, h), _dense(self.factor, h)

    def _start_straight(self, signals: Tensor) -> float:
        """Start with the linear prediction that leaves the least, and return the logarithm of what it leaves."""
        stretches = self._stretches(signals)[:, : self.length // self.stretch]  # whole ones only
        if stretches.shape[1] <= self.memory:
            return 0.0
        windows = stretches.flatten(1).unfold(1, (self.memory + 1) * self.values, self.values).flatten(0, 1)
        past, coming = windows.double().split([self.memory * self.values, self.values], 1)
        past = torch.cat([past, torch.ones(len(past), 1)], 1)
        gram = past.T @ past
        gram += 1e-6 * float(gram.diagonal().mean()) * torch.eye(len(gram))  # smooth pasts are all but dependent
        weights = torch.linalg.solve(gram, past.T @ coming)
        with torch.no_grad():
            self.straight.weight.copy_(weights[:-1].T)
            self.straight.bias.copy_(weights[-1])
        return 0.5 * math.log(max(float((coming - past @ weights).square().mean()), 1e-12))

    def _log_diagonal(self, factor: Tensor) -> Tensor:
        return (self.log_scale.to(factor.dtype) + factor[:, -self.values :]).clamp_min(self.least)

    def _entries(self, factor: Tensor) -> Tensor:
        """The factor's entries (n, entries): below the diagonal, on it, and a zero."""
        below = 0.25 * self.log_scale.to(factor.dtype).exp() * factor[:, : -self.values]
        return torch.cat([below, self._log_diagonal(factor).exp(), torch.zeros_like(factor[:, :1])], 1)

    def _stretches(self, signals: Tensor) -> Tensor:
        """Signals (n, *shape) in network units as (n, stretches, values), zero beyond their end."""
        scaled = (signals.reshape(len(signals), self.channels, self.length) - self.mean) / self.scale
        padded = F.pad(scaled.transpose(1, 2), (0, 0, 0, self.stretches * self.stretch - self.length))
        return padded.reshape(len(signals), self.stretches, self.values)


def _dense(layer: nn.Module, x: Tensor) -> Tensor:
    """The layer in the precision of `x`."""
    assert isinstance(layer, nn.Linear)
    return F.linear(x, layer.weight.to(x.dtype), layer.bias.to(x.dtype))


def _silu(x: Tensor) -> Tensor:
    """x sigmoid(x), by another name: where onnxruntime finds that in double precision, releases before 1.31 fail."""
    return 0.5 * x * (1 + torch.tanh(0.5 * x))
