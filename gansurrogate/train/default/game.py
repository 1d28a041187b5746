"""The default recipe's game: its networks, their averages, and its held-out test."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import nn

from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.train.conditions import ConditionEncoder
from gansurrogate.train.default.family import WINDOWS, Choice, choose
from gansurrogate.train.default.held_out import HeldOut
from gansurrogate.train.default.likelihood import BETAS, LikelyGenerator, Surprise, take_likely_step
from gansurrogate.train.default.pilot import Pilot, look
from gansurrogate.train.default.players import build, tuned
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.step import take_step
from gansurrogate.train.default.window_views import channel_spreads
from gansurrogate.train.ema import Average
from gansurrogate.train.game import Game
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.recordings import Recordings


class DefaultGame(Game):
    """A generator of the family that suits the data against a discriminator; the averaged generator counts.

    Attributes
    ----------
    recipe : DefaultRecipe
        Adapted to the family and to the number of signals.
    pilot : Pilot
        The first look at the data.
    choice : Choice
        The family, and why.
    """

    measure: ClassVar[str] = "held_out_auc"
    keep_from: ClassVar[float] = 0.6  # earlier ones are not annealed
    tie: ClassVar[float] = 0.01

    def __init__(
        self, recordings: Recordings, recipe: DefaultRecipe, seed: int, saved: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(recordings, recipe, seed)
        seen = self.real.signals[: recipe.pilot_signals]
        if saved is None:
            self.pilot = look(seen, recipe)
            self.choice = choose(self.pilot, seen, recordings.spec.conditions, recipe)
        else:  # as it was: another machine's rounding might lead to another choice
            self.pilot, self.choice = Pilot(**saved["pilot"]), Choice(*saved["choice"])
        self.recipe: DefaultRecipe = tuned(recipe, self.choice.family).adapted_to(len(self.real.signals))
        if self.choice.family in WINDOWS:  # quantities in different units
            units = channel_spreads(seen)
            self.held_out = HeldOut(look(seen / units, recipe), self.kept_out, self.real, units)
        else:
            self.held_out = HeldOut(self.pilot, self.kept_out, self.real)
        self.floor = self.held_out.floor
        self.bears_bfloat16 = self.choice.family == "image"
        conditions = recordings.spec.conditions
        self.encode = ConditionEncoder(conditions)
        with own_randomness(seed):
            players = build(self.choice.family, self.pilot, seen, conditions, self.recipe)
        self.generator = players.generator
        self.average = Average(self.generator)
        self.parts = {"generator": self.generator, "average": self.average.network}
        if players.opponent is None:
            assert isinstance(self.generator, LikelyGenerator)
            self.generator_optimizer = _adam(self.generator, self.recipe.learning_rate, BETAS)
            self.parts["surprise"] = Surprise(self.generator)
        else:
            self.views, self.discriminator = players.opponent
            self.generator_optimizer = _adam(self.generator, self.recipe.learning_rate, self.recipe.betas)
            self.discriminator_optimizer = _adam(self.discriminator, self.recipe.learning_rate, self.recipe.betas)
            self.parts |= {
                "views": self.views, "discriminator": self.discriminator,
                "discriminator_optimizer": self.discriminator_optimizer,
            }  # fmt: skip
        self.parts["generator_optimizer"] = self.generator_optimizer

    @property
    def network(self) -> GeneratorNetwork:
        """The averaged generator."""
        return self.average.network

    def move(self, step: int, progress: float) -> dict[str, float]:
        """Both networks move once; without an opponent, the generator moves towards a higher likelihood."""
        return take_likely_step(self, step, progress) if "surprise" in self.parts else take_step(self, step, progress)

    def test(self) -> float:
        """AUC of boosted trees that tell held-out signals from generated ones."""
        return self.held_out.auc(self.average.network)

    def describe(self) -> dict[str, Any]:
        """The family and why."""
        return self.choice._asdict()

    def to_dict(self) -> dict[str, Any]:
        """Everything that changes, and the pilot, which another machine might compute with other rounding."""
        return {**super().to_dict(), "pilot": vars(self.pilot), "choice": tuple(self.choice)}


def _adam(network: nn.Module, rate: float, betas: tuple[float, float]) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), rate, betas, fused=True)
