"""What training leaves, and what an exporter takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from gansurrogate import rowlaw
from gansurrogate.latent import Latent
from gansurrogate.signals import FloatArray
from gansurrogate.spec import SignalSpec
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.transforms import thresholds, truncation


@dataclass
class TrainedGenerator:
    """A generator network with everything its manifest has to say.

    Attributes
    ----------
    name : str
        Of the surrogate.
    spec : SignalSpec
    network : GeneratorNetwork
    training, fidelity : dict
        Provenance and figures; plain JSON.
    companions : dict
        What else is exported beside it, by the suffix of its file's name: ``encoder`` for ``NAME-encoder.onnx``.
    """

    name: str
    spec: SignalSpec
    network: GeneratorNetwork
    training: dict[str, Any] = field(default_factory=dict)
    fidelity: dict[str, Any] = field(default_factory=dict)
    companions: dict[str, "TrainedGenerator"] = field(default_factory=dict)

    @property
    def latents(self) -> tuple[Latent, ...]:
        """What the row law feeds the network."""
        return self.network.latents

    @torch.no_grad()
    def rows(self, seed: int, rows: Sequence[int], conditions: Sequence[Tensor] = ()) -> FloatArray:
        """The signals of `rows` as PyTorch computes them: what the exported file has to reproduce."""
        latent = torch.from_numpy(rowlaw.latents(seed, rows, self.latents))
        signals: FloatArray = self.network(latent, *conditions).numpy()
        return signals


def draw_latents(blocks: Sequence[Latent], n: int, random: torch.Generator) -> Tensor:
    """Latents (n, size) for training, from PyTorch's own generator."""
    return torch.cat([_draw(block, n, random) for block in blocks], 1)


def _draw(block: Latent, n: int, random: torch.Generator) -> Tensor:
    if block.kind == "normal":
        return torch.randn(n, block.size, generator=random)
    uniform = 1 - torch.rand(n, block.size, generator=random)
    if block.kind == "truncated_normal":
        start, width = truncation(cast("float", block.low), cast("float", block.high))
        return math.sqrt(2) * torch.erfinv(start + width * uniform)
    if block.kind == "categorical":
        edges = torch.from_numpy(thresholds(block.probabilities))
        reached = (uniform[:, None] > edges[:, None]).float()  # (n, classes + 1, size)
        return (reached[:, :-1] - reached[:, 1:]).flatten(1)
    return uniform


@torch.no_grad()
def generate(network: GeneratorNetwork, conditions: Sequence[Tensor], n: int, seed: int = 0) -> FloatArray:
    """`n` signals of a network in training, in tiles, wherever it is."""
    random, tiles = torch.Generator().manual_seed(seed), []
    device = next((tensor.device for tensor in network.state_dict().values()), torch.device("cpu"))
    for first in range(0, n, 1000):
        size = min(1000, n - first)
        given = [condition[first : first + size] for condition in conditions]
        inputs = [tensor.to(device) for tensor in (draw_latents(network.latents, size, random), *given)]
        tiles.append(network(*inputs).cpu().numpy())
    return np.concatenate(tiles)
