"""The base line keeps what it promises: every channel's values and their shares, covariances, holds and copies."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import ks_2samp

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.copula import Copula

N, LENGTH = 4000, 10


@pytest.fixture(scope="module")
def signals() -> np.ndarray:
    """Stationary: a skewed level, a counter with ties that last, a copy of the first, a constant."""
    random = np.random.default_rng(0)
    noise = random.standard_normal((N, LENGTH + 50))
    level = lfilter([1], [1, -0.9], noise)[:, -LENGTH:]
    counter = np.round(np.repeat(level[:, ::2], 2, 1) + random.standard_normal((N, 1)))
    return np.stack([np.exp(level / 3), counter, np.exp(level / 3), np.full_like(level, 4)], 1).astype(np.float32)


@pytest.fixture(scope="module")
def drawn(signals: np.ndarray) -> np.ndarray:
    return Copula(signals).sample(N, 1)


def test_only_values_of_the_signals_occur_each_as_often(signals: np.ndarray, drawn: np.ndarray) -> None:
    assert drawn.shape == signals.shape
    assert drawn.dtype == signals.dtype
    for channel in range(4):
        assert np.isin(drawn[:, channel], signals[:, channel]).all()
        # The 10 values of a window go together: the band of 4,000 independent ones.
        assert ks_2samp(signals[:, channel].ravel(), drawn[:, channel].ravel(), method="asymp").statistic < 0.03


def test_copies_and_constants_stay(drawn: np.ndarray) -> None:
    np.testing.assert_array_equal(drawn[:, 2], drawn[:, 0])
    assert (drawn[:, 3] == 4).all()


def test_correlations_in_time_and_between_channels_stay(signals: np.ndarray, drawn: np.ndarray) -> None:
    real, fake = (np.corrcoef(side[:, :2].reshape(N, -1), rowvar=False) for side in (signals, drawn))
    assert np.abs(real - fake).max() < 0.1


def test_a_gaussian_process_comes_back_as_itself() -> None:
    process = lfilter([1], [1, -0.8], np.random.default_rng(0).standard_normal((N, 60)))[:, -LENGTH:]
    drawn = Copula(process).sample(N, 1)
    truth = 0.8 ** np.abs(np.subtract.outer(range(LENGTH), range(LENGTH))) / (1 - 0.8**2)
    np.testing.assert_allclose(np.cov(drawn, rowvar=False), truth, atol=0.3)  # four standard errors of a variance
    with pytest.raises(AssertionError):
        np.testing.assert_array_equal(drawn, Copula(process).sample(N, 2))
    np.testing.assert_array_equal(drawn, Copula(process).sample(N, 1))


def test_a_gaussian_process_under_a_condition_comes_back_as_itself() -> None:
    random = np.random.default_rng(0)
    condition = random.standard_normal((N, 1))
    noise = lfilter([1], [1, -0.8], random.standard_normal((N, 60)))[:, -LENGTH:]
    copula = Copula(2 * condition + noise, given=condition)
    truth = 0.8 ** np.abs(np.subtract.outer(range(LENGTH), range(LENGTH))) / (1 - 0.8**2)
    for given in (-1.0, 0.0, 1.5):
        drawn = copula.sample(N, 1, np.full((N, 1), given))
        np.testing.assert_allclose(drawn.mean(0), 2 * given, atol=0.15)  # of both, four standard errors
        np.testing.assert_allclose(np.cov(drawn, rowvar=False), truth, atol=0.3)


def test_each_level_of_a_category_keeps_its_mean() -> None:
    random = np.random.default_rng(0)
    level = random.integers(0, 3, N)
    means = np.array([[0.0, 1], [1, 0], [-1, 1]])
    signals = np.repeat(means[level], 4, 1) + random.standard_normal((N, 8))
    given = np.eye(3)[level]
    drawn = Copula(signals, given=given).sample(N, 1, given)
    for k in range(3):
        np.testing.assert_allclose(drawn[level == k].mean(0), np.repeat(means[k], 4), atol=0.15)


def test_signals_that_cannot_be_fitted_are_refused() -> None:
    with pytest.raises(ArgumentError, match="two signals or more, all finite"):
        Copula(np.full((5, 3), np.nan))
