"""The family of impulse trains: what the look finds, and what the generator starts with."""

from pathlib import Path

import numpy as np
import pytest
import torch
from gansurrogate_onnx import export
from scipy.stats import kstest

import gansurrogate as gs
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.default.events import EventsGenerator
from gansurrogate.train.default.family import choose
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.statistics import drift, whitened_kurtosis
from gansurrogate.train.default.trains import Train, look_for_trains
from gansurrogate.train.trained import draw_latents

LENGTH, NOISE = 320, 0.15
RECIPE = DefaultRecipe(width=16, depth=1)


@pytest.fixture(scope="module")
def real() -> torch.Tensor:
    return torch.from_numpy(gs.signal_generator("impulse-train").sample(4000, rng=1))


@pytest.fixture(scope="module")
def train(real: torch.Tensor) -> Train:
    return look_for_trains(real)


@pytest.fixture(scope="module")
def generator(train: Train) -> EventsGenerator:
    torch.manual_seed(0)
    return EventsGenerator(train, LENGTH, (), RECIPE).requires_grad_(False)


def test_the_look_finds_noise_and_the_period_of_almost_every_signal(train: Train) -> None:
    assert train.floor == pytest.approx(NOISE, rel=0.03)
    assert train.regularity > 0.6
    # Uniform on [45, 75], but for the few whose impulses hide each other.
    assert kstest((train.periods.numpy() - 45) / 30, "uniform").statistic < 0.07


def test_the_look_finds_an_impulse_of_the_right_spectrum(train: Train) -> None:
    spectrum = np.abs(np.fft.rfft(train.impulse.numpy(), 1000))
    assert spectrum.argmax() / 1000 == pytest.approx(0.15, abs=0.02)


def test_gaussian_noise_of_the_same_spectrum_is_not_taken_for_a_train(real: torch.Tensor) -> None:
    waves = torch.fft.rfft(real)
    angles = 6.2832 * torch.rand(waves.shape, generator=torch.Generator().manual_seed(0))
    turned = waves * torch.polar(torch.ones(waves.shape), angles)
    noise = torch.fft.irfft(turned, n=LENGTH)
    assert look_for_trains(noise).regularity < 0.35
    assert whitened_kurtosis(noise) < 3.1 < 4 < whitened_kurtosis(real)


def test_trains_do_not_drift_and_a_ramp_does(real: torch.Tensor) -> None:
    mean, variance = drift(real)
    assert mean < 1e-3
    assert variance < 0.03
    assert drift(real + torch.linspace(0, 0.3, LENGTH))[0] > 0.02
    assert drift(real * torch.linspace(0.8, 1.2, LENGTH))[1] > 0.1


def test_the_rule_picks_the_family(real: torch.Tensor) -> None:
    assert choose(look(real, RECIPE), real, (), RECIPE).family == "events"


def test_the_generator_starts_near_the_signals(generator: EventsGenerator, real: torch.Tensor) -> None:
    signals = generator(draw_latents(generator.latents, 2000, torch.Generator().manual_seed(0)))
    assert signals.shape == (2000, LENGTH)
    assert signals.std().item() == pytest.approx(real.std().item(), rel=0.1)
    started = look_for_trains(signals)
    assert started.floor == pytest.approx(NOISE, rel=0.15)
    assert started.periods.float().median().item() == pytest.approx(60, abs=4)
    # The same power at all times: events cover the signal from before its start to its end.
    assert drift(signals)[1] < 0.06


def test_gradients_reach_every_parameter(train: Train) -> None:
    condition = gs.Condition("load", low=0, high=2)
    network = EventsGenerator(train, LENGTH, (condition,), RECIPE)
    latent = draw_latents(network.latents, 32, torch.Generator().manual_seed(0))
    for head in (network.log_period, network.phase, network.distance[1], network.height[1], network.noise.modulation):
        torch.nn.init.normal_(head.weight, std=0.1)  # at zero they let nothing through to what is before them
    network(latent, torch.linspace(0, 2, 32)).pow(2).mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_it_exports(generator: EventsGenerator, tmp_path: Path) -> None:
    """The exporter compares with PyTorch, and every row with itself in other batches."""
    trained = TrainedGenerator("trains", gs.SignalSpec((LENGTH,)), generator)
    export(trained, tmp_path / "trains.onnx", tile=64)
    assert gs.load(tmp_path / "trains.onnx").sample(3, rng=1).shape == (3, LENGTH)
