"""Distances of distributions are those of closed forms; shuffling labels gives honest p values."""

from collections.abc import Callable
from math import erf, exp, gamma, pi, sqrt

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist
from scipy.stats import kstest, wasserstein_distance

from gansurrogate.fidelity import permutation
from gansurrogate.fidelity.permutation import Permuted, energy_distance, mmd, sliced_wasserstein

TESTS = [sliced_wasserstein, mmd, energy_distance]
Measure = Callable[..., Permuted]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permutation, "BLOCK", 300)


def normals(n: int, shift: float, dimension: int = 1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Normal tables; the first one's columns have mean zero and spread one exactly."""
    real, other = np.random.default_rng(seed).standard_normal((2, n, dimension))
    other[:, 0] += shift
    return (real - real.mean(0)) / real.std(0), other


def test_the_mmd_of_normals_is_that_of_the_closed_form() -> None:
    real, other = normals(2000, 1.0)
    median = np.median(pdist(np.concatenate([real, other])) ** 2)

    def expected(shift: float) -> float:
        widths = median * 4.0 ** np.arange(-2, 3)
        kernels = [sqrt(w / (w + 2)) * exp(-(shift**2) / (2 * (w + 2))) for w in widths]  # X - X' has variance 2
        return float(np.mean(kernels))

    truth = 2 * expected(0) - 2 * expected(1)
    found = mmd(real, other).estimate
    assert found.low <= truth <= found.high
    assert found.value == pytest.approx(truth, rel=0.1)


@pytest.mark.parametrize("shift", [0.0, 0.5, 2.0])
def test_the_energy_distance_of_normals_is_that_of_the_closed_form(shift: float) -> None:
    apart = 2 / sqrt(pi) * exp(-(shift**2) / 4) + shift * erf(shift / 2)  # E|X - Y|
    found = energy_distance(*normals(1500, shift)).estimate
    assert found.low <= 2 * apart - 4 / sqrt(pi) <= found.high
    assert found.high - found.low < 0.02 + 0.4 * shift


def test_the_energy_distance_is_that_of_all_pairs() -> None:
    real, other = normals(350, 0.7, 3)
    pairs = 2 * cdist(real, other).mean() - pdist(real).mean() - pdist(other).mean()
    assert energy_distance(real, other[::-1]).estimate.value == pytest.approx(pairs, rel=1e-9)


def test_the_sliced_distance_along_one_line_is_that_of_scipy() -> None:
    real, other = normals(500, 0.4)
    found = sliced_wasserstein(real, other[:300]).estimate.value
    assert found == pytest.approx(wasserstein_distance(real[:, 0], other[:300, 0]), rel=1e-4)


def test_the_sliced_distance_of_shifted_sets_is_that_of_the_closed_form() -> None:
    real, _ = normals(400, 0, 5)
    found = sliced_wasserstein(real, real + np.array([3, 0, 0, 0, 0])).estimate
    truth = 3 * gamma(5 / 2) / (sqrt(pi) * gamma(3))  # mean length of a unit vector's shadow
    assert found.value == pytest.approx(truth, rel=0.15)  # over 256 directions: three standard errors


@pytest.mark.parametrize("test", TESTS)
def test_p_is_uniform_for_equal_distributions(test: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permutation, "DIRECTIONS", 8)
    random = np.random.default_rng(0)
    found = [test(*random.standard_normal((2, 40, 3)), seed=seed) for seed in range(80)]
    assert kstest([one.p for one in found], "uniform").pvalue > 0.01
    assert np.mean([one.ratio > 1 for one in found]) <= 0.125  # 5 % and three standard errors


@pytest.mark.parametrize("test", TESTS)
def test_different_sets_have_the_smallest_p_and_a_large_ratio(test: Measure) -> None:
    found = test(*normals(300, 1.0, 2))
    assert found.p == 1 / 201
    assert found.ratio > 3
    assert found.estimate.low > 0


@pytest.mark.parametrize("test", TESTS)
def test_no_more_than_the_asked_signals_are_drawn_and_units_do_not_matter(test: Measure) -> None:
    real, other = (table.reshape(400, 2, 3) for table in normals(400, 0.5, 6))
    found = test(real, other, most=100)
    other_unit = test(1000 * real + 7, 1000 * other + 7, most=100)
    np.testing.assert_allclose(other_unit.estimate[:3], found.estimate[:3], rtol=1e-3)
    widths = [each.high - each.low for each in (found.estimate, test(real, other).estimate)]
    assert widths[0] > widths[1]
