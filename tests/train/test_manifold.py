"""Precision, recall, density and coverage agree with their definitions, and know their null values."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity import manifold as module
from gansurrogate.fidelity.manifold import manifold


def by_definition(real: np.ndarray, other: np.ndarray, k: int) -> tuple[float, ...]:
    radius = [np.sort(cdist(x, x), axis=1)[:, k] for x in (real, other)]  # place 0 is the signal itself
    between = cdist(real, other)
    n, inside = len(real), between < radius[0][:, None]
    precision = sum(any(inside[i, j] for i in range(n)) for j in range(n)) / n
    recall = sum(any(between[i, j] < radius[1][j] for j in range(n)) for i in range(n)) / n
    density = sum(sum(inside[i, j] for i in range(n)) for j in range(n)) / (k * n)
    coverage = sum(min(between[i]) < radius[0][i] for i in range(n)) / n
    return precision, recall, density, coverage


@pytest.mark.parametrize(("spread", "shift"), [(1, 0), (0.5, 0.4), (2, 1)])
def test_the_four_shares_are_those_of_plain_loops(spread: float, shift: float, monkeypatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 33)  # rows are judged in several blocks
    random = np.random.default_rng(0)
    real, other = random.standard_normal((120, 2, 3)), spread * random.standard_normal((120, 2, 3)) + shift
    found = manifold(real, other, neighbours=4)
    truth = by_definition(real.reshape(120, -1), other.reshape(120, -1), 4)
    np.testing.assert_allclose([estimate.value for estimate in found], truth, rtol=1e-12)


def test_equal_distributions_have_the_null_values_inside_their_intervals() -> None:
    random = np.random.default_rng(1)
    hits = []
    for _ in range(30):
        found = manifold(*random.standard_normal((2, 300, 8)))
        hits += [found.density.low <= 1 <= found.density.high, found.coverage.low <= 1 - 2**-5 <= found.coverage.high]
    assert np.mean(hits) >= 0.88


def test_a_lost_mode_shows_in_recall_and_coverage_alone() -> None:
    random = np.random.default_rng(2)
    real, other = random.standard_normal((2, 600, 2))
    real[::2] += 20
    found = manifold(real, other)
    assert found.precision.low > 0.95
    assert found.recall.value == pytest.approx(0.5, abs=0.03)
    assert found.coverage.value == pytest.approx(0.5, abs=0.03)


def test_values_far_from_zero_are_told_apart() -> None:
    random = np.random.default_rng(3)
    real, other = random.standard_normal((2, 200, 3))
    near, far = (manifold(real + level, other + level) for level in (0, 1e6))
    np.testing.assert_allclose([each[:3] for each in near], [each[:3] for each in far], atol=0.02)


def test_sets_of_several_sizes_are_refused() -> None:
    with pytest.raises(ArgumentError, match="shorten the longer"):
        manifold(np.zeros((10, 2)), np.zeros((9, 2)))
