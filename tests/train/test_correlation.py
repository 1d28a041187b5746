"""The correlational score, VDS and FDDS against plain loops over a few signals, and on known defects."""

import numpy as np
import pytest

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.correlation import correlational_score
from gansurrogate.fidelity.unit import unit
from gansurrogate.fidelity.vds import VARIANCES, _squared_mmd, fdds, vds


def channels(seed: int, correlation: float, n: int = 2000) -> np.ndarray:
    """White noise, three channels with one correlation between all pairs: (n, 3, 12)."""
    random = np.random.default_rng(seed)
    root = np.linalg.cholesky(np.full((3, 3), correlation) + (1 - correlation) * np.eye(3))
    return root @ random.standard_normal((n, 3, 12))


def plain_mmd(a: np.ndarray, b: np.ndarray) -> float:
    def mean(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean([sum(np.exp(-((p - q) ** 2) / (2 * v)) for v in VARIANCES) for p in x for q in y]))

    return mean(a, a) + mean(b, b) - 2 * mean(a, b)


@pytest.mark.parametrize("scale", [0, 1, 4])
def test_the_distance_of_values_is_the_double_sum_over_the_kernel(scale: float) -> None:
    random = np.random.default_rng(0)
    a, b = scale * random.random(23), scale * (random.random(17) + 0.2)
    assert _squared_mmd(a, b)[0] == pytest.approx(plain_mmd(a, b), abs=1e-10)


def test_each_value_s_slope_is_how_far_its_weight_moves_the_distance() -> None:
    a, b = np.random.default_rng(0).random((2, 30))
    value, slope, _ = _squared_mmd(a, b)
    heavier, _, _ = _squared_mmd(np.append(np.repeat(a, 100), a[4]), b)
    share = 1 / (100 * len(a) + 1)
    assert (heavier - value) / share == pytest.approx(slope[4] - slope.mean(), rel=0.02)


def test_fdds_is_the_mean_distance_of_the_pairs_correlations() -> None:
    real, other = channels(0, 0.5, n=15), channels(1, -0.2, n=15)
    real[3, 1] = 7  # a constant channel correlates with nothing
    expected = []
    for i, j in ((1, 0), (2, 0), (2, 1)):
        within = [
            np.array([0 if np.ptp(s[i]) * np.ptp(s[j]) == 0 else np.corrcoef(s[i], s[j])[0, 1] for s in side])
            for side in (real, other)
        ]
        expected.append(plain_mmd(*within))
    assert fdds(real, other).value == pytest.approx(np.mean(expected), abs=1e-5)


def test_vds_is_the_mean_distance_of_the_channels_values() -> None:
    random = np.random.default_rng(0)
    real, other = random.random((12, 2, 3)), random.random((12, 2, 3)) * 0.6
    x, y = unit(real, other)
    truth = np.mean([plain_mmd(x[:, :, k].ravel(), y[:, :, k].ravel()) for k in range(2)])
    # The same 10,000 places are drawn from 36 values on both sides: a hundredth of noise.
    assert vds(real, other, repeats=3).value == pytest.approx(truth, rel=0.05)


def test_the_correlational_score_is_a_tenth_of_the_differences_over_pairs() -> None:
    real, other = channels(0, 0.8, n=20_000), channels(1, 0.2, n=20_000)
    assert correlational_score(real, other).value == pytest.approx(3 * 0.6 / 10, rel=0.03)


def test_equal_distributions_score_near_nothing_and_a_defect_far_above() -> None:
    real, same, other = channels(0, 0.5), channels(1, 0.5), channels(1, 0.3)
    assert vds(real, same).value < 3e-3 < vds(real, 0.5 * same).value
    assert fdds(real, same).value < 5e-3 < 0.02 < fdds(real, other).low
    assert correlational_score(real, same).value < 0.02 < correlational_score(real, other).low


def test_a_single_channel_is_refused_by_what_compares_channels() -> None:
    one = np.zeros((20, 12))
    for score in (correlational_score, fdds):
        with pytest.raises(ArgumentError, match=r"single|two channels"):
            score(one, one)
