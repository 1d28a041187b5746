"""Sweeps of surrogates that are known: a linear network of two channels, and normal signals around a ramp."""

from pathlib import Path

import numpy as np
import pytest
import torch
from gansurrogate_onnx import export
from gansurrogate_signals import NoisySine
from torch import Tensor

import gansurrogate as gs
from gansurrogate.fidelity import Comparison, Sample, latent_sweep
from gansurrogate.fidelity.condition_sweep import condition_sweeps
from gansurrogate.fidelity.latent_sweep import latent_sweeps
from gansurrogate.fidelity.network import Network
from gansurrogate.fidelity.plots import is_image
from gansurrogate.fidelity.report.sweeps import along_condition, along_latents
from gansurrogate.fidelity.sweeps import sweeps
from gansurrogate.latent import Latent
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.trained import TrainedGenerator

SHAPE = (2, 12)
GAIN = gs.Condition("gain", "V", low=1, high=3)
KIND = gs.Condition("kind", levels=("up", "down"))


class Linear(GeneratorNetwork):
    """``gain * (latents @ weights)``: four normal draws, two of them without effect, and one of three classes."""

    weights: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.latents = (Latent("normal", 4), Latent("categorical", 1, probabilities=(0.2, 0.5, 0.3)))
        weights = torch.randn(7, *SHAPE, generator=torch.Generator().manual_seed(0))
        self.register_buffer("weights", torch.tensor([0.0, 4, 0, 1, 1, 1, 1])[:, None] * weights.flatten(1))

    def forward(self, latent: Tensor, gain: Tensor) -> Tensor:
        """Signals (n, 2, 12)."""
        return (gain[:, None] * (latent @ self.weights)).reshape(-1, *SHAPE)


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("linear") / "linear.onnx"
    export(TrainedGenerator("linear", gs.SignalSpec(SHAPE, conditions=(GAIN,)), Linear(), {}), path)
    return path


class Ramp(gs.SignalGenerator):
    """A ramp as high as `gain`, up or down, under normal noise of standard deviation 0.5."""

    name = "ramp"
    spec = gs.SignalSpec((10,), conditions=(GAIN, KIND))
    rows_per_seed = 1000

    def simulate(self, n, rng, *, gain, kind):
        sign = np.where(kind == "up", 1, -1)[:, None]
        return sign * gain[:, None] * np.linspace(0, 1, 10) + 0.5 * rng.standard_normal((n, 10))


def test_leading_latents_are_those_with_the_largest_weights(linear: Path) -> None:
    first, *others = latent_sweeps(Network(linear), {"gain": 2.0}, most=3)
    weights = Linear().weights.double().numpy()
    assert first.name == "latent 1, normal"
    assert {each.name for each in others} == {"latent 3, normal", "latent 4, categorical"}
    likeliest = weights[5]
    expected = 2 * (likeliest + first.values[:, None] * weights[1]).reshape(-1, *SHAPE)
    np.testing.assert_allclose(first.signals, expected, atol=1e-5)
    by_name = {each.name: each for each in others}
    np.testing.assert_allclose(by_name["latent 4, categorical"].signals.reshape(3, -1), 2 * weights[4:7], atol=1e-5)
    assert first.share / by_name["latent 3, normal"].share == pytest.approx(
        (weights[1] ** 2).sum() / (weights[3] ** 2).sum(), rel=1e-4
    )
    assert first.share + sum(each.share for each in others) == pytest.approx(1)  # two draws change nothing


def test_bands_along_a_condition_are_those_of_the_normal_distribution() -> None:
    ramp = Ramp()
    gain, kind = condition_sweeps(ramp, ramp, 4000, seed=1)
    assert gain.values.tolist() == [1, 1.5, 2, 2.5, 3]
    assert kind.values.tolist() == ["up", "down"]
    time = np.linspace(0, 1, 10)
    mean = -gain.values[:, None] * time  # the middle level is the second of two
    for band in (gain.surrogate, gain.real):
        for found, shift in zip(band, (0, -1.645, 1.645), strict=True):
            np.testing.assert_allclose(found, mean + shift * 0.5, atol=0.08)  # five standard errors of a 5 % quantile
    np.testing.assert_allclose(kind.surrogate.mean, np.outer([2, -2], time), atol=0.04)


def test_a_signal_generator_with_other_conditions_is_not_asked() -> None:
    alone, _ = condition_sweeps(Ramp(), NoisySine(), 50)
    assert alone.real is None
    narrow = Ramp()
    narrow.spec = gs.SignalSpec((10,), conditions=(gs.Condition("gain", "V", low=1, high=2.5), KIND))
    gain, kind = condition_sweeps(Ramp(), narrow, 50)
    assert gain.real is None
    assert kind.real is not None  # in the middle of the surrogate's range


def test_of_large_signals_fewer_latents_are_turned(linear: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent_sweep, "BUDGET", 0)
    monkeypatch.setattr(latent_sweep, "FEWEST", 12)  # two of the five draws, around two rows
    first, second = latent_sweeps(Network(linear), {"gain": 2.0})
    assert {first.name, second.name} == {"latent 0, normal", "latent 1, normal"}


def test_all_sweeps_become_pictures(linear: Path) -> None:
    surrogate = gs.load(linear)
    comparison = Comparison.of(surrogate, Sample.drawn(surrogate, 100, 1))
    swept = sweeps(linear, surrogate, comparison, surrogate)
    assert [each.n for each in swept.conditions] == [50]
    assert not is_image(surrogate.spec)
    panels = along_latents(swept.latents, surrogate.spec).axes
    curves = [line.get_ydata() for line in panels[0].lines]
    np.testing.assert_array_equal(curves, swept.latents[0].signals[:, 0])  # the first channel
    bands = along_condition(swept.conditions[0], surrogate.spec).axes
    assert [axes.get_title() for axes in bands] == [f"gain = {gain:g} V" for gain in (1, 1.5, 2, 2.5, 3)]
    assert [line.get_label() for line in bands[0].lines] == ["real", "surrogate"]


def test_images_stand_side_by_side() -> None:
    class Square(gs.SignalGenerator):
        name = "square"
        spec = gs.SignalSpec((12, 12), conditions=(GAIN,))

        def simulate(self, n, rng, *, gain):
            return gain[:, None, None] * np.ones((n, 12, 12))

    (sweep,) = condition_sweeps(Square(), None, 20)
    mean, width = along_condition(sweep, Square.spec).axes
    (shown,) = mean.get_images()
    np.testing.assert_array_equal(shown.get_array()[0], np.repeat(sweep.values, 12))
    assert "surrogate, width of the band" in width.get_title()
