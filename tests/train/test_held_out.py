"""The held-out test: a perfect generator scores its floor, also under conditions, and a wrong one does not."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gansurrogate.latent import Latent
from gansurrogate.train.data import Part
from gansurrogate.train.default.held_out import HeldOut
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe

N, LENGTH = 3000, 24


class Line(nn.Module):
    """energy * ramp + spread * noise: the physics itself, as a network."""

    latents = (Latent("normal", LENGTH),)

    def __init__(self, spread: float = 0.1, slope: float = 1.0) -> None:
        super().__init__()
        self.spread, self.slope = spread, slope

    def forward(self, latent: Tensor, energy: Tensor) -> Tensor:
        return self.slope * energy[:, None] * torch.linspace(0, 1, LENGTH) + self.spread * latent


def part(n: int, seed: int) -> Part:
    random = torch.Generator().manual_seed(seed)
    energy = 1 + torch.rand(n, generator=random)
    return Part(Line()(torch.randn(n, LENGTH, generator=random), energy), (energy,))


@pytest.fixture(scope="module")
def held_out() -> HeldOut:
    training = part(4 * N, 1)
    return HeldOut(look(training.signals, DefaultRecipe()), part(N, 2), training)


def test_a_perfect_conditional_generator_scores_its_floor(held_out: HeldOut) -> None:
    noise = 4 * np.sqrt((2 * N + 1) / (12 * N * N))  # of an AUC at the null, four standard errors
    assert abs(held_out.floor - 0.5) < noise
    assert abs(held_out.auc(Line()) - 0.5) < noise


@pytest.mark.parametrize("wrong", [Line(spread=0.05), Line(spread=0.15), Line(slope=1.1)])
def test_a_wrong_generator_is_told_apart(held_out: HeldOut, wrong: Line) -> None:
    assert held_out.auc(wrong) > 0.7


def test_signals_that_are_not_finite_score_nan(held_out: HeldOut) -> None:
    assert np.isnan(held_out.auc(Line(spread=float("inf"))))


def test_a_condition_may_be_an_array() -> None:
    """signals = field + noise, where the field of 24 values is the condition."""

    class Field(nn.Module):
        latents = (Latent("normal", LENGTH),)

        def __init__(self, offset: float) -> None:
            super().__init__()
            self.offset = offset

        def forward(self, latent: Tensor, field: Tensor) -> Tensor:
            return field + 0.3 * latent + self.offset

    def fields(seed: int) -> Part:
        random = torch.Generator().manual_seed(seed)
        field = torch.randn(N, LENGTH, generator=random)
        return Part(field + 0.3 * torch.randn(N, LENGTH, generator=random), (field,))

    training = fields(1)
    held_out = HeldOut(look(training.signals, DefaultRecipe()), fields(2), training)
    noise = 4 * np.sqrt((2 * N + 1) / (12 * N * N))
    assert abs(held_out.auc(Field(0.0)) - 0.5) < noise
    assert held_out.auc(Field(0.3)) > 0.7
