"""The generators that the benchmarks measure: small ones of each kind, untrained, since speed does not depend on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from gansurrogate_signals.noisy_sine import NoisySine
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import gansurrogate as gs
from gansurrogate.latent import Latent
from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.trained import TrainedGenerator

LENGTH = 300


class Mlp(nn.Sequential, GeneratorNetwork):
    """8 normals -> 256 -> 512 -> 300."""

    latents = (Latent("normal", 8),)

    def __init__(self) -> None:
        super().__init__(
            nn.Linear(8, 256), nn.LeakyReLU(0.2), nn.Linear(256, 512), nn.LeakyReLU(0.2), nn.Linear(512, LENGTH)
        )


class Conv(GeneratorNetwork):
    """32 normals -> (128, 25) -> (64, 75) -> (32, 150) -> (16, 300) -> 300, by transposed convolutions."""

    latents = (Latent("normal", 32),)

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Linear(32, 128 * 25)
        self.grow = nn.Sequential(
            nn.LeakyReLU(0.2), nn.ConvTranspose1d(128, 64, 5, stride=3, padding=1),
            nn.LeakyReLU(0.2), nn.ConvTranspose1d(64, 32, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2), nn.ConvTranspose1d(32, 16, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2), nn.ConvTranspose1d(16, 1, 3, padding=1),
        )  # fmt: skip

    def forward(self, latent: Tensor) -> Tensor:
        """(n, 32) -> (n, 300)."""
        signals: Tensor = self.grow(self.start(latent).reshape(-1, 128, 25))
        return signals.reshape(-1, LENGTH)


class ArticleLstm(GeneratorNetwork):
    """3 normals as a sequence -> LSTM(150) -> 300: the generator of the article that the noisy sine is from.

    Keras: ``Sequential([Input((3, 1)), LSTM(150), Dense(300)])``.
    """

    latents = (Latent("normal", 3),)

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 150, batch_first=True)
        self.dense = nn.Linear(150, LENGTH)

    def forward(self, latent: Tensor) -> Tensor:
        """(n, 3) -> (n, 300)."""
        signals: Tensor = self.dense(self.lstm(latent[:, :, None])[0][:, -1])
        return signals


def default_recipe() -> nn.Module:
    """What the default recipe trains on the noisy sine."""
    recipe = DefaultRecipe()
    signal_generator = NoisySine()
    signals = torch.from_numpy(signal_generator.sample(recipe.pilot_signals, rng=0))
    return BasisGenerator(look(signals, recipe), signal_generator.spec.conditions, recipe)


@dataclass(frozen=True)
class Case:
    """A generator to measure, and how many signals at a time."""

    title: str
    trained: TrainedGenerator
    signals: int

    @property
    def flop(self) -> int:
        """Floating-point operations of the matrix products and convolutions for one signal."""
        network, total = self.trained.network, 0

        def count(lstm: nn.LSTM, inputs: tuple[Tensor], _: object) -> None:  # PyTorch's counter leaves these out
            nonlocal total
            steps = inputs[0].shape[:2].numel()
            total += 2 * steps * 4 * lstm.hidden_size * (lstm.input_size + lstm.hidden_size)

        hooks = [module.register_forward_hook(count) for module in network.modules() if isinstance(module, nn.LSTM)]
        width = sum(block.width for block in self.trained.latents)
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            network(torch.zeros(1, width))
        for hook in hooks:
            hook.remove()
        return total + int(counter.get_total_flops())


def _case(title: str, make: Callable[[], nn.Module], signals: int) -> Case:
    torch.manual_seed(0)
    network: Any = make().eval().requires_grad_(False)
    return Case(title, TrainedGenerator("untrained", gs.SignalSpec((LENGTH,)), network), signals)


CASES: dict[str, Callable[[], Case]] = {
    "mlp": lambda: _case("MLP 8-256-512-300", Mlp, 100_000),
    "conv": lambda: _case("transposed convolutions to 300", Conv, 10_000),
    "lstm": lambda: _case("LSTM(150) over 3 steps, then 300, as in the article", ArticleLstm, 50_000),
    "default": lambda: _case("default recipe on the noisy sine", default_recipe, 50_000),
}
