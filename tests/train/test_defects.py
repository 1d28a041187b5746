"""Known defects are found with the margins that were set for them, and real signals are taken for real."""

from collections.abc import Callable

import numpy as np
import pytest
from gansurrogate_signals import NoisySine
from scipy.stats import norm

from gansurrogate.fidelity.autocorrelation import autocorrelation_difference
from gansurrogate.fidelity.conv import conv_auc
from gansurrogate.fidelity.estimate import Estimate, null_band
from gansurrogate.fidelity.raw import raw_auc
from gansurrogate.fidelity.spectrum import spectrum_difference
from gansurrogate.fidelity.two_sample import spectral_auc, trees_auc

SEEDS = 20
Judge = Callable[..., Estimate]


def sines(n: int, seed: int, noise: float = 0.3, length: int = 300) -> np.ndarray:
    return NoisySine(noise=noise, time=(-5, 5, length)).sample(n, rng=seed)


@pytest.fixture(scope="module")
def real() -> np.ndarray:
    return sines(2000, 1)


def test_a_tenth_more_noise_is_seen_in_the_spectrum(real: np.ndarray) -> None:
    other = sines(2000, 2, noise=0.33)
    assert spectral_auc(real, other).low >= 0.75
    estimate, curve = spectrum_difference(real, other)
    assert estimate.low > 0
    assert (curve.other > curve.high).mean() > 0.2
    assert estimate.value == pytest.approx(20 * np.log10(1.1), abs=0.4)
    estimate, curve = autocorrelation_difference(real, other)  # of a strong sine: blind
    assert estimate.low == 0


def test_the_raw_network_sees_a_level_that_is_off_but_not_that_noise_is_missing(real: np.ndarray) -> None:
    assert raw_auc(real[:1000], sines(1000, 2) + 5).low > 0.7
    assert raw_auc(real[:1000], sines(1000, 2, noise=0)).low < 0.55


def test_the_raw_network_comes_close_to_the_best_possible_area_of_shifted_normals() -> None:
    a, b = np.random.default_rng(0).standard_normal((2, 1000, 3))
    b[:, 0] += 1.5
    assert raw_auc(a, b).value == pytest.approx(norm.cdf(1.5 / np.sqrt(2)), abs=0.03)


@pytest.mark.parametrize(("judge", "n"), [(raw_auc, 150), (spectral_auc, 250), (trees_auc, 250), (conv_auc, 500)])
def test_real_signals_lie_in_the_null_band_of_19_in_20(judge: Judge, n: int) -> None:
    low, high = null_band(n // 2, n // 2)
    pairs = [np.split(sines(2 * n, 100 + seed, length=32), 2) for seed in range(SEEDS)]
    found = [judge(*pair, seed=seed).value for seed, pair in enumerate(pairs)]
    assert sum(low <= value <= high for value in found) >= 18
