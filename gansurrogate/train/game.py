"""A game: what a recipe plays with the data, one step at a time. The loop knows games only by this class."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gansurrogate.errors import ArgumentError
from gansurrogate.train.data import Part, split
from gansurrogate.train.distributed import share, synchronised
from gansurrogate.train.fresh import Fresh
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.recordings import Recordings
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.trained import TrainedGenerator, draw_latents, generate

PICTURED = 1000  # signals on each side of a picture


class Game(ABC):
    """Networks, optimisers and randomness of one training, and how a step moves them.

    Attributes
    ----------
    measure : str
        Name of the figure that `test` gives, for the log and the manifest; lower is better.
    bears_bfloat16 : bool
        Whether products may be rounded to 8 bits. Not where views or a basis must show faint noise.
    floor : float
        What `test` would give for real signals.
    keep_from : float
        Progress from which a network may be kept as the best; 1 keeps the last.
    tie : float
        A later network wins unless an earlier one tested better by more than this, the noise of the test.
    picture_every : int or None
        Steps between pictures besides those at the tests.
    fresh : Fresh or None
        Where real signals come from, if not from the recordings.
    recipe : Recipe
        As it was followed: a game may adapt it to the data.
    device : torch.device
        Where the networks are.
    parts : dict of modules and optimisers
        Everything that has a ``state_dict``, by name.
    """

    measure: ClassVar[str]
    keep_from: ClassVar[float] = 1.0
    tie: ClassVar[float] = 0.0
    bears_bfloat16: bool = False
    floor: float
    picture_every: int | None = None

    def __init__(self, recordings: Recordings, recipe: Recipe, seed: int) -> None:
        self.recordings, self.recipe = recordings, recipe
        self.real, self.kept_out = split(recordings, recipe.held_out_signals)
        self.random = torch.Generator().manual_seed(seed)
        self._synchronised: dict[str, nn.Module] = {}
        self.fresh: Fresh | None = None
        self.device = torch.device("cpu")
        self.parts: dict[str, nn.Module | Optimizer] = {}

    def deal(self, size: int) -> tuple[Part, Tensor]:
        """A random batch of real signals and latents for as many generated ones; with others, this process's share."""
        real = self.real.batch(size, self.random) if self.fresh is None else self.fresh.batch(size)
        latent = draw_latents(self.network.latents, size, self.random)
        here = functools.partial(torch.Tensor.to, device=self.device)
        return real.each(share).each(here), here(share(latent))

    def to(self, device: torch.device) -> None:
        """Move every network to `device`, before optimisers are restored."""
        self.device = device
        for part in self.parts.values():
            if isinstance(part, nn.Module):
                part.to(device)

    def synchronised(self, name: str) -> nn.Module:
        """The part called `name`; with others in training, its gradients are averaged."""
        if name not in self._synchronised:
            self._synchronised[name] = synchronised(cast("nn.Module", self.parts[name]))
        return self._synchronised[name]

    def set_learning_rate(self, rate: float) -> None:
        """Set the learning rate of every optimiser."""
        for part in self.parts.values():
            for group in part.param_groups if isinstance(part, Optimizer) else ():
                group["lr"] = rate

    @property
    @abstractmethod
    def network(self) -> GeneratorNetwork:
        """The network that is tested, drawn and exported."""

    @abstractmethod
    def move(self, step: int, progress: float) -> Mapping[str, float]:
        """Take step number `step`, at `progress` in [0, 1]; the losses by name."""

    @abstractmethod
    def test(self) -> float:
        """The held-out figure `measure` of `network`."""

    def describe(self) -> dict[str, Any]:
        """What the manifest should say of the method besides the recipe: choices made by looking at the data."""
        return {}

    def draw(self, run: RunFolder, title: str) -> None:
        """Pictures of where the training stands: real signals beside generated ones."""
        n = min(PICTURED, len(self.kept_out.signals))
        shown = generate(self.network, [c[:n] for c in self.kept_out.conditions], n)
        run.save_signals(self.kept_out.signals[:n].numpy(), shown, self.recordings.spec, title)

    def finish(self, training: dict[str, Any], fidelity: dict[str, Any]) -> TrainedGenerator:
        """The result, as an exporter takes it."""
        return TrainedGenerator(self.recordings.name, self.recordings.spec, self.network, training, fidelity)

    def to_dict(self) -> dict[str, Any]:
        """Everything that changes, as tensors and plain values."""
        position = 0 if self.fresh is None else self.fresh.position
        return {
            "random": self.random.get_state(),
            "position": position,
            **{name: part.state_dict() for name, part in self.parts.items()},
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go back to a saved state.

        Raises
        ------
        ArgumentError
            If it is the state of other networks.
        """
        try:
            for name, part in self.parts.items():
                part.load_state_dict(saved[name])
            self.random.set_state(saved["random"])
            if self.fresh is not None:
                self.fresh.position = saved["position"]
        except (KeyError, RuntimeError) as error:
            msg = f"the checkpoint does not fit these networks; start again in another folder ({error})"
            raise ArgumentError(msg) from error

    def weight_sums(self) -> list[float]:
        """The sum of each network's weights: a number that is finite only if all of them are."""
        networks = [part for part in self.parts.values() if isinstance(part, nn.Module)]
        return [float(sum(p.detach().sum() for p in network.parameters())) for network in networks]
