"""The family of stationary noise: the look at spectra, the generator that starts from it, and the views."""

from pathlib import Path

import numpy as np
import pytest
import torch
from gansurrogate_onnx import export
from torch import Tensor

import gansurrogate as gs
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.spectral import SpectralGenerator
from gansurrogate.train.default.spectral_views import SpectralViews
from gansurrogate.train.default.spectrum import look_at_spectrum, mean_power
from gansurrogate.train.trained import draw_latents

LENGTH, POLE = 45, 0.6  # odd: transforms of odd length have no frequency at their end


def autoregressive(n: int, pole: float | Tensor = POLE) -> Tensor:
    """x(t) = pole x(t-1) + normal, in equilibrium: the autocovariance is pole^lag / (1 - pole^2)."""
    random = torch.Generator().manual_seed(0)
    noise = torch.randn(n, LENGTH + 200, generator=random)
    x = torch.zeros(n)
    path = []
    for step in noise.T:
        x = pole * x + step
        path.append(x)
    return torch.stack(path[200:], 1)


@pytest.fixture(scope="module")
def varied() -> Tensor:
    """Noise whose pole is drawn for every signal."""
    return 3 + 2 * autoregressive(3000, torch.rand(3000, generator=torch.Generator().manual_seed(1)) * 0.8)


@pytest.fixture(scope="module")
def generator(varied: Tensor, recipe: DefaultRecipe) -> SpectralGenerator:
    torch.manual_seed(0)
    return SpectralGenerator(look_at_spectrum(varied), (), recipe)


def drawn(generator: SpectralGenerator, n: int) -> Tensor:
    with torch.no_grad():
        return generator(draw_latents(generator.latents, n, torch.Generator().manual_seed(2)))


def autocovariance(x: Tensor, lag: int) -> float:
    return float((x[:, lag:] * x[:, : x.shape[1] - lag]).mean())


def test_the_mean_powers_are_those_of_the_process() -> None:
    """In closed form: the spectrum of x(t) = a x(t-1) + e is 1 / |1 - a exp(-i omega)|^2."""
    power = mean_power(autoregressive(20_000))
    omega = torch.pi * torch.arange(LENGTH + 1) / LENGTH
    truth = 1 / (1 - 2 * POLE * omega.cos() + POLE**2)
    torch.testing.assert_close(power, truth, rtol=0.1, atol=0)


def test_a_band_without_power_stays_without() -> None:
    spectrum = torch.fft.rfft(torch.randn(2000, 512, generator=torch.Generator().manual_seed(0)))
    spectrum[:, 128:] = 0  # above a quarter of the sampling rate
    power = mean_power(torch.fft.irfft(spectrum)[:, :128])
    assert power[90:].max() < 1e-4 * power[10:50].mean()


def test_the_generator_starts_with_the_signals_mean_and_autocovariance(
    generator: SpectralGenerator, varied: Tensor
) -> None:
    started = drawn(generator, 20_000)
    assert started.mean().item() == pytest.approx(3, abs=0.05)
    for lag in (0, 1, 2, 5, 20):
        real, fake = autocovariance(varied - 3, lag), autocovariance(started - 3, lag)
        assert fake == pytest.approx(real, abs=0.12 * float(varied.var()))


def test_log_spectra_of_one_process_differ_less(varied: Tensor) -> None:
    alike, different = look_at_spectrum(autoregressive(3000)), look_at_spectrum(varied)
    # The logarithm of an exponential variate scatters by pi / sqrt(6); the added neighbours take a part of it away.
    assert alike.floor < np.pi / np.sqrt(6)
    assert different.spread[0] > 1.5 * alike.spread[0]


def test_every_latent_changes_the_signal(generator: SpectralGenerator) -> None:
    latent = draw_latents(generator.latents, 1, torch.Generator().manual_seed(1)).requires_grad_()
    generator(latent).square().sum().backward()
    dead = {generator.latent_size + LENGTH + 1, latent.shape[1] - 1}  # the sines of the first and the last frequency
    assert set(np.flatnonzero(latent.grad[0].abs() < 1e-12)) <= dead


def test_views_tell_a_wrong_spectrum_and_are_standardised(varied: Tensor, recipe: DefaultRecipe) -> None:
    views = SpectralViews(look_at_spectrum(varied), recipe, varied)
    real, white = views(varied), views(3 + 3 * torch.randn(1000, LENGTH, generator=torch.Generator().manual_seed(3)))
    assert real.shape[1] == views.size > views.trajectory_size > views.leading
    torch.testing.assert_close(real.mean(0), torch.zeros(views.size), atol=1e-3, rtol=0)
    assert white[:, : views.trajectory_size].mean(0).abs().max() > 0.5


def test_a_constant_signal_gives_finite_views_and_gradients(varied: Tensor, recipe: DefaultRecipe) -> None:
    views = SpectralViews(look_at_spectrum(varied), recipe, varied)
    constant = torch.full((2, LENGTH), 3.0, requires_grad=True)
    views(constant).sum().backward()
    assert torch.isfinite(constant.grad).all()


def test_the_generator_exports(generator: SpectralGenerator, tmp_path: Path) -> None:
    """The export itself compares with PyTorch and checks that rows do not depend on how they are cut."""
    file = tmp_path / "noise.onnx"
    export(TrainedGenerator("noise", gs.SignalSpec((LENGTH,)), generator), file, tile=64)
    assert gs.load(file).sample(5, rng=1).shape == (5, LENGTH)
