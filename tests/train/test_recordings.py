"""Signals drawn from a signal generator."""

from typing import Any

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.train import Recordings, from_signal_generator
from gansurrogate.train.recordings import FEWEST

SPEC = gs.SignalSpec(
    shape=(3,), conditions=(gs.Condition("energy", low=2, high=5), gs.Condition("kind", levels=("a", "b")))
)


class Echo(gs.SignalGenerator):
    """Gives back its conditions beside a random value."""

    name, spec = "echo", SPEC

    def __init__(self, rows_per_seed: int = 1, work: int = 0) -> None:
        self.rows_per_seed, self.work = rows_per_seed, work

    def simulate(self, n: int, rng: np.random.Generator, *, energy: Any, kind: Any) -> np.ndarray:
        np.linalg.svd(np.ones((self.work, self.work)))
        return np.stack([energy, kind == "b", rng.random(n)], 1)


def test_signals_stay_beside_their_conditions() -> None:
    drawn = from_signal_generator(Echo(), 150, seed=1)
    assert drawn.signals.shape == (150, 3)
    assert drawn.signals.dtype == np.float32
    np.testing.assert_array_equal(drawn.signals[:, 0], drawn.conditions["energy"])
    np.testing.assert_array_equal(drawn.signals[:, 1], drawn.conditions["kind"])


def test_conditions_cover_their_range_and_all_levels() -> None:
    given = from_signal_generator(Echo(), 500, seed=1).conditions
    assert 2 <= given["energy"].min() < 2.1
    assert 4.9 < given["energy"].max() <= 5
    assert set(given["kind"].tolist()) == {0, 1}


def test_the_same_seed_gives_the_same_recordings_and_another_one_others() -> None:
    first, again, other = (from_signal_generator(Echo(), 120, seed=seed) for seed in (1, 1, 2))
    assert first.digest() == again.digest() != other.digest()
    np.testing.assert_array_equal(first.signals, again.signals)


def test_a_negative_seed_is_a_seed_like_any_other() -> None:
    assert from_signal_generator(Echo(), 120, seed=-1).digest() == from_signal_generator(Echo(), 120, seed=-1).digest()


def test_fewer_signals_are_the_first_of_more() -> None:
    few, many = (
        from_signal_generator(Echo(rows_per_seed=16), 130, seed=3),
        from_signal_generator(Echo(rows_per_seed=16), 260, seed=3),
    )
    np.testing.assert_array_equal(few.signals, many.signals[:130])


@pytest.mark.parametrize(("block", "expected"), [(1, FEWEST), (64, 128)])
def test_a_spent_time_limit_still_gives_enough_to_train_on(block: int, expected: int) -> None:
    assert len(from_signal_generator(Echo(block), 10_000, seed=1, seconds=0).signals) == expected


def test_a_slow_generator_stops_when_its_time_is_over() -> None:
    asked = 100_000  # minutes of work
    drawn = from_signal_generator(Echo(work=30), asked, seed=1, seconds=0.1)
    assert FEWEST <= len(drawn.signals) < asked
    assert all(len(values) == len(drawn.signals) for values in drawn.conditions.values())


def test_progress_counts_up_to_the_number_wanted() -> None:
    seen: list[tuple[int, int]] = []
    from_signal_generator(Echo(rows_per_seed=64), 150, seed=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(64, 150), (128, 150), (150, 150)]


def test_recordings_say_where_they_come_from() -> None:
    drawn = from_signal_generator(Echo(), 100, seed=1)
    assert drawn.name == "echo"
    assert drawn.provenance == {"signal_generator": "echo"}


def test_a_digest_notices_a_changed_condition(recordings: Recordings) -> None:
    changed = {**recordings.conditions, "kind": recordings.conditions["kind"][::-1]}
    other = Recordings(recordings.name, recordings.spec, recordings.signals, changed, {})
    assert other.digest() != recordings.digest()


def test_recordings_are_a_signal_generator_that_gives_all_of_them_once() -> None:
    drawn = from_signal_generator(Echo(), 150, seed=1)
    generator = drawn.signal_generator()
    again = from_signal_generator(generator, 5000, seed=2)
    assert (again.name, again.spec) == ("echo", SPEC)
    order = np.lexsort(again.signals.T)
    np.testing.assert_array_equal(again.signals[order], drawn.signals[np.lexsort(drawn.signals.T)])
    np.testing.assert_array_equal(again.signals[:, 0], again.conditions["energy"])
    np.testing.assert_array_equal(again.signals[:, 1], again.conditions["kind"])
