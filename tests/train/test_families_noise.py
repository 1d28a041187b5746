"""Lines and coloured noise of the basis family: what the look finds, and what the generator draws from it."""

import math
from pathlib import Path

import pytest
import torch
from gansurrogate_onnx import export
from torch import Tensor

import gansurrogate as gs
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.colour import look_at_colour, typical_power
from gansurrogate.train.default.lines import Lines, look_for_lines
from gansurrogate.train.default.noise import filtered
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.trained import draw_latents

LENGTH, CYCLES, AMPLITUDE, WHITE = 200, 0.1628, 0.5, 0.1
RECIPE = DefaultRecipe(width=8, depth=1, most_components=25)  # more would take a share of the noise
WEIGHTS = torch.tensor([0.2, 0.5, 0.7, 0.5, 0.2])


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def white(n: int, channels: int = 1, seed: int = 0) -> Tensor:
    return torch.randn(n, channels, LENGTH + 4, generator=random(seed))


def coloured(n: int, channels: int = 1) -> Tensor:
    return filtered(white(n, channels), WEIGHTS, LENGTH)


def hum(n: int, phase: float = 0.0) -> Tensor:
    """Lines (n, LENGTH) of the same phases but for `phase`."""
    angle = 2 * math.pi * (CYCLES * torch.arange(LENGTH) + torch.rand(n, 1, generator=random(1)))
    return AMPLITUDE * torch.cos(angle + phase)


@pytest.fixture(scope="module")
def bumps() -> Tensor:
    """Few signals: a bump of random height, steady white noise, coloured noise of changing size, and a hum."""
    height = 5 + torch.randn(300, 1, generator=random(2))
    size = (-1 + 0.4 * torch.randn(300, 1, generator=random(3))).exp()
    bump = height * torch.exp(-0.5 * ((torch.arange(LENGTH) - 90) / 20) ** 2)
    return bump + size * coloured(300)[:, 0] + WHITE * white(300, seed=4)[:, 0, :LENGTH] + hum(300)


@pytest.fixture(scope="module")
def generator(bumps: Tensor) -> BasisGenerator:
    pilot = look(bumps, RECIPE)
    torch.manual_seed(0)
    return BasisGenerator(pilot, (), RECIPE, look_at_colour(bumps, pilot, RECIPE.noise_envelope))


@pytest.mark.parametrize("n", [100, 2000])
def test_noise_of_any_colour_has_no_line(n: int) -> None:
    narrow = torch.fft.irfft(torch.fft.rfft(white(n)) * (torch.arange(LENGTH // 2 + 3) == 30), LENGTH + 4)
    for noise in (white(n), coloured(n, 2), white(n) + 5 * narrow):
        assert len(look_for_lines(noise)[0]) == 0


def test_a_sine_in_step_or_of_changing_frequency_is_no_line() -> None:
    frequency = 0.1 + 0.1 * torch.rand(500, 1, generator=random())
    changing = torch.sin(2 * math.pi * frequency * torch.arange(LENGTH))
    for signals in (hum(1), changing):
        assert len(look_for_lines(signals + 0.1 * white(500)[:, 0, :LENGTH])[0]) == 0


def test_a_line_is_found_with_its_frequency_amplitude_and_phase_between_channels() -> None:
    signals = coloured(300, 2) + torch.stack([hum(300), 0.5 * hum(300, 1.0)], 1)
    frequencies, amplitudes = look_for_lines(signals)
    assert frequencies.tolist() == pytest.approx([CYCLES], abs=0.0003)  # a twentieth of 1 / LENGTH
    torch.testing.assert_close(amplitudes.abs()[0].float(), AMPLITUDE * torch.tensor([1, 0.5]), rtol=0.15, atol=0)
    assert float((amplitudes[0, 1] / amplitudes[0, 0]).angle()) == pytest.approx(1.0, abs=0.15)


def test_lines_are_drawn_with_one_amplitude_and_any_phase() -> None:
    lines = Lines(torch.tensor([0.25]), torch.tensor([[2.0 + 0j]]), LENGTH)
    drawn = lines(torch.randn(4000, 2, generator=random())).detach()[:, 0]
    quarter = drawn[:, :1].square() + drawn[:, 1:2].square()  # a quarter of a period later: sine and cosine
    torch.testing.assert_close(quarter, torch.full_like(quarter, 4.0))
    phase = torch.atan2(drawn[:, 1], drawn[:, 0])
    assert (torch.histc(phase, 8, -math.pi, math.pi) / 500 - 1).abs().max() < 0.15  # 4 standard deviations: 0.17


def test_components_leave_a_line_out(bumps: Tensor) -> None:
    pilot = look(bumps, RECIPE)
    line = hum(1)[0] / hum(1)[0].norm()
    assert len(pilot.line_frequencies) == 1
    assert float((pilot.components @ line).norm()) < 0.1


def test_white_noise_needs_no_colour(bumps: Tensor) -> None:
    quiet = bumps.mean(0) + white(300)[:, 0, :LENGTH]
    assert look_at_colour(quiet, look(quiet, RECIPE), 8) is None


def test_the_look_finds_the_colour_and_how_its_size_changes(bumps: Tensor) -> None:
    colour = look_at_colour(bumps, look(bumps, RECIPE), 8)
    assert colour is not None
    assert colour.white == pytest.approx(WHITE, rel=0.15)
    assert float(colour.spread[0]) == pytest.approx(0.4, abs=0.08)
    assert float(colour.spread[1:].max()) < 0.12
    response, truth = (torch.fft.rfft(f, 64).abs() for f in (colour.filter, math.exp(-1) * WEIGHTS))
    # Where neither the components nor the white noise are louder.
    torch.testing.assert_close(response[6:16], truth[6:16], rtol=0.2, atol=0)


def test_the_generator_starts_with_the_noise_of_the_signals(bumps: Tensor, generator: BasisGenerator) -> None:
    with torch.no_grad():
        drawn = generator(draw_latents(generator.latents, 1000, random(5)))
    real, fake = (typical_power((x - x.mean(0))[:, None].double())[20:].log() for x in (bumps, drawn))
    assert float((real - fake).abs().mean()) < 0.15
    assert float((real - fake).abs().max()) < 0.4


def test_gradients_reach_every_part_of_the_noise(generator: BasisGenerator) -> None:
    generator(draw_latents(generator.latents, 64, random())).pow(2).mean().backward()
    assert [name for name, p in generator.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_the_generator_exports(generator: BasisGenerator, tmp_path: Path) -> None:
    """The export itself compares with PyTorch and checks that rows do not depend on how they are cut."""
    file = tmp_path / "bumps.onnx"
    export(TrainedGenerator("bumps", gs.SignalSpec((LENGTH,)), generator), file, tile=64)
    assert gs.load(file).sample(5, rng=1).shape == (5, LENGTH)
