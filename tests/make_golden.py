"""Write the golden surrogates of this version: ``python tests/make_golden.py``. Needs the extra [train].

Untrained generators, small enough to commit; every later version must load them and give the same signals, which are
kept beside them. `golden` has two channels, a continuous and a categorical condition; `fields` has conditions that are
arrays; `text` draws sequences of tokens. Those of a version under development (.dev) are replaced.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import gansurrogate as gs
from gansurrogate.latent import Latent
from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.trained import TrainedGenerator

RECIPE = DefaultRecipe(width=8, depth=1, latent_size=2, spare_components=1)
SPEC = gs.SignalSpec(
    shape=(2, 16),
    unit="V",
    sampling_rate=1e6,
    conditions=(gs.Condition("energy", unit="keV", low=10, high=500), gs.Condition("kind", levels=("a", "b", "c"))),
)


def untrained(spec: gs.SignalSpec = SPEC, seed: int = 0) -> TrainedGenerator:
    """A generator with random weights around random smooth signals."""
    random = torch.Generator().manual_seed(seed)
    time = torch.linspace(0, 1, spec.shape[-1])
    phase = torch.rand(200, *spec.shape[:-1], 1, generator=random)
    noise = torch.randn(200, *spec.shape, generator=random)
    pilot = look(torch.sin(6.28 * (time + phase)) + 0.1 * noise, RECIPE)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = BasisGenerator(pilot, spec.conditions, RECIPE)
    return TrainedGenerator("golden", spec, network.requires_grad_(False), {"signal_generator": "none"})


class FieldNetwork(GeneratorNetwork):
    """From one field to another: a convolution over a field, its mask and a number, and noise on top."""

    def __init__(self, shape: tuple[int, int]) -> None:
        super().__init__()
        self.shape = shape
        self.latents = (Latent("normal", shape[0] * shape[1]),)
        self.inner, self.outer = nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 1, 3, padding=1)

    def forward(self, latent: Tensor, blurred: Tensor, mask: Tensor, gain: Tensor) -> Tensor:
        """Fields (n, height, width) from blurred ones, a mask of the rows (n, height), and a gain (n,)."""
        inputs = torch.stack([blurred, mask[:, :, None].expand(-1, -1, self.shape[1]).float()], 1)
        sharp = self.outer(nn.functional.silu(self.inner(inputs)))[:, 0]
        return gain[:, None, None] * (sharp + 0.1 * latent.reshape(-1, *self.shape))


def untrained_fields() -> TrainedGenerator:
    """A generator of fields with random weights, conditioned on a field, a categorical array and a number."""
    blurred = gs.Condition("blurred", low=0, high=1, shape=(6, 8), description="the field as it is seen")
    mask, gain = gs.Condition("mask", levels=("out", "in"), shape=(6,)), gs.Condition("gain", "dB", low=1, high=3)
    axes = (gs.Axis("y", "mm", step=0.5), gs.Axis("x", "mm", step=0.5))
    spec = gs.SignalSpec((6, 8), unit="V", axes=axes, conditions=(blurred, mask, gain))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = FieldNetwork(spec.shape)
    return TrainedGenerator("fields", spec, network.requires_grad_(False), {"signal_generator": "none"})


class TextNetwork(GeneratorNetwork):
    """Token after token: a recurrent cell gives the probabilities of the next, a uniform latent chooses it.

    The loop is unrolled when it is exported. The last of the cumulated probabilities is 1 but for rounding and is not
    compared, so that every latent chooses a token.
    """

    def __init__(self, length: int, tokens: int, hidden: int, cell: type[nn.RNNCellBase] = nn.LSTMCell) -> None:
        super().__init__()
        self.hidden, self.tokens = hidden, tokens
        self.latents = (Latent("uniform", length),)
        self.embedding, self.cell = nn.Embedding(tokens + 1, hidden), cell(hidden, hidden)
        self.logits = nn.Linear(hidden, tokens)

    def forward(self, latent: Tensor, prefix: Tensor) -> Tensor:
        """Ids (n, length) that begin as `prefix` (n, length) says; 0 there leaves a token open, i gives token i - 1."""
        at_rest = latent.new_zeros(latent.shape[0], self.hidden)
        state = (at_rest, at_rest) if isinstance(self.cell, nn.LSTMCell) else at_rest
        last = prefix.new_full((latent.shape[0],), self.tokens)  # before the first token stands one of its own
        drawn = []
        for each in zip(latent.unbind(1), prefix.unbind(1), strict=True):
            (state, last), _ = self.step((state, last), each)
            drawn.append(last)
        return torch.stack(drawn, 1)

    def step(self, before: tuple[Any, Tensor], each: tuple[Tensor, Tensor]) -> tuple[tuple[Any, Tensor], Tensor]:
        """From a state and the last token to the next ones, with a latent (n,) and a token that may be given (n,)."""
        state, last = before
        uniform, given = each
        state = self.cell(self.embedding(last), state)
        h = state[0] if isinstance(state, tuple) else state
        cumulated = (4 * self.logits(h)).softmax(1).cumsum(1)  # (n, tokens)
        chosen = (uniform[:, None] > cumulated[:, :-1]).sum(1)
        token = torch.where(given > 0, given - 1, chosen)
        return (state, token), token.clone()


def untrained_text(length: int = 5, cell: type[nn.RNNCellBase] = nn.LSTMCell) -> TrainedGenerator:
    """A generator of sequences of words with random weights, conditioned on their beginning."""
    words = ("i", "you", "like", "love", "hate", "dog")
    prefix = gs.Condition("prefix", levels=("any", *words), shape=(length,))
    spec = gs.SignalSpec((length,), axes=(gs.Axis("place"),), conditions=(prefix,), tokens=words)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = TextNetwork(length, len(words), 5, cell)
    return TrainedGenerator("text", spec, network.requires_grad_(False), {"signal_generator": "none"})


MAKERS = {"golden": untrained, "fields": untrained_fields, "text": untrained_text}

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "runtime" / "data"
TEMPLATE = ROOT / "gansurrogate" / "templates" / "exporter" / "tests" / "model.onnx"  # what a new exporter is tested on

if __name__ == "__main__":
    from gansurrogate_onnx import export

    sys.path.append(str(DATA.parent))
    from golden_signals import expect

    for passing in DATA.glob("*.dev*"):
        passing.unlink()
    for name, make in MAKERS.items():
        path = DATA / f"{name}-{gs.__version__}.onnx"
        export(make(), path, license="CC0-1.0", description="untrained, for tests", tile=64)
        expect(path)
        print(path, path.stat().st_size, "bytes")  # noqa: T201  # a script
    shutil.copy(DATA / f"golden-{gs.__version__}.onnx", TEMPLATE)
