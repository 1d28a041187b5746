"""Windows scaled for the field's own scores."""

import numpy as np
import pytest

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.unit import unit


def test_channels_are_scaled_by_the_real_ones_range_and_time_comes_first() -> None:
    real = np.array([[[2, 4, 6], [5, 5, 5]]])
    other = np.array([[[8, 2, 4], [5, 5, 5]]])
    x, y = unit(real, other)
    np.testing.assert_allclose(x, [[[0, 0], [0.5, 0], [1, 0]]], atol=1e-6)
    np.testing.assert_allclose(y, [[[1.5, 0], [0, 0], [0.5, 0]]], atol=1e-6)


def test_a_given_span_scales_all_channels() -> None:
    x, y = unit(np.array([[[2.0, 4]]]), np.array([[[0.0, 3]]]), span=(2, 6))
    np.testing.assert_allclose(x, [[[0], [0.5]]], atol=1e-6)
    np.testing.assert_allclose(y, [[[-0.5], [0.25]]], atol=1e-6)


def test_signals_without_channels_get_one() -> None:
    assert unit(np.zeros((3, 4)), np.zeros((2, 4)))[1].shape == (2, 4, 1)


@pytest.mark.parametrize("shapes", [((3, 4), (3, 5)), ((3, 2, 4), (3, 4)), ((3,), (3,)), ((3, 2, 2, 4), (3, 2, 2, 4))])
def test_other_shapes_are_refused(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(ArgumentError, match="same shape"):
        unit(*(np.zeros(shape) for shape in shapes))
