"""The row law against an independent implementation, known answers, exact mathematics and statistics."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from gansurrogate import rowlaw
from gansurrogate.errors import ArgumentError, SpecError
from gansurrogate.rowlaw import Latent

VECTORS = json.loads((Path(__file__).parent / "data" / "rowlaw-vectors.json").read_text())
SEEDS = [0, 1, 7, -1, -7, 2**32, -(2**32), 2**63 - 1, -(2**63), 0x123456789ABCDEF]
ROWS = [0, 1, 2, 3, 63, 64, 1_000_003, 2**31, 2**32, 2**32 + 1, 2**39, 2**40 - 2, 2**40 - 1]


def squares_pair(counter: int, key: int) -> tuple[int, int]:
    """Squares (arXiv:2004.06278) in whole numbers: upper halves after rounds four and five."""
    mask = 2**64 - 1

    def swapped(value: int) -> int:
        value &= mask
        return value >> 32 | (value & 0xFFFFFFFF) << 32

    y = counter * key & mask
    z = y + key & mask
    x = swapped(y * y + y)
    x = swapped(x * x + z)
    x = swapped(x * x + y)
    fourth = x * x + z & mask
    fifth = swapped(fourth) ** 2 + y & mask
    return fourth >> 32, fifth >> 32


def words(seed: int, row: int, pair: int) -> tuple[int, int]:
    """Two words of one row; the key is two words of Squares under fixed keys with the seed as counter."""
    high = squares_pair(seed % 2**64, 0x548C9DECBCE65297)[0]
    low = squares_pair(seed % 2**64, 0xC58EF2A1D64B739D)[0]
    return squares_pair(row + pair * 2**40, high << 32 | low | 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_words_agree_with_whole_number_arithmetic(seed):
    first, second = rowlaw.words(seed, ROWS, 5)
    expected = np.array([[words(seed, row, pair) for row in ROWS] for pair in range(5)], np.uint64)
    np.testing.assert_array_equal(first, expected[..., 0])
    np.testing.assert_array_equal(second, expected[..., 1])


def test_words_agree_for_random_seeds_rows_and_pairs():
    random = np.random.default_rng(20)
    for _ in range(200):
        seed, row = int(random.integers(-(2**63), 2**63)), int(random.integers(2**40))
        pair = int(random.integers(2**24))
        a, b = rowlaw.words(seed, [row], 1, pair)
        assert (int(a[0, 0]), int(b[0, 0])) == words(seed, row, pair)


@pytest.mark.parametrize("case", VECTORS["words"], ids=lambda case: f"seed {case['seed']}")
def test_words_are_the_known_answers(case):
    a, b = rowlaw.words(int(case["seed"]), [case["row"]], 1, case["pair"])
    assert [f"{int(w[0, 0]):08x}" for w in (a, b)] == case["words"]
    assert list(words(int(case["seed"]), case["row"], case["pair"])) == [int(w, 16) for w in case["words"]]


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


@pytest.mark.parametrize(("kind", "size"), [("gamma", 2), ("normal", 0), ("uniform", -1)])
def test_impossible_blocks_are_refused(kind, size):
    with pytest.raises(SpecError, match="positive size"):
        Latent(kind, size)


def test_box_muller_is_within_its_documented_error():
    random = np.random.default_rng(3)
    edges = np.array([0, 1, 2, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1], np.uint64)
    a = np.concatenate([random.integers(2**32, size=400_000, dtype=np.uint64), np.repeat(edges, 7)])
    b = np.concatenate([random.integers(2**32, size=400_000, dtype=np.uint64), np.tile(edges, 7)])
    radius = np.sqrt(-2 * np.log((a.astype(np.float64) + 0.5) / 2**32))
    angle = 2 * np.pi * (b.astype(np.float64) / 2**32 - 0.5)
    exact = np.stack([radius * np.cos(angle), radius * np.sin(angle)])
    deviation = np.abs(np.stack(rowlaw.box_muller(a, b)) - exact)
    assert deviation[:, radius >= 0.02].max() < 1e-4
    assert deviation.max() < 2e-3
    assert math.sqrt((deviation**2).mean()) < 2e-6


def test_extreme_words_give_finite_normals_and_uniforms_above_zero():
    extreme = np.array([0, 2**32 - 1], np.uint64)
    a, b = (grid.ravel() for grid in np.meshgrid(extreme, extreme))
    normals = np.stack(rowlaw.box_muller(a, b))
    assert np.isfinite(normals).all()
    assert np.abs(normals).max() < 6.8  # sqrt(2 * 33 ln 2)
    uniform = rowlaw._unit(extreme)
    assert 0 < uniform[0] < uniform[1] <= 1
