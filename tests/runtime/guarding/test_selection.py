"""Which rows are checked."""

from itertools import pairwise

import numpy as np
import pytest

from gansurrogate.guarding.selection import Selection


@pytest.mark.parametrize(("share", "unit"), [(0.01, 1), (0.01, 64), (0.3, 1), (1.0, 1), (1.0, 4)])
def test_every_block_has_one_unit_of_rows(share, unit):
    size = round(1 / share) * unit
    rows = Selection(share, unit).rows(7, 0, 50 * size)
    blocks = rows.reshape(50, unit)
    np.testing.assert_array_equal(blocks // size, np.arange(50)[:, None] * np.ones(unit, int))
    np.testing.assert_array_equal(blocks - blocks[:, :1], np.arange(unit) * np.ones((50, 1), int))
    assert (blocks[:, 0] % unit == 0).all()


def test_rows_do_not_depend_on_how_they_are_cut():
    selection = Selection(0.05, 2)
    whole = selection.rows(-3, 5, 300_000)
    for cuts in ([5, 6, 7, 50, 51, 300_005], [5, 40, 81_925, 204_800, 300_005]):
        parts = [selection.rows(-3, a, b - a) for a, b in pairwise(cuts)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
    ones = [row for row in range(5, 500) if len(selection.rows(-3, row, 1))]
    np.testing.assert_array_equal(ones, whole[whole < 500])


def test_a_share_of_next_to_nothing_is_one():
    assert len(Selection(1e-300, 1).rows(7, 0, 2**31)) == 1


def test_places_are_spread_and_depend_on_the_seed():
    places = Selection(0.01, 1).rows(1, 0, 400_000) % 100
    counts = np.bincount(places, minlength=100)
    assert ((counts - 40) ** 2 / 40).sum() < 149  # chi-square with 99 degrees of freedom: 0.999
    other = Selection(0.01, 1).rows(2, 0, 400_000) % 100
    assert 10 < (places == other).sum() < 80
