"""Spectra, autocorrelations and marginals are those of closed forms, and chance stays inside their bands."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm, wasserstein_distance

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.autocorrelation import autocorrelation_difference
from gansurrogate.fidelity.curve import Curve
from gansurrogate.fidelity.marginals import marginals, position_distance
from gansurrogate.fidelity.spectrum import spectrum_difference

CURVES = {
    "spectrum": lambda a, b: spectrum_difference(a, b)[1],
    "autocorrelation": lambda a, b: autocorrelation_difference(a, b, lag=10)[1],
    "marginals": lambda a, b: marginals(a, b).curve,
    "position": lambda a, b: position_distance(a, b)[1],
}


def walk(n: int, memory: float, seed: int, length: int = 64) -> np.ndarray:
    """A stationary autoregressive process of unit variance: autocorrelation ``memory ** lag``."""
    random = np.random.default_rng(seed)
    x = random.standard_normal((n, length))
    for t in range(1, length):
        x[:, t] = memory * x[:, t - 1] + np.sqrt(1 - memory**2) * x[:, t]
    return x


def left(curve: Curve) -> bool:
    outside = (curve.other < curve.low - 1e-12) | (curve.other > curve.high + 1e-12)
    return bool(outside.any())


@pytest.mark.parametrize("measure", CURVES.values(), ids=CURVES)
def test_real_signals_stay_inside_the_band_of_real_ones(measure: Callable[..., Curve]) -> None:
    trials = [left(measure(walk(150, 0.5, 2 * seed), walk(200, 0.5, 2 * seed + 1))) for seed in range(20)]
    assert np.sum(trials) <= 4  # more in 3 of 1000 cases


def test_the_spectrum_is_that_of_the_process_and_louder_noise_is_so_many_decibel_off() -> None:
    noise = np.random.default_rng(0).standard_normal((4000, 2, 64))
    estimate, curve = spectrum_difference(noise, 1.1 * noise[::-1])
    assert curve.x[[0, -1]].tolist() == [0, 0.5]
    assert curve.real.shape == (2, 33)
    np.testing.assert_allclose(curve.real, 0, atol=0.35)  # a power of one
    np.testing.assert_allclose(curve.other - curve.real, 20 * np.log10(1.1), rtol=1e-5)
    assert estimate.low <= 20 * np.log10(1.1) <= estimate.high
    assert estimate.low > 0.4


def test_bands_empty_in_both_agree_and_in_one_do_not() -> None:
    random = np.random.default_rng(1)
    phase = random.uniform(0, 2 * np.pi, (2, 500, 1))
    tone, other = np.sin(2 * np.pi * 5 * np.arange(64) / 64 + phase).astype(np.float32)
    assert spectrum_difference(tone, other)[0].value < 0.01
    assert spectrum_difference(tone, other + 0.01 * random.standard_normal(tone.shape))[0].low > 10


def test_the_autocorrelation_is_that_of_the_process() -> None:
    length, lags = 400, np.arange(1, 21)
    estimate, curve = autocorrelation_difference(walk(2000, 0.8, 0, length), walk(2000, 0.7, 1, length), lag=20)
    whole = 1 - lags / length  # fewer products at longer lags, divided by the whole length
    for found, memory in ((curve.real[0], 0.8), (curve.other[0], 0.7)):
        np.testing.assert_allclose(found, whole * memory**lags, atol=0.03)  # each about its own mean: a little less
    assert estimate.value == pytest.approx(np.abs(0.8**lags - 0.7**lags).max(), rel=0.07)
    assert estimate.low < estimate.value < estimate.high < 1.2 * estimate.value


def test_constant_signals_have_no_autocorrelation() -> None:
    estimate, curve = autocorrelation_difference(np.ones((20, 8)), np.zeros((20, 8)))
    assert (estimate.value, len(curve.x)) == (0, 7)


def test_a_lag_beyond_the_signal_is_refused() -> None:
    with pytest.raises(ArgumentError, match="between 1 and 7"):
        autocorrelation_difference(np.ones((20, 8)), np.ones((20, 8)), lag=8)


@pytest.mark.parametrize("change", [lambda x: x + 0.2, lambda x: 1.3 * x, lambda x: np.round(x), lambda x: x**3])
def test_marginals_agree_with_scipy(change: Callable[[np.ndarray], np.ndarray]) -> None:
    real, other = walk(300, 0.5, 0), change(walk(300, 0.5, 1))
    found = marginals(real, other)
    assert found.distance.value == pytest.approx(ks_2samp(real.ravel(), other.ravel()).statistic, abs=0.004)
    transport = wasserstein_distance(real.ravel(), other.ravel()) / real.std()
    assert found.transport.value == pytest.approx(transport, rel=0.01, abs=0.001)


def test_intervals_of_the_marginals_hold_the_truth() -> None:
    pairs = [(walk(100, 0.9, 2 * seed), walk(100, 0.9, 2 * seed + 1) + 0.3) for seed in range(30)]
    found = [marginals(*pair) for pair in pairs]
    truth = 2 * norm.cdf(0.15) - 1
    assert np.mean([m.distance.low <= truth <= m.distance.high for m in found]) >= 0.9
    assert np.mean([m.transport.low <= 0.3 <= m.transport.high for m in found]) >= 0.9


def test_the_sample_that_is_off_is_found() -> None:
    real, other = (walk(400, 0.5, seed).reshape(400, 2, 32) for seed in (0, 1))
    other[:, 1, 7] += 0.5
    estimate, curve = position_distance(real, other)
    assert np.unravel_index(curve.other.argmax(), curve.other.shape) == (1, 7)
    assert estimate.value == pytest.approx(ks_2samp(real[:, 1, 7], other[:, 1, 7]).statistic)
    assert estimate.low <= 2 * norm.cdf(0.25) - 1 <= estimate.high


def test_signals_of_two_shapes_are_refused() -> None:
    with pytest.raises(ArgumentError, match="one shape"):
        spectrum_difference(np.zeros((5, 8)), np.zeros((5, 9)))
