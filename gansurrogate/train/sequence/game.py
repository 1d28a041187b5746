"""The game of sequences, which one network plays alone: it predicts the next token, and is told which one it was."""

from dataclasses import replace
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.train.data import Part
from gansurrogate.train.distributed import share
from gansurrogate.train.game import Game
from gansurrogate.train.recordings import Recordings
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.schedules import cosine
from gansurrogate.train.sequence.codes import Code, Levels, Vocabulary
from gansurrogate.train.sequence.generator import SequenceGenerator
from gansurrogate.train.sequence.pictures import frequencies
from gansurrogate.train.sequence.predictor import Predictor
from gansurrogate.train.sequence.recipe import SequenceRecipe
from gansurrogate.train.trained import TrainedGenerator, generate

FEW = 100  # sequences of which none is held out: each one may say what no other does
DRAWN = 200  # sequences in a picture
PILOT = 2_000  # signals from which levels are chosen


class SequenceGame(Game):
    """Cross entropy of the next token; the network that does best on held-out sequences is kept.

    Attributes
    ----------
    recipe : SequenceRecipe
        With ``held_out_signals`` 0 where there are few sequences.
    """

    measure: ClassVar[str] = "nats_per_token"
    keep_from: ClassVar[float] = 0.0
    recipe: SequenceRecipe

    def __init__(self, recordings: Recordings, recipe: SequenceRecipe, seed: int) -> None:
        if len(recordings.signals) < FEW:
            recipe = replace(recipe, held_out_signals=0)
        super().__init__(recordings, recipe, seed)
        self.judges = self.kept_out if recipe.held_out_signals else self.real.whole()
        spec = recordings.spec
        code: Code
        if spec.tokens:
            code = Vocabulary(spec)
        else:
            pilot, limits = self.real.signals[:PILOT].numpy(), self.real.signals.limits()
            code = Levels(spec, pilot, limits, recipe.levels, recipe.prefix)
        with own_randomness(seed):
            self.predictor = Predictor(code.size, spec.conditions, recipe.hidden)
        self.generator = SequenceGenerator(spec.shape, code, self.predictor)
        self.optimizer = torch.optim.Adam(self.predictor.parameters(), recipe.learning_rate, recipe.betas, fused=True)
        ids = torch.cat([code.ids(signals) for signals in self.judges.signals.split(100)]).flatten(1)
        per_sequence = self._counted(ids).sum() / len(ids)
        self.floor = least_cross_entropy(Part(ids, self.judges.conditions)) / float(per_sequence)
        self.parts = {"code": code, "predictor": self.predictor, "optimizer": self.optimizer}

    @property
    def network(self) -> SequenceGenerator:
        """The predictor, drawing."""
        return self.generator

    def move(self, step: int, progress: float) -> dict[str, float]:
        """One step down the cross entropy of a batch, or of all sequences where they are fewer."""
        recipe = self.recipe
        self.set_learning_rate(recipe.learning_rate * cosine(progress, recipe.learning_rate_end))
        loss = self._cross_entropy(self.synchronised("predictor"), self._batch()).mean()
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.predictor.parameters(), recipe.largest_gradient)
        self.optimizer.step()
        return {"cross_entropy": loss.item()}

    def test(self) -> float:
        """Cross entropy [nats per token] of the held-out sequences, or of all where there are few."""
        with torch.no_grad():
            pieces = torch.arange(len(self.judges.signals)).split(4 * self.recipe.batch_size)
            judged = (self._here(self.judges.rows(index)) for index in pieces)
            return float(torch.cat([self._cross_entropy(self.predictor, part) for part in judged]).mean())

    def describe(self) -> dict[str, Any]:
        """What a token is, and which sequences `test` judges."""
        code = self.generator.code
        judged = "held-out sequences" if self.recipe.held_out_signals else "the training sequences: too few to hold out"
        return {"ids": code.size, "judged_on": judged}

    def draw(self, run: RunFolder, title: str) -> None:
        """Real beside generated signals, or how often each token comes in real and in generated sequences."""
        n = min(DRAWN, len(self.judges.signals))
        real = self.judges.rows(torch.arange(n))
        generated = generate(self.generator, (*real.conditions, *self.generator.code.open(n)), n)
        spec = self.recordings.spec
        if spec.tokens:
            run.save_figure("tokens.png", frequencies(real.signals.numpy(), generated, spec, title))
        else:
            run.save_signals(real.signals.numpy(), generated, spec, title)

    def finish(self, training: dict[str, Any], fidelity: dict[str, Any]) -> TrainedGenerator:
        """The surrogate may also take a prefix. Its weights stay as they are, or PyTorch could not export the loop."""
        spec = self.recordings.spec
        spec = replace(spec, conditions=(*spec.conditions, *self.generator.code.prefix))
        return TrainedGenerator(self.recordings.name, spec, self.generator.requires_grad_(False), training, fidelity)

    def _batch(self) -> Part:
        """This process's share of a random batch, or of all sequences."""
        if self.fresh is None and len(self.real.signals) <= self.recipe.batch_size:
            return self._here(self.real.whole().each(share))
        return self.deal(self.recipe.batch_size)[0]

    def _here(self, part: Part) -> Part:
        return part.each(lambda tensor: tensor.to(self.device))

    def _cross_entropy(self, predictor: nn.Module, part: Part) -> Tensor:
        """-ln p of every token (m,) of the batch up to and with the first end."""
        code = self.generator.code
        ids = code.ids(part.signals).flatten(1)
        logits = predictor(ids, *part.conditions)
        each = F.cross_entropy(logits.flatten(0, 1), ids.flatten(), reduction="none")
        return each[self._counted(ids).flatten()]

    def _counted(self, ids: Tensor) -> Tensor:
        """Which of `ids` (n, length) belong to the sequence: those up to and with the first end."""
        ends = ids == (-1 if self.generator.code.end is None else self.generator.code.end)
        return F.pad(ends.cumsum(1)[:, :-1], (1, 0)) == 0


def least_cross_entropy(part: Part) -> float:
    """What no model can go below on these sequences [nats per sequence]: the entropy of their frequencies.

    For any probabilities q the mean of -ln q over a sample is at least the sample's own entropy (Gibbs' inequality);
    under conditions, the entropy that they leave.
    """
    given = [condition.double().flatten(1) if condition.ndim > 1 else condition.double()[:, None]
             for condition in part.conditions]  # fmt: skip
    known = torch.cat([torch.zeros(len(part.signals), 1, dtype=torch.float64), *given], 1)
    return _entropy(torch.cat([part.signals.double().flatten(1), known], 1)) - _entropy(known)


def _entropy(rows: Tensor) -> float:
    """-sum p ln p over the different rows."""
    p = torch.unique(rows, dim=0, return_counts=True)[1] / len(rows)
    return float(-(p * p.log()).sum())
