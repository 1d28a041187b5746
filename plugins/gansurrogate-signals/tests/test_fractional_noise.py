"""Fractional noise against its covariance."""

import numpy as np
import pytest
from gansurrogate_signals import FractionalNoise
from gansurrogate_signals.fractional_noise import circulant, covariance
from scipy.linalg import cholesky, solve_triangular, toeplitz
from scipy.stats import kstest

N = 4000


@pytest.mark.parametrize("hurst", [0.1, 1 / 3, 0.5, 0.9])
def test_the_covariance_is_the_closed_form_between_any_two_samples(hurst: float) -> None:
    signals = FractionalNoise().sample(N, conditions={"hurst": hurst}, rng=1).astype(float)
    exact = toeplitz(covariance(np.arange(256), hurst))
    # The error of a covariance estimate is sqrt((1 + c^2) / N); of 32,896 of them the largest is about 4.2.
    error = (signals.T @ signals / N - exact) / np.sqrt((1 + exact**2) / N)
    assert np.abs(error).max() < 5.5
    white = solve_triangular(cholesky(exact, lower=True), signals.T, lower=True)
    assert kstest(white.ravel()[::41], "norm").pvalue > 1e-3


@pytest.mark.parametrize("hurst", [0.2, 0.8])
def test_the_sum_spreads_as_a_power_of_time(hurst: float) -> None:
    path = FractionalNoise().sample(N, conditions={"hurst": hurst}, rng=2).cumsum(1)
    times = np.array([1, 4, 16, 64, 256])
    np.testing.assert_allclose(path[:, times - 1].var(0), times ** (2 * hurst), rtol=0.1)


def test_the_embedding_has_no_negative_eigenvalue_for_any_hurst_index() -> None:
    hurst = np.linspace(0.01, 0.99, 99)[:, None]
    lags = np.minimum(np.arange(512), 512 - np.arange(512))
    assert np.fft.fft(covariance(lags, hurst)).real.min() > -1e-12
    np.testing.assert_allclose(circulant(hurst).mean(1), 1)  # the variance


@pytest.mark.parametrize("hurst", [0.15, 0.5, 0.85])
def test_whittles_estimate_finds_the_hurst_index(hurst: float) -> None:
    generator = FractionalNoise()
    found = generator.features(generator.sample(1000, conditions={"hurst": hurst}, rng=3))["hurst"]
    assert found.mean() == pytest.approx(hurst, abs=0.02)
    assert found.std() < 0.06
