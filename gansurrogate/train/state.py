"""Everything that changes during a training, saved and restored as one."""

from typing import Any

import torch
from torch import Tensor, nn

from gansurrogate.errors import ArgumentError
from gansurrogate.spec import SignalSpec
from gansurrogate.train.conditions import ConditionEncoder
from gansurrogate.train.discriminator import Discriminator
from gansurrogate.train.ema import Average
from gansurrogate.train.generator import Generator
from gansurrogate.train.pilot import Pilot
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.views import Views

_MODULES = ("views", "generator", "discriminator", "generator_optimizer", "discriminator_optimizer")
_VALUES = ("step", "seconds", "log", "tests", "best_auc", "kept", "kept_step", "kept_auc")


class State:
    """Networks, optimisers, average, randomness, and where the training stands.

    Attributes
    ----------
    step : int
    seconds : float
        Trained so far.
    log : list of dict
        Lines of the log.
    tests : int
        Held-out tests done.
    best_auc : float
        Lowest of the held-out tests in which a generator was kept.
    kept : dict or None
        Weights of the averaged generator that did best in the held-out tests.
    kept_step, kept_auc : int, float
        Its step and its test.
    """

    def __init__(self, spec: SignalSpec, pilot: Pilot, real: Tensor, recipe: Recipe, seed: int) -> None:
        with torch.random.fork_rng(devices=[]):  # the caller's random state is not ours to move
            torch.manual_seed(seed)
            self.generator = Generator(pilot, spec.conditions, recipe)
            self.views = Views(pilot, recipe, real)
            self.encode = ConditionEncoder(spec.conditions)
            self.discriminator = Discriminator(self.views.trajectory_size, self.views.size, self.encode.size, recipe)
        self.average = Average(self.generator)
        self.random = torch.Generator().manual_seed(seed)
        self.generator_optimizer = _adam(self.generator, recipe)
        self.discriminator_optimizer = _adam(self.discriminator, recipe)
        self.step = 0
        self.seconds = 0.0
        self.log: list[dict[str, Any]] = []
        self.tests = 0
        self.best_auc = 1.0
        self.kept: dict[str, Tensor] | None = None
        self.kept_step = 0
        self.kept_auc = 1.0

    def set_learning_rate(self, rate: float) -> None:
        """Set the learning rate of both optimisers."""
        for optimizer in (self.generator_optimizer, self.discriminator_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = rate

    def keep(self, auc: float) -> None:
        """Keep the averaged generator as the best so far."""
        self.best_auc = min(auc, self.best_auc)
        self.kept_auc = auc
        self.kept = {name: tensor.clone() for name, tensor in self.average.network.state_dict().items()}
        self.kept_step = self.step

    def to_dict(self) -> dict[str, Any]:
        """All of it, as tensors and plain values."""
        modules = {name: getattr(self, name).state_dict() for name in _MODULES}
        average = self.average.network.state_dict()
        values = {name: getattr(self, name) for name in _VALUES}
        return {**modules, **values, "average": average, "random": self.random.get_state()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Go back to a saved state.

        Raises
        ------
        ArgumentError
            If it is the state of other networks.
        """
        try:
            for name in _MODULES:
                getattr(self, name).load_state_dict(saved[name])
            self.average.network.load_state_dict(saved["average"])
            self.random.set_state(saved["random"])
            for name in _VALUES:
                setattr(self, name, saved[name])
        except (KeyError, RuntimeError) as error:
            msg = f"the checkpoint does not fit these networks; start again in another folder ({error})"
            raise ArgumentError(msg) from error

    def weight_sums(self) -> list[float]:
        """The sum of each network's weights: a number that is finite only if all of them are."""
        networks = (self.generator, self.discriminator, self.average.network)
        return [float(sum(p.detach().sum() for p in network.parameters())) for network in networks]


def _adam(network: nn.Module, recipe: Recipe) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), recipe.learning_rate, recipe.betas, fused=True)
