"""A host that asks for few rows at a time gets the rows of the stream, whatever was computed ahead."""

import threading
from itertools import pairwise

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ConditionError
from gansurrogate.sampling.readahead import ReadAhead

SET = {"energy": 100.0, "kind": "b"}


class Counting:
    """Stands for a stream whose row i is i."""

    def __init__(self):
        self.sizes = []
        self.reader = ReadAhead()

    def take(self, start, n, key="stream", least=1):
        def draw(size):
            self.sizes.append(size)
            return np.arange(start, start + size)

        return self.reader.take(key, start, n, least, 64, draw)


def test_rows_asked_for_in_order_are_computed_ahead_up_to_a_tile():
    stream = Counting()
    assert [int(stream.take(i, 1)[0]) for i in range(1000)] == [*range(1000)]
    assert stream.sizes[:8] == [1, 2, 4, 8, 16, 32, 64, 64]
    assert len(stream.sizes) < 1000 / 64 + 8


def test_rows_asked_for_at_random_are_computed_as_asked():
    stream = Counting()
    for start in np.random.default_rng(0).permutation(50) * 10:
        np.testing.assert_array_equal(stream.take(int(start), 3), np.arange(start, start + 3))
    assert stream.sizes == [3] * 50


def test_a_request_across_the_end_of_the_block_goes_on():
    stream = Counting()
    starts = np.cumsum([0, *np.random.default_rng(1).integers(1, 9, 300)])
    for start, end in pairwise(starts):
        np.testing.assert_array_equal(stream.take(int(start), int(end - start)), np.arange(start, end))
    assert len(stream.sizes) < 60


def test_another_stream_starts_anew_and_a_step_back_is_served():
    stream = Counting()
    for i in range(20):
        stream.take(i, 1)
    np.testing.assert_array_equal(stream.take(16, 3), [16, 17, 18])
    stream.take(20, 1, key="other")
    assert stream.sizes[-1] == 1


def test_where_a_tile_has_one_price_it_is_computed_at_once():
    stream = Counting()
    for i in range(65):
        stream.take(i, 1, least=64)
    assert stream.sizes == [64, 64]


@pytest.mark.parametrize("n", [1, 2, 7, 63])
def test_few_rows_at_a_time_are_those_of_the_stream(golden, n):
    whole = golden.sample(400, conditions=SET, rng=11)
    parts = [golden.sample(n, conditions=SET, rng=11, start=i) for i in range(0, 400 - n, n)]
    np.testing.assert_array_equal(np.concatenate(parts), whole[: n * len(parts)])


def test_the_rows_are_the_callers_own(golden):
    for i in range(10):
        golden.sample(1, conditions=SET, rng=12, start=i)[:] = np.nan
    assert np.isfinite(golden.sample(8, conditions=SET, rng=12, start=2)).all()


def test_other_conditions_seeds_and_domains_are_not_mixed(golden):
    seen = []
    for i in range(30):
        given = {"energy": 100.0 + i % 3, "kind": "abc"[i % 2]}
        seen.append((golden.sample(1, conditions=given, rng=13 + i % 2, start=i), given, 13 + i % 2, i))
    for drawn, given, seed, i in seen:
        one = golden.sample(1, conditions={name: [value] for name, value in given.items()}, rng=seed, start=i)
        np.testing.assert_array_equal(drawn, one)
    outside = {"energy": 501.0, "kind": "a"}
    golden.sample(1, conditions=outside, rng=1, domain="ignore")
    with pytest.raises(ConditionError):
        golden.sample(1, conditions=outside, rng=1)


def test_threads_read_their_own_streams(golden):
    whole = golden.sample(600, conditions=SET, rng=14)
    drawn = {}

    def read(first):
        drawn[first] = [golden.sample(1, conditions=SET, rng=14, start=i)[0] for i in range(first, first + 200)]

    threads = [threading.Thread(target=read, args=(first,)) for first in (0, 200, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(np.concatenate([drawn[first] for first in (0, 200, 400)]), whole)


def test_without_a_seed_no_row_comes_twice(golden):
    drawn = [golden.sample(n, conditions=SET) for n in [1] * 200 + [70, 3, 500, 1]]
    rows = np.concatenate(drawn).reshape(-1, 32)
    assert len(np.unique(rows, axis=0)) == len(rows) == 774


def test_two_surrogates_without_a_seed_differ(golden, golden_path):
    other = gs.load(golden_path, device="cpu")
    assert not np.array_equal(other.sample(1, conditions=SET), golden.sample(1, conditions=SET))


def test_the_last_rows_of_a_stream_are_reached_one_by_one(golden):
    end = 2**40
    whole = golden.sample(70, conditions=SET, rng=15, start=end - 70)
    single = [golden.sample(1, conditions=SET, rng=15, start=end - 70 + i)[0] for i in range(70)]
    np.testing.assert_array_equal(single, whole)
    with pytest.raises(ArgumentError, match="rows end"):
        golden.sample(1, conditions=SET, rng=15, start=end)
