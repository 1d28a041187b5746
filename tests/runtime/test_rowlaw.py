"""The row law against an independent implementation, known answers, exact mathematics and statistics."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from gansurrogate import rowlaw
from gansurrogate.errors import ArgumentError, SpecError
from gansurrogate.latent import Latent

VECTORS = json.loads((Path(__file__).parent / "data" / "rowlaw-vectors.json").read_text())
SEEDS = [0, 1, 7, -1, -7, 2**32, -(2**32), 2**63 - 1, -(2**63), 0x123456789ABCDEF]
ROWS = [0, 1, 2, 3, 63, 64, 1_000_003, 2**31, 2**32, 2**32 + 1, 2**39, 2**40 - 2, 2**40 - 1]


def squares(counter: int, key: int, rounds: int) -> int:
    """Squares (arXiv:2004.06278) in whole numbers and shifts: the upper half after some rounds."""
    mask = 2**64 - 1
    y = x = counter * key & mask
    z = y + key & mask
    for done in range(rounds):
        x = x * x + (z if done % 2 else y) & mask
        upper = x >> 32
        x = upper | x << 32 & mask
    return upper


def words(seed: int, row: int, counter: int) -> list[int]:
    """Four words of one row: rounds four to seven; the key is two such words with the seed as counter."""
    high, low = (squares(seed % 2**64, 0x548C9DECBCE65297, rounds) for rounds in (4, 5))
    return [squares(row + counter * 2**40, high << 32 | low | 1, rounds) for rounds in (4, 5, 6, 7)]


@pytest.mark.parametrize("seed", SEEDS)
def test_words_agree_with_whole_number_arithmetic(seed):
    expected = np.array([[words(seed, row, counter) for row in ROWS] for counter in range(5)], np.uint64)
    np.testing.assert_array_equal(np.stack(rowlaw.words(seed, ROWS, 5), axis=-1), expected)


def test_words_agree_for_random_seeds_rows_and_counters():
    random = np.random.default_rng(20)
    for _ in range(200):
        seed, row = int(random.integers(-(2**63), 2**63)), int(random.integers(2**40))
        counter = int(random.integers(2**24))
        drawn = rowlaw.words(seed, [row], 1, counter)
        assert [int(word[0, 0]) for word in drawn] == words(seed, row, counter)


@pytest.mark.parametrize("case", VECTORS["words"], ids=lambda case: f"seed {case['seed']}")
def test_words_are_the_known_answers(case):
    drawn = rowlaw.words(int(case["seed"]), [case["row"]], 1, case["counter"])
    assert [f"{int(word[0, 0]):08x}" for word in drawn] == case["words"]
    assert words(int(case["seed"]), case["row"], case["counter"]) == [int(word, 16) for word in case["words"]]


@pytest.mark.parametrize("case", VECTORS["latents"], ids=lambda case: f"seed {case['seed']}")
def test_latents_are_the_known_bits(case):
    blocks = [Latent(**block) for block in case["blocks"]]
    drawn = rowlaw.latents(int(case["seed"]), case["rows"], blocks)
    assert drawn.dtype == np.float32
    assert [row.astype(">f4").tobytes().hex(" ", 4) for row in drawn] == case["float32"]


def test_rows_do_not_depend_on_order_or_on_each_other():
    blocks = (Latent("uniform", 3), Latent("normal", 5))
    rows = np.arange(1000, 1100)
    whole = rowlaw.latents(5, rows, blocks)
    order = np.random.default_rng(1).permutation(100)
    np.testing.assert_array_equal(rowlaw.latents(5, rows[order], blocks), whole[order])
    single = [rowlaw.latents(5, [row], blocks)[0] for row in rows[:17]]
    np.testing.assert_array_equal(single, whole[:17])


def test_blocks_share_no_words():
    together = rowlaw.latents(5, range(50), [Latent("uniform", 4), Latent("uniform", 4)])
    assert len(np.unique(together)) == together.size
    np.testing.assert_array_equal(together[:, :4], rowlaw.latents(5, range(50), [Latent("uniform", 4)]))


def test_odd_blocks_have_their_size():
    drawn = rowlaw.latents(5, range(4), [Latent("normal", 3), Latent("uniform", 1)])
    assert drawn.shape == (4, 4)
    np.testing.assert_array_equal(drawn[:, :3], rowlaw.latents(5, range(4), [Latent("normal", 4)])[:, [0, 1, 2]])


def test_no_rows_give_no_latents():
    assert rowlaw.latents(1, [], [Latent("normal", 4)]).shape == (0, 4)


@pytest.mark.parametrize("rows", [[-1], [0, 2**40], [2**63 - 1], [-(2**63), 5], [0.5], ["1"]])
def test_rows_outside_the_law_are_refused(rows):
    with pytest.raises(ArgumentError, match=r"^rows .* in \[0, 2\*\*40\)"):
        rowlaw.words(0, rows, 1)


@pytest.mark.parametrize(
    "block",
    [
        {"kind": "gamma", "size": 2},
        {"kind": "normal", "size": 0},
        {"kind": "uniform", "size": -1},
        {"kind": "uniform", "size": 2**26 + 1},
        {"kind": "uniform", "size": 2.0},
        {"kind": "normal", "size": 2, "low": 0, "high": 1},
        {"kind": "normal", "size": 2, "probabilities": (0.5, 0.5)},
        {"kind": "truncated_normal", "size": 2},
        {"kind": "truncated_normal", "size": 2, "low": 1, "high": 1},
        {"kind": "truncated_normal", "size": 2, "low": -5, "high": 1},
        {"kind": "truncated_normal", "size": 2, "low": 0, "high": math.nan},
        {"kind": "categorical", "size": 1},
        {"kind": "categorical", "size": 1, "probabilities": (1.0,)},
        {"kind": "categorical", "size": 1, "probabilities": (0.5, 0.0)},
    ],
    ids=str,
)
def test_impossible_blocks_are_refused(block):
    with pytest.raises(SpecError, match=r"latent block is one of|bounds|probabilities"):
        Latent(**block)
