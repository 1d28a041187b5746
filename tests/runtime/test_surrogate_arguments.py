"""Sampling: where signals go, what seeds them, and which arguments are refused."""

import numpy as np
import pytest

from gansurrogate.errors import ArgumentError, ArgumentTypeError

N = 200
SET = {"energy": 100.0, "kind": "b"}


def test_out_is_filled_and_returned(golden, conditions, expected):
    out = np.full(expected.shape, np.nan, np.float32)
    assert golden.sample(N, conditions=conditions, rng=3, out=out) is out
    np.testing.assert_array_equal(out, expected)


def test_out_may_be_a_memory_map_or_a_view(golden, conditions, expected, tmp_path):
    mapped = np.memmap(tmp_path / "signals", np.float32, "w+", shape=expected.shape)
    golden.sample(N, conditions=conditions, rng=3, out=mapped)
    mapped.flush()
    np.testing.assert_array_equal(np.fromfile(tmp_path / "signals", np.float32), expected.ravel())
    wide = np.zeros((N, 2, 32), np.float32)
    golden.sample(N, conditions=conditions, rng=3, out=wide[:, :, ::2])
    np.testing.assert_array_equal(wide[:, :, ::2], expected)
    assert not wide[:, :, 1::2].any()


@pytest.mark.parametrize(
    ("out", "error"),
    [
        (np.empty((3, 2, 16)), ArgumentTypeError),
        ([[0.0]], ArgumentTypeError),
        (np.empty((4, 2, 16), np.float32), ArgumentError),
        (np.empty((3, 32), np.float32), ArgumentError),
        (np.broadcast_to(np.float32(0), (3, 2, 16)), ArgumentError),
    ],
    ids=["float64", "list", "rows", "shape", "read-only"],
)
def test_a_wrong_out_is_refused(golden, out, error):
    with pytest.raises(error, match=r"^out is a"):
        golden.sample(3, conditions=SET, rng=1, out=out)


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.int64(7),
        lambda: np.uint8(7),
        lambda: np.random.default_rng(7),
        lambda: np.random.PCG64(7),
        lambda: np.random.SeedSequence(7),
    ],
    ids=["int64", "uint8", "Generator", "BitGenerator", "SeedSequence"],
)
def test_equal_rng_give_equal_signals(golden, make):
    first, second = (golden.sample(4, conditions=SET, rng=make()) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert isinstance(make(), np.integer) == np.array_equal(first, golden.sample(4, conditions=SET, rng=7))


def test_a_generator_advances_and_the_global_state_does_not(golden):
    generator = np.random.default_rng(7)
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    first, second = (golden.sample(4, conditions=SET, rng=generator) for _ in range(2))
    assert not np.array_equal(first, second)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_no_rng_takes_fresh_entropy(golden):
    first, second = (golden.sample(4, conditions=SET) for _ in range(2))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"n": -1}, ArgumentError),
        ({"n": 1.0}, ArgumentTypeError),
        ({"n": "3"}, ArgumentTypeError),
        ({"n": True}, ArgumentTypeError),
        ({"start": -1}, ArgumentError),
        ({"start": 0.5}, ArgumentTypeError),
        ({"tile": 0}, ArgumentError),
        ({"tile": 2.0}, ArgumentTypeError),
        ({"rng": 1.5}, ArgumentTypeError),
        ({"rng": "seed"}, ArgumentTypeError),
        ({"rng": True}, ArgumentTypeError),
        ({"rng": np.random.RandomState(1)}, ArgumentTypeError),
        ({"rng": 2**63}, ArgumentError),
        ({"rng": -(2**63) - 1}, ArgumentError),
        ({"domain": "explode"}, ArgumentError),
    ],
)
def test_impossible_arguments_are_refused_by_name(golden, arguments, error):
    ((name, value),) = arguments.items()
    with pytest.raises(error, match=rf"\b({name}|seed)\b"):
        golden.sample(**{"n": 1, "conditions": SET, name: value})
