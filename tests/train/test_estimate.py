"""Intervals hold the truth as often as they say."""

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm
from sklearn.metrics import roc_auc_score

from gansurrogate.fidelity.estimate import Estimate, null_band

TRIALS = 400


def auc(a: np.ndarray, b: np.ndarray) -> float:
    return roc_auc_score(np.repeat([0, 1], [len(a), len(b)]), np.concatenate([a, b]))


def share_inside(estimates: list[Estimate], truth: float) -> float:
    return float(np.mean([e.low <= truth <= e.high for e in estimates]))


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.5])
def test_the_interval_of_an_auc_holds_the_truth_of_shifted_normals(shift: float) -> None:
    random = np.random.default_rng(1)
    pairs = [(random.standard_normal(100), random.standard_normal(150) + shift) for _ in range(TRIALS)]
    found = [Estimate.of_auc(auc(*pair), 100, 150) for pair in pairs]
    assert 0.92 <= share_inside(found, float(norm.cdf(shift / np.sqrt(2)))) <= 0.98


@pytest.mark.parametrize(("share", "n"), [(0.02, 100), (0.5, 30)])
def test_the_interval_of_a_share_holds_the_truth(share: float, n: int) -> None:
    counts = np.random.default_rng(6).binomial(n, share, TRIALS)
    assert 0.92 <= share_inside([Estimate.of_share(count / n, n) for count in counts], share) <= 0.98


def test_equal_distributions_stay_in_the_null_band() -> None:
    random = np.random.default_rng(2)
    low, high = null_band(80, 120)
    found = [auc(random.standard_normal(80), random.standard_normal(120)) for _ in range(TRIALS)]
    assert 0.92 <= np.mean([low <= value <= high for value in found]) <= 0.98


def test_students_interval_holds_the_mean_of_few_repeats() -> None:
    random = np.random.default_rng(3)
    found = [Estimate.of_repeats(random.normal(0.3, 0.1, 5)) for _ in range(TRIALS)]
    assert 0.92 <= share_inside(found, 0.3) <= 0.98
    alone = Estimate.of_repeats([0.4])
    assert (alone.low, alone.high) == (-np.inf, np.inf)


def test_resampling_finds_the_interval_of_a_mean() -> None:
    random = np.random.default_rng(4)
    a, b = random.standard_normal((2, 400))
    found = Estimate.of_resamples(lambda x, y: float(y.mean() - x.mean()), a, b, seed=0)
    half = 1.96 * np.sqrt((a.var() + b.var()) / 400)
    assert found.high - found.value == pytest.approx(half, rel=0.25)
    assert found.value - found.low == pytest.approx(half, rel=0.25)


def test_the_interval_of_a_distance_is_never_too_small() -> None:
    random = np.random.default_rng(5)
    pairs = [(random.standard_normal(200), random.standard_normal(200) + 1) for _ in range(TRIALS)]
    truth = float(2 * norm.cdf(0.5) - 1)
    assert share_inside([Estimate.of_distance(float(ks_2samp(*p).statistic), 200, 200) for p in pairs], truth) >= 0.95
