"""Encoder and decoder: a projection onto principal components, networks, or a projection that networks correct."""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.train.autoencoder.pca import Pca
from gansurrogate.train.autoencoder.recipe import AutoencoderRecipe
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.networks import mlp


class Autoencoder(nn.Module):
    """signals -> codes -> signals, in physical units; conditions are told to both sides.

    With u the scaled signal, B the leading components and s their spread: codes = B u / s + encoder(u), and
    reconstruction = B^T (s codes) + decoder(codes). The form leaves out one of the terms, or none.
    """

    mean: Tensor
    scale: Tensor
    project: Tensor
    expand: Tensor

    def __init__(
        self, pca: Pca, shape: tuple[int, ...], conditions: Sequence[Condition], recipe: AutoencoderRecipe
    ) -> None:
        super().__init__()
        self.shape, self.form = shape, recipe.form
        self.register_buffer("mean", pca.mean)
        self.register_buffer("scale", pca.scale)
        components, spread = pca.components[: recipe.codes], pca.spread[: recipe.codes, None]
        self.register_buffer("project", components / spread.clamp_min(1e-12))  # (codes, size)
        self.register_buffer("expand", components * spread)
        self.conditions = ConditionEncoder(conditions)
        if recipe.form != "pca":
            size, known = len(pca.mean), self.conditions.size
            self.encoder = _network(size + known, recipe.codes, recipe)
            self.decoder = _network(recipe.codes + known, size, recipe)

    def encode(self, signals: Tensor, conditions: tuple[Tensor, ...]) -> Tensor:
        """Codes (n, codes) of signals (n, *shape)."""
        x = (signals.flatten(1) - self.mean) / self.scale
        parts = [] if self.form == "plain" else [x @ self.project.T]
        parts += [] if self.form == "pca" else [self.encoder(join(x, self.conditions(conditions)))]
        return functools.reduce(torch.add, parts)

    def decode(self, codes: Tensor, conditions: tuple[Tensor, ...]) -> Tensor:
        """Signals (n, *shape) of codes (n, codes)."""
        parts = [] if self.form == "plain" else [codes @ self.expand]
        parts += [] if self.form == "pca" else [self.decoder(join(codes, self.conditions(conditions)))]
        return (functools.reduce(torch.add, parts) * self.scale + self.mean).reshape(-1, *self.shape)

    def reconstruct(self, signals: Tensor, conditions: tuple[Tensor, ...]) -> Tensor:
        """Signals (n, *shape) of the codes of `signals`."""
        return self.decode(self.encode(signals, conditions), conditions)

    def forward(self, signals: Tensor, *conditions: Tensor) -> Tensor:
        """What the reconstruction leaves, in scaled units: (n, size)."""
        return (signals - self.reconstruct(signals, conditions)).flatten(1) / self.scale


def _network(inputs: int, outputs: int, recipe: AutoencoderRecipe) -> nn.Sequential:
    # SiLU: onnxruntime computes it to the same bits in any batch.
    last = nn.Linear(recipe.width if recipe.depth else inputs, outputs)
    if recipe.form == "corrected":  # it starts as the projection alone
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
    return nn.Sequential(mlp(inputs, recipe.width, recipe.depth, nn.SiLU), last)
