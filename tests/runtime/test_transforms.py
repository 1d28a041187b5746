"""Words become values of the right distribution: against exact mathematics."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from gansurrogate import rowlaw, transforms
from gansurrogate.latent import Latent

EDGES = np.array([0, 1, 2, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1], np.uint64)


def words(n, seed=3):
    return np.random.default_rng(seed).integers(2**32, size=n, dtype=np.uint64)


def test_uniform_values_are_the_words_in_order_and_above_zero():
    values = transforms.uniform(EDGES)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, (EDGES.astype(np.float64) + 0.5) / 2**32, rtol=2**-23)
    assert 0 < values[0] <= values[-1] <= 1


def test_box_muller_is_within_its_documented_error():
    a, b = np.concatenate([words(400_000), np.repeat(EDGES, 7)]), np.concatenate([words(400_000, 4), np.tile(EDGES, 7)])
    radius = np.sqrt(-2 * np.log((a.astype(np.float64) + 0.5) / 2**32))
    angle = 2 * np.pi * (b.astype(np.float64) / 2**32 - 0.5)
    exact = np.stack([radius * np.cos(angle), radius * np.sin(angle)])
    deviation = np.abs(np.stack(transforms.box_muller(a, b)) - exact)
    assert deviation[:, radius >= 0.02].max() < 1e-4
    assert deviation.max() < 2e-3
    assert math.sqrt((deviation**2).mean()) < 2e-6


def test_extreme_words_give_finite_normals():
    a, b = (grid.ravel() for grid in np.meshgrid(EDGES, EDGES))
    normals = np.stack(transforms.box_muller(a, b))
    assert np.isfinite(normals).all()
    assert np.abs(normals).max() < 6.8  # sqrt(2 * 33 ln 2)


@pytest.mark.parametrize(("low", "high"), [(-2, 2), (-4, 4), (0, 4), (-1, 0.5), (2, 2.25), (3, 4), (-4, -3.5)])
def test_truncated_normals_are_the_inverse_of_the_distribution_function(low, high):
    normal = NormalDist()
    word = np.concatenate([words(2000), EDGES])
    values = transforms.truncated_normal(word, low, high)
    u = (word.astype(np.float64) + 0.5) / 2**32
    below, width = normal.cdf(low), normal.cdf(high) - normal.cdf(low)
    exact = np.array([normal.inv_cdf(below + width * x) for x in u])
    near = np.minimum(np.abs(exact), 4)
    assert (np.abs(values - exact) < 3e-6 + 1e-6 * np.exp(near**2 / 2)).all()  # float32 is coarse near +-1 = erf(tails)
    assert values.min() >= low
    assert values.max() <= high


def test_truncation_at_four_is_almost_no_truncation():
    values = rowlaw.latents(1, range(20_000), [Latent("truncated_normal", 2, -4, 4)]).ravel().astype(np.float64)
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs((values**power).mean() - moment) < 4.5 * math.sqrt(variance / values.size)


def test_classes_are_drawn_as_often_as_they_should_be():
    drawn = rowlaw.latents(2, range(30_000), [Latent("categorical", 3, probabilities=(1, 2, 5))])
    one_hot = drawn.reshape(-1, 3, 3)  # row, class, draw
    assert set(np.unique(one_hot)) == {0, 1}
    np.testing.assert_array_equal(one_hot.sum(1), 1)
    expected = np.array([1, 2, 5]) / 8
    z = (one_hot.mean(0).T - expected) / np.sqrt(expected * (1 - expected) / 30_000)
    assert np.abs(z).max() < 4.5
    pairs = np.einsum("nid,nje->dije", one_hot[:, :, :1], one_hot[:, :, 1:])[0] / 30_000  # draws are independent
    assert np.abs(pairs - np.einsum("i,j->ij", expected, expected)[..., None]).max() < 0.015


def test_the_extreme_words_fall_into_the_outer_classes():
    one_hot = transforms.one_hot(np.array([0, 2**32 - 1], np.uint64), [0.25, 0.5, 0.25])
    np.testing.assert_array_equal(one_hot.T, [[1, 0, 0], [0, 0, 1]])
