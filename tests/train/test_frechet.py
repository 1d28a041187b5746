"""The Frechet distance of tables is that of the closed form and of another implementation."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from gansurrogate.fidelity.frechet import frechet_distance


def test_normals_of_several_widths_have_the_distance_of_the_closed_form() -> None:
    random = np.random.default_rng(0)
    widths = np.array([[1, 2, 0.5], [2, 1, 0.5]])
    a, b = widths[:, None] * random.standard_normal((2, 200_000, 3))
    truth = 3**2 + ((widths[0] - widths[1]) ** 2).sum()
    assert frechet_distance(a, b + np.array([0, 0, 3])) == pytest.approx(truth, rel=0.01)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("features", [1, 7, 40])
def test_the_root_of_the_product_is_that_of_scipy(features: int) -> None:
    random = np.random.default_rng(features)
    a, b = (random.standard_normal((30, features)) @ random.standard_normal((features, features)) for _ in range(2))
    if features >= 30:  # covariances without full rank have a root all the same
        a, b = (np.vstack([x, x + 1e-3 * random.standard_normal(x.shape)]) for x in (a, b))
    first, second = np.atleast_2d(np.cov(a.T)), np.atleast_2d(np.cov(b.T))
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(b, a) == pytest.approx(expected, rel=1e-6)
