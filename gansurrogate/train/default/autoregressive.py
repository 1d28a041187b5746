"""The autoregressive generator: recordings continued instant by instant, and in each instant column by column.

Recorded quantities hold their values, go on as before, and jump; a map that moves all values of a window together gives
none of that. The density of the next value given all before it has it: a network gives each of its pieces a
probability. It is learned by maximum likelihood, as the densities of H. Larochelle and I. Murray, "The neural
autoregressive distribution estimator", AISTATS 2011, and of A. van den Oord et al., "Pixel recurrent neural networks",
ICML 2016, arXiv:1601.06759, are.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.latent import Latent
from gansurrogate.train.data import Part
from gansurrogate.train.default.columns import Columns
from gansurrogate.train.default.course import Course, grain_of
from gansurrogate.train.default.ends import Ends
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.iteration import iterate
from gansurrogate.train.networks import GeneratorNetwork

MOST_LEVELS = 128
UNITS = 24  # hidden ones of each column
DROPPED = 0.1
SHIFT = 0.1  # spreads, by which the levels that are seen are off: the ends that are drawn lie beside the recorded ones
AIM = 0.03  # spreads, by which the aim is off: a window is led towards its end, not onto it
FARTHEST = 6.0  # relations seen, in their spread
NEVER = -30.0  # logit of a piece that a column lacks

Instant = tuple[Tensor, Tensor, Tensor]  # values, scores of the pieces drawn, whether they are fresh; each (n, columns)
State = tuple[Tensor, ...]  # the last instant's values, those of the one before, the hidden units, and the aim


class AutoregressiveGenerator(GeneratorNetwork):
    """Latent -> window (n, channels, length), in physical units.

    The first instant and the aim, which is the last instant as `Ends` draws it, come from a mixture of Gaussians. A
    recurrent layer sees each instant; from its units, and from the columns already drawn, each column's next value gets
    the probabilities of its pieces (`Course`). One uniform value chooses the piece and the place within.

    Parameters
    ----------
    signals : tensor of shape (n, channels, length)
        At least three long.
    recipe : DefaultRecipe
    """

    chooses = True
    instantwise = True
    mean: Tensor
    spread: Tensor
    related: Tensor
    earlier: Tensor

    def __init__(self, signals: Tensor, recipe: DefaultRecipe) -> None:
        super().__init__()
        columns = Columns(signals)
        self.ends = Ends(signals, columns)
        self.kept, self.length = columns.kept, signals.shape[2]
        values = signals[:, self.kept].transpose(1, 2).double()  # (n, length, columns)
        mean, spread = values.mean((0, 1)), values.std((0, 1))
        self.register_buffer("mean", mean.float())
        self.register_buffer("spread", spread.float())
        x = ((values - mean) / spread).numpy()
        self.course = Course(x, grain_of(values.numpy()) / spread.numpy())
        self.size = size = len(self.kept)
        self.latents = (*self.ends.latents, Latent("uniform", (self.length - 1) * size))

        # Counters and switches: rounding must not take them off their levels.
        for column in range(size):
            levels = torch.unique(signals[:, self.kept[column]])
            if len(levels) <= MOST_LEVELS:
                self.register_buffer(f"levels_{column}", levels)

        # Columns that follow from others but for little: how they stand to these is seen in its own spread.
        relations = self.course.relations(x)
        self.register_buffer("related", relations)
        self.recurrent = nn.GRU(6 * size + len(relations) + 1, recipe.width)
        self.start = nn.Parameter(torch.zeros(2, size * UNITS))
        self.units = nn.Linear(recipe.width, size * UNITS)
        self.by_score = nn.Parameter(torch.randn(size, size * UNITS) * 0.05)  # from what was drawn in the columns
        self.by_fresh = nn.Parameter(torch.randn(size, size * UNITS) * 0.05)
        later = torch.ones(size, size).triu(1).repeat_interleave(UNITS, 1)
        self.register_buffer("earlier", later)  # of a column's units: 1 where the other comes before it
        self.logits = nn.Parameter(torch.zeros(size, UNITS, self.course.share.shape[2]))
        self.bias = nn.Parameter(torch.zeros_like(self.course.share))

    def forward(self, latent: Tensor) -> Tensor:
        """Windows (n, channels, length) of latents (n, size): those of the ends, then values on (0, 1]."""
        ends = (self.ends(latent[:, : self.ends.width])[:, :, self.kept] - self.mean) / self.spread
        first, aim = ends[:, 0], ends[:, 1]
        uniform = latent[:, self.ends.width :].reshape(-1, self.length - 1, self.size).transpose(0, 1)
        still = torch.zeros_like(first)
        seen = self._seen(first, still, (still, still), aim, torch.zeros_like(first[:, :1]))
        hidden = self._cell(seen, latent.new_zeros(latent.shape[0], self.recurrent.hidden_size))

        def step(state: State, place: tuple[Tensor, ...], phase: int = 1) -> tuple[State, Tensor]:
            last, before, hidden, aim = state
            chance, time = place
            now, score, fresh = self._instant(phase, last, before, hidden, chance)
            seen = self._seen(now, now - last, (score, fresh), aim, time)
            return (now, last.clone(), self._cell(seen, hidden), aim.clone()), now.clone()

        times = torch.arange(1, self.length, device=latent.device) / self.length
        places = (uniform, times[:, None, None].expand(-1, latent.shape[0], 1))
        state, second = step((first, first, hidden, aim), (places[0][0], places[1][0]), phase=0)
        rest = iterate(step, state, (places[0][1:], places[1][1:]))
        return self._signals(torch.cat([first[None], second[None], rest]).transpose(0, 1))

    def surprise(self, part: Part, random: torch.Generator) -> Tensor:
        """Mean negative log-likelihood per value, but for a constant, of real windows; `random` blurs what is seen."""
        x = (part.signals[:, self.kept].transpose(1, 2) - self.mean) / self.spread
        chosen = self.course.choices(x)  # (n, length - 1, columns)
        phase = torch.arange(self.length - 1, device=x.device).clamp_max(1)[:, None]  # (length - 1, 1)
        column = torch.arange(self.size, device=x.device)
        score, fresh = (
            F.pad(table[phase, column, chosen], (0, 0, 1, 0)) for table in (self.course.score, self.course.fresh)
        )

        def off(by: float) -> Tensor:
            return by * torch.randn(len(x), 1, self.size, generator=random).to(x.device)

        steps = torch.diff(x, dim=1, prepend=x[:, :1])
        times = (torch.arange(self.length, device=x.device) / self.length)[None, :, None].expand(len(x), -1, 1)
        seen = self._seen(x, steps, (score, fresh), x[:, -1:] + off(AIM), times, off(SHIFT))
        hidden = self.recurrent(seen[:, :-1].transpose(0, 1))[0].transpose(0, 1)
        units = self.units(F.dropout(hidden, DROPPED, self.training)) + self.start[phase[:, 0]]
        units = units + score[:, 1:] @ (self.by_score * self.earlier) + fresh[:, 1:] @ (self.by_fresh * self.earlier)
        units = F.dropout(F.silu(units), DROPPED, self.training).unflatten(2, (self.size, UNITS))
        logits = torch.einsum("nlcu,cup->nlcp", units, self.logits) + self._prior()[phase[:, 0]]
        return F.cross_entropy(logits.flatten(0, 2), chosen.flatten())

    def _instant(self, phase: int, last: Tensor, before: Tensor, hidden: Tensor, uniform: Tensor) -> Instant:
        """Draw the columns of one instant, each given those before it."""
        course = self.course
        units = self.units(hidden) + self.start[phase]
        prior, beside = self._prior()[phase], course.beside(phase)
        expected, step = course.expected(phase, last, before), last - before
        drawn: list[tuple[Tensor, Tensor, Tensor]] = []  # value, score and freshness (n, 1) of each column
        for column, pieces in enumerate(course.pieces[phase]):
            own = F.silu(units[:, column * UNITS : (column + 1) * UNITS])
            logits = own @ self.logits[column, :, :pieces] + prior[column, :pieces]
            weights = (logits - logits.amax(1, keepdim=True)).exp()
            cumulated = weights.cumsum(1)
            reached = uniform[:, column : column + 1] * cumulated[:, -1:]
            piece = (cumulated[:, :-1] < reached).sum(1, keepdim=True)
            weight = weights.gather(1, piece)
            place = ((reached - cumulated.gather(1, piece)) / weight + 1).clamp(0, 1)

            low, high, onward, score, fresh = (
                table[phase, column][piece]
                for table in (course.low, course.high, course.onward, course.score, course.fresh)
            )
            value = low + place * (high - low) + expected[:, column, None] + onward * step[:, column, None]
            if column in course.foretold and column:
                value = value + torch.cat([one for one, _, _ in drawn], 1) @ beside[column, :column, None]
            drawn.append((value.clamp(course.least[column], course.most[column]), score, fresh))
            told = score * self.by_score[column] + fresh * self.by_fresh[column]
            units = units + told * self.earlier[column]
        now, scores, news = (torch.cat(parts, 1) for parts in zip(*drawn, strict=True))
        return now, scores, news

    def _seen(
        self,
        x: Tensor,
        steps: Tensor,
        drawn: tuple[Tensor, Tensor],
        aim: Tensor,
        time: Tensor,
        off: Tensor | float = 0.0,
    ) -> Tensor:
        """What the recurrent layer sees of instants x (..., columns), whose levels look shifted by `off`."""
        step, away = self.course.step, aim - x
        related = x @ self.related[:, 1:].T + self.related[:, 0]
        parts = (
            x + off, torch.asinh(steps / step), related.clamp(-FARTHEST, FARTHEST), *drawn,
            away, torch.asinh(away / step), time,
        )  # fmt: skip
        return torch.cat(parts, -1)

    def _cell(self, seen: Tensor, hidden: Tensor) -> Tensor:
        """One step of the recurrent layer, in operators that a Scan can hold."""
        weights = dict(self.recurrent.named_parameters())
        given = F.linear(seen, weights["weight_ih_l0"], weights["bias_ih_l0"]).chunk(3, 1)
        kept = F.linear(hidden, weights["weight_hh_l0"], weights["bias_hh_l0"]).chunk(3, 1)
        reset, update = torch.sigmoid(given[0] + kept[0]), torch.sigmoid(given[1] + kept[1])
        new = torch.tanh(given[2] + reset * kept[2])
        return new + update * (hidden - new)

    @property
    def levels(self) -> dict[int, Tensor]:
        """The values of each column that has few."""
        named = {column: getattr(self, f"levels_{column}", None) for column in range(self.size)}
        return {column: levels for column, levels in named.items() if levels is not None}

    def _prior(self) -> Tensor:
        """Logits (2, columns, pieces) that the network's own are added to; those of the data at the start."""
        share = self.course.share
        return self.bias + torch.where(share > 0, share.clamp_min(1e-30).log(), NEVER)

    def _signals(self, x: Tensor) -> Tensor:
        """Windows (n, channels, length), in physical units, of x (n, length, columns)."""
        values = list((x * self.spread + self.mean).unbind(2))
        for column, levels in self.levels.items():
            between = (levels[1:] + levels[:-1]) / 2
            values[column] = levels[(values[column][:, :, None] > between).sum(2)]
        signals: Tensor = self.ends.columns.rebuilt(torch.stack(values, 1))
        return signals
