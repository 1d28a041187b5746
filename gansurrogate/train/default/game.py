"""The default recipe's game: its networks, their averages, and its held-out test."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import nn

from gansurrogate.train.conditions import ConditionEncoder
from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.discriminator import Discriminator
from gansurrogate.train.default.held_out import HeldOut
from gansurrogate.train.default.pilot import Pilot, look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.step import take_step
from gansurrogate.train.default.views import Views
from gansurrogate.train.ema import Average
from gansurrogate.train.game import Game
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.recordings import Recordings


class DefaultGame(Game):
    """A generator against a discriminator of fixed views; the averaged generator counts.

    Attributes
    ----------
    recipe : DefaultRecipe
        Adapted to the number of signals.
    pilot : Pilot
        The first look at the data.
    """

    measure: ClassVar[str] = "held_out_auc"
    keep_from: ClassVar[float] = 0.6  # earlier ones are not annealed
    tie: ClassVar[float] = 0.01

    def __init__(
        self, recordings: Recordings, recipe: DefaultRecipe, seed: int, saved: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(recordings, recipe, seed)
        self.recipe: DefaultRecipe = recipe.adapted_to(len(self.real.signals))
        self.pilot = look(self.real.signals, self.recipe) if saved is None else Pilot(**saved["pilot"])
        self.held_out = HeldOut(self.pilot, self.kept_out, self.real)
        self.floor = self.held_out.floor
        conditions = recordings.spec.conditions
        with torch.random.fork_rng(devices=[]):  # the caller's random state is not ours to move
            torch.manual_seed(seed)
            self.generator = BasisGenerator(self.pilot, conditions, self.recipe)
            self.views = Views(self.pilot, self.recipe, self.real.signals[: self.recipe.pilot_signals])
            self.encode = ConditionEncoder(conditions)
            sizes = (self.views.trajectory_size, self.views.size, self.encode.size)
            self.discriminator = Discriminator(*sizes, self.recipe)
        self.average = Average(self.generator)
        self.generator_optimizer = _adam(self.generator, self.recipe)
        self.discriminator_optimizer = _adam(self.discriminator, self.recipe)
        self.parts = {
            "views": self.views, "generator": self.generator, "discriminator": self.discriminator,
            "average": self.average.network, "generator_optimizer": self.generator_optimizer,
            "discriminator_optimizer": self.discriminator_optimizer,
        }  # fmt: skip
        if saved is not None:
            self.restore(saved)

    @property
    def network(self) -> GeneratorNetwork:
        """The averaged generator."""
        return self.average.network

    def move(self, step: int, progress: float) -> dict[str, float]:
        """Both networks move once."""
        return take_step(self, self.real.batch(self.recipe.batch_size, self.random), step, progress)

    def test(self) -> float:
        """AUC of boosted trees that tell held-out signals from generated ones."""
        return self.held_out.auc(self.average.network)

    def set_learning_rate(self, rate: float) -> None:
        """Set the learning rate of both optimisers."""
        for optimizer in (self.generator_optimizer, self.discriminator_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = rate

    def to_dict(self) -> dict[str, Any]:
        """Everything that changes, and the pilot, which another machine might compute with other rounding."""
        return {**super().to_dict(), "pilot": vars(self.pilot)}


def _adam(network: nn.Module, recipe: DefaultRecipe) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), recipe.learning_rate, recipe.betas, fused=True)
