"""Rows depend on file, seed, row and conditions only: not on tile, threads, chunk, order or start."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError

N = 200
SET = {"energy": 100.0, "kind": "b"}


def cut(conditions, first, last):
    return {name: values[first:last] for name, values in conditions.items()}


def test_signals_have_the_shape_and_type_of_the_spec(golden, expected):
    assert golden.spec.shape == (2, 16)
    assert expected.shape == (N, 2, 16)
    assert expected.dtype == np.float32
    assert np.isfinite(expected).all()
    assert len(np.unique(expected)) > 0.99 * expected.size


@pytest.mark.parametrize("tile", [1, 2, 7, 64, 199, 200, 1000])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_rows_do_not_depend_on_tile_or_threads(golden_path, conditions, expected, tile, threads):
    surrogate = gs.load(golden_path, threads=threads)
    np.testing.assert_array_equal(surrogate.sample(N, conditions=conditions, rng=3, tile=tile), expected)


@pytest.mark.parametrize("chunk", [1, 13, 64, 150])
def test_rows_do_not_depend_on_chunk_or_order(golden, conditions, expected, chunk):
    firsts = np.random.default_rng(chunk).permutation(range(0, N, chunk))
    for first in firsts.tolist():
        part = golden.sample(
            min(chunk, N - first), conditions=cut(conditions, first, first + chunk), rng=3, start=first
        )
        np.testing.assert_array_equal(part, expected[first : first + chunk])


def test_a_longer_sample_begins_like_a_shorter_one(golden):
    long, short = (golden.sample(n, conditions=SET, rng=11) for n in (10, 5))
    np.testing.assert_array_equal(long[:5], short)


def test_a_row_does_not_depend_on_the_conditions_of_others(golden, conditions, expected):
    other = {name: values.copy() for name, values in conditions.items()}
    other["energy"][1::2] = 500
    changed = golden.sample(N, conditions=other, rng=3)
    np.testing.assert_array_equal(changed[::2], expected[::2])
    assert not np.array_equal(changed[1::2], expected[1::2])


def test_the_last_rows_of_the_stream_can_be_drawn_and_no_more(golden):
    last = golden.sample(3, conditions=SET, rng=1, start=2**40 - 3)
    np.testing.assert_array_equal(last[2:], golden.sample(1, conditions=SET, rng=1, start=2**40 - 1))
    with pytest.raises(ArgumentError, match=r"rows end at 2\*\*40"):
        golden.sample(4, conditions=SET, rng=1, start=2**40 - 3)


def test_seeds_and_rows_give_different_signals(golden):
    seeds = [0, 1, -1, 2**63 - 1, -(2**63), 2**32]
    drawn = np.concatenate([golden.sample(3, conditions=SET, rng=seed) for seed in seeds])
    assert len(np.unique(drawn.reshape(len(drawn), -1), axis=0)) == len(drawn)


def test_eight_threads_share_one_surrogate(golden, conditions, expected):
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(golden.sample, N, conditions=conditions, rng=3, tile=16) for _ in range(24)]
        for job in jobs:
            np.testing.assert_array_equal(job.result(), expected)


@pytest.mark.parametrize("tile", [None, 1, 30, 500])
def test_iter_tiles_gives_the_rows_of_sample_in_bounded_pieces(golden, conditions, expected, tile):
    tiles = list(golden.iter_tiles(N, conditions=conditions, rng=3, tile=tile))
    assert max(map(len, tiles)) <= (tile or golden.manifest.tile)
    np.testing.assert_array_equal(np.concatenate(tiles), expected)


def test_iter_tiles_is_lazy_but_checks_its_arguments_at_once(golden):
    first = next(golden.iter_tiles(10**10, conditions=SET, rng=3))
    np.testing.assert_array_equal(first, golden.sample(64, conditions=SET, rng=3))
    with pytest.raises(ArgumentError):
        golden.iter_tiles(-1, conditions=SET)


def test_no_rows_are_an_empty_array(golden):
    assert golden.sample(0, conditions=SET, rng=1).shape == (0, 2, 16)
    assert list(golden.iter_tiles(0, conditions=SET, rng=1)) == []
    assert {name: len(values) for name, values in golden.draw_conditions(0, rng=1).items()} == {"energy": 0, "kind": 0}
