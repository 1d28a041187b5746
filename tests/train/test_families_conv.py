"""The convolutional families: signals and images, the local views, and what they can tell."""

from pathlib import Path

import numpy as np
import pytest
import torch
from gansurrogate_onnx import export

import gansurrogate as gs
from gansurrogate.train import Recordings, TrainedGenerator, recipe_from
from gansurrogate.train.default.conv import ConvGenerator
from gansurrogate.train.default.family import choose
from gansurrogate.train.default.image import ImageGenerator
from gansurrogate.train.default.local import LocalViews
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.trained import draw_latents

RECIPE = DefaultRecipe(width=16, depth=1)
SMALL = {"width": 16, "depth": 1, "head_depth": 1, "batch_size": 16, "held_out_signals": 100, "pilot_signals": 2000}


def bursts(n: int, length: int = 160, seed: int = 0) -> np.ndarray:
    """White noise whose size changes from stretch to stretch, at random: stationary, of full rank, not Gaussian."""
    random = np.random.default_rng(seed)
    places = (np.arange(length) + random.integers(0, 20, (n, 1))) // 20
    sizes = np.exp(random.standard_normal((n, length // 20 + 2)))
    white = random.standard_normal((n, length))
    return (np.take_along_axis(sizes, places, 1) * white).astype(np.float32)


def spots(n: int, shape: tuple[int, ...] = (16, 14), seed: int = 0) -> np.ndarray:
    """A bright round spot at a random place; black elsewhere."""
    random = np.random.default_rng(seed)
    rows, columns = np.ogrid[: shape[-2], : shape[-1]]
    place = random.uniform(4, 10, (n, 2, *[1] * len(shape)))
    images = 1.2 - 0.15 * ((rows - place[:, 0]) ** 2 + (columns - place[:, 1]) ** 2)
    return images.clip(0, 1).astype(np.float32)


def latents(network, n: int) -> torch.Tensor:
    return draw_latents(network.latents, n, torch.Generator().manual_seed(0))


def test_bursts_get_the_convolutional_family_and_images_that_of_images() -> None:
    for signals, family in ((bursts(4000), "conv"), (spots(2500), "image")):
        seen = torch.from_numpy(signals)
        assert choose(look(seen, RECIPE), seen, (), RECIPE).family == family


@pytest.mark.parametrize(("shape", "stationary"), [((160,), True), ((2, 75), False)])
def test_the_convolutional_generator_starts_at_the_signals_mean_and_noise(
    sines, conditions, shape: tuple[int, ...], stationary: bool
) -> None:
    real = 3 + torch.from_numpy(sines(shape=shape))
    pilot = look(real, RECIPE)
    torch.manual_seed(0)
    network = ConvGenerator(pilot, stationary, conditions, RECIPE)
    given = torch.linspace(10, 500, 64), torch.arange(64) % 3
    signals = network(latents(network, 64), *given)
    assert signals.shape == (64, *shape)
    assert signals.mean().item() == pytest.approx(3, abs=0.3)
    assert pilot.floor < signals.std().item() < 3 * real.std().item()
    signals.pow(2).mean().backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert [name for name in silent if "trunk" not in name] == []


@pytest.mark.parametrize("shape", [(16, 14), (3, 13, 12)])
def test_images_of_any_size_stay_within_their_bounds(shape: tuple[int, ...], conditions) -> None:
    real = torch.from_numpy(np.broadcast_to(spots(300, shape[-2:]).reshape(300, *[1] * (len(shape) - 2), *shape[-2:]),
                                            (300, *shape)).copy())  # fmt: skip
    torch.manual_seed(0)
    network = ImageGenerator(look(real, RECIPE), real, conditions)
    images = network(latents(network, 8), torch.linspace(10, 500, 8), torch.arange(8) % 3)
    assert images.shape == (8, *shape)
    assert images.min() >= 0
    assert images.max() <= 1
    assert (images.mean(0) - real.mean(0)).abs().mean() < 0.2


def test_images_without_bounds_are_not_squeezed() -> None:
    real = torch.from_numpy(spots(300)) + 0.1 * torch.randn(300, 16, 14, generator=torch.Generator().manual_seed(0))
    assert not ImageGenerator(look(real, RECIPE), real, ()).bounded


@pytest.mark.parametrize(("family", "signals"), [("conv", bursts(2400)), ("image", spots(2400))])
def test_a_few_steps_of_the_game(family: str, signals: np.ndarray) -> None:
    kinds = np.arange(2400) % 3
    spec = gs.SignalSpec(signals.shape[1:], conditions=(gs.Condition("kind", levels=("a", "b", "c")),))
    recordings = Recordings("some", spec, signals, {"kind": kinds}, {})
    game = recipe_from({**SMALL, "family": family}).prepare(recordings, seed=1)
    assert game.describe() == {"family": family, "reason": "asked for by the recipe"}
    before = {name: p.clone() for name, p in game.generator.named_parameters()}
    for step in range(3):
        assert all(np.isfinite(loss) for loss in game.move(step, 0.1).values())
    moved = [name for name, p in game.generator.named_parameters() if not torch.equal(p, before[name])]
    assert len(moved) > 0.8 * len(before)


@pytest.mark.parametrize("defect", ["more noise", "phases", "even bursts"])
def test_the_local_views_see_what_a_generator_may_get_wrong(defect: str) -> None:
    real, other, fresh = (torch.from_numpy(bursts(2000, seed=seed)) for seed in (0, 1, 2))
    views, random = LocalViews(look(real, RECIPE), real), torch.Generator().manual_seed(0)
    if defect == "more noise":
        other = 1.1 * other
    elif defect == "phases":
        waves = torch.fft.rfft(other)
        angles = 6.2832 * torch.rand(waves.shape, generator=random)
        other = torch.fft.irfft(waves * torch.polar(torch.ones(waves.shape), angles), n=160)
    else:
        other = other.std(1, keepdim=True) * torch.randn(2000, 160, generator=random)
    seen = {}
    for name, signals in (("defect", other), ("fresh", fresh)):
        a, b = views(signals).double(), views(real).double()
        seen[name] = float(((a.mean(0) - b.mean(0)) / ((a.var(0) + b.var(0)) / 2000).sqrt()).abs().max())
    assert seen["fresh"] < 5.5
    assert seen["defect"] > (7 if defect == "more noise" else 15)


@pytest.mark.parametrize("family", ["conv", "image"])
def test_they_export(family: str, tmp_path: Path) -> None:
    """The exporter compares with PyTorch, and every row with itself in other batches."""
    torch.manual_seed(0)
    if family == "conv":
        real = torch.from_numpy(bursts(300, 75))
        network = ConvGenerator(look(real, RECIPE), False, (), RECIPE)
    else:
        real = torch.from_numpy(spots(300))
        network = ImageGenerator(look(real, RECIPE), real, ())
    trained = TrainedGenerator(family, gs.SignalSpec(tuple(real.shape[1:])), network.requires_grad_(False))
    assert max(export(trained, tmp_path / "some.onnx", tile=64).export["parity"].values()) < 1e-5
