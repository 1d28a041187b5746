"""Mixed precision: products in bfloat16, weights in float32, and only for networks that bear it."""

from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.errors import ArgumentError
from gansurrogate.train import Budget, Recipe, Recordings, RunFolder, recipe_from, train


@pytest.fixture
def images() -> Recordings:
    """Blobs of one size at random places."""
    x, y = np.random.default_rng(0).uniform(4, 12, (2, 2400, 1, 1))
    row, column = np.mgrid[:16, :16]
    pixels = np.exp(-((row - x) ** 2 + (column - y) ** 2) / 8).astype(np.float32)
    return Recordings("blobs", gs.SignalSpec((16, 16)), pixels, {}, {})


@pytest.mark.parametrize(
    "values",
    [
        {"base": "mlp-gan-1", "generator_widths": (32,), "discriminator_widths": (32,), "latent_size": 4},
        {"family": "image", "warm_up_steps": 1},
    ],
    ids=["dense", "image"],
)
def test_rounded_products_train_about_as_exact_ones_do(images: Recordings, tmp_path: Path, values: dict) -> None:
    recipe = recipe_from({**values, "batch_size": 16, "checks": 1, "held_out_signals": 100})
    weights = []
    for precision in ("float32", "bfloat16"):
        run = RunFolder(tmp_path / precision)
        trained = train(images, run, recipe=recipe, budget=Budget(steps=4), seed=1, precision=precision, device="cpu")
        assert all(tensor.dtype != torch.bfloat16 for tensor in trained.network.state_dict().values())
        weights.append(torch.cat([p.flatten() for p in trained.network.parameters()]))
    assert not torch.equal(*weights)
    assert torch.nn.functional.cosine_similarity(*weights, dim=0) > 0.99


def test_networks_that_need_all_digits_refuse(recordings: Recordings, recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="need all digits of float32"):
        train(recordings, RunFolder(tmp_path / "run"), recipe=recipe, budget=Budget(steps=1), precision="bfloat16")
    assert not (tmp_path / "run").exists()


def test_another_precision_is_refused(recordings: Recordings, recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="float32 or bfloat16; got 'float16'"):
        train(recordings, RunFolder(tmp_path / "run"), recipe=recipe, budget=Budget(steps=1), precision="float16")
