"""The row law: how a surrogate file turns (seed, row) into latents. The numpy reference of the same bits.

Row i depends on (seed, i) and on nothing else, so rows can be drawn in any order, chunk or process.
The exporter writes these very operations as ONNX nodes; this module is the oracle of its tests and
the text to read when the latents are wanted in another language.

1. **Words.** The Squares counter-based generator (B. Widynski, arXiv:2004.06278) on 64-bit unsigned
   integers, wrapping. Two 32-bit words from five rounds. Row in the low bits of the counter, number of the
   word pair in the high bits.
2. **Values.** A uniform value is a word scaled to (0, 1]. Two normal values come from two words by
   Box-Muller with +, -, *, / and sqrt only: these are correctly rounded everywhere, while log, sin and
   cos differ between libraries, and even between the vector body and the tail of one loop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.errors import ArgumentError, SpecError

NAME = "squares-1"
ROW_BITS = 40  # rows lie in [0, 2**40); the word pair occupies the 24 bits above
KEY_HIGH = 0x548C9DECBCE65297  # odd constants with irregular digits, as Widynski advises for keys
KEY_LOW = 0xC58EF2A1D64B739D

# -2 ln u = q P(q^2) with v = u^(1/32), q = (1 - v) / (1 + v): 128 atanh(q) by Chebyshev fit.
LOG = (128.0, 42.66638, 25.61914, 17.84252, 18.295536)
# sin(pi a) = a P(a^2) and cos(pi a) = P(a^2) for a in [-1/2, 1/2].
SIN = (3.1415927, -5.1677103, 2.5500774, -0.5982913, 0.07765766)
COS = (1.0, -4.934802, 4.058709, -1.335212, 0.23493731, -0.024396325)


@dataclass(frozen=True)
class Latent:
    """One block of a row's latents: `size` values, all uniform on (0, 1] or all standard normal."""

    kind: Literal["uniform", "normal"]
    size: int

    def __post_init__(self) -> None:
        if self.kind not in ("uniform", "normal") or type(self.size) is not int or self.size < 1:
            msg = f"a latent block is 'uniform' or 'normal' with a positive size; got {self}"
            raise SpecError(msg)

    @property
    def pairs(self) -> int:
        """Word pairs that the block takes."""
        return -(-self.size // 2)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Latent":
        """The block from its manifest entry ``{"kind": ..., "size": ...}``."""
        return cls(data["kind"], data["size"])


def _swap_halves(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Exchange the upper and lower 32 bits (the two terms share no bit, so + stands for |)."""
    return x // np.uint64(2**32) + x * np.uint64(2**32)


def squares_pair(counter: NDArray[np.uint64], key: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], ...]:
    """Two 32-bit words per counter: the upper halves after rounds four and five of Squares."""
    with np.errstate(over="ignore"):  # wrapping is the point
        y = counter * key
        z = y + key
        x = _swap_halves(y * y + y)
        x = _swap_halves(x * x + z)
        x = _swap_halves(x * x + y)
        x = x * x + z
        first = x // np.uint64(2**32)
        x = _swap_halves(x)
        return first, (x * x + y) // np.uint64(2**32)


def key_of(seed: int) -> NDArray[np.uint64]:
    """The odd 64-bit key of `seed`: two words of Squares under fixed keys, the seed as counter."""
    counter = np.array([seed % 2**64], np.uint64)
    high, _ = squares_pair(counter, np.array([KEY_HIGH], np.uint64))
    low, _ = squares_pair(counter, np.array([KEY_LOW], np.uint64))
    two = np.uint64(2)
    return high * np.uint64(2**32) + low // two * two + np.uint64(1)


def words(seed: int, rows: ArrayLike, pairs: int, first_pair: int = 0) -> tuple[NDArray[np.uint64], ...]:
    """The two words of each (word pair, row).

    Returns
    -------
    two arrays of shape (pairs, rows)
        uint64, below 2**32.
    """
    row = np.asarray(rows).ravel()
    if row.size and (row.dtype.kind not in "iu" or row.min() < 0 or row.max() >= 2**ROW_BITS):
        got = f"{row.min()} to {row.max()}" if row.dtype.kind in "iu" else row.dtype
        msg = f"rows are whole numbers in [0, 2**{ROW_BITS}); got {got}"
        raise ArgumentError(msg)
    pair = np.arange(first_pair, first_pair + pairs, dtype=np.uint64)[:, None]
    return squares_pair(row.astype(np.uint64) + pair * np.uint64(2**ROW_BITS), key_of(seed))


def _polynomial(coefficients: Sequence[float], x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Horner's rule, lowest coefficient first."""
    value = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = value * x + np.float32(coefficient)
    return value


def _unit(word: NDArray[np.uint64]) -> NDArray[np.float32]:
    """A 32-bit word as float32 in (0, 1]."""
    return word.astype(np.uint32).astype(np.float32) * np.float32(2**-32) + np.float32(2**-33)


def box_muller(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> tuple[NDArray[np.float32], ...]:
    """Two standard normals from two words, bit for bit the same on every IEEE 754 machine.

    Largest deviation from the exact transform 1e-4, but for radii below 0.02 (one in 5,000), where it
    reaches 2e-3; rms 2e-6.
    """
    root = _unit(a)
    for _ in range(5):
        root = np.sqrt(root)  # u^(1/32), close enough to 1 for a short series
    q = (np.float32(1) - root) / (root + np.float32(1))
    radius = np.sqrt(_polynomial(LOG, q * q) * q)
    half = b.astype(np.uint32).astype(np.float32) * np.float32(2**-32) + np.float32(-0.5)  # angle / 2 pi
    square = half * half
    sine = _polynomial(SIN, square) * half
    cosine = _polynomial(COS, square)
    twice = sine + sine
    return radius * (np.float32(1) - twice * sine), radius * (twice * cosine)


def latents(seed: int, rows: ArrayLike, blocks: Sequence[Latent]) -> NDArray[np.float32]:
    """The latents of `rows`, block after block.

    Parameters
    ----------
    seed : int
    rows : array of int
        Each in [0, 2**40), in any order.
    blocks : sequence of Latent
        Word pairs are handed out in this order.

    Returns
    -------
    array of shape (len(rows), sum of the blocks' sizes)
        float32.
    """
    drawn: list[NDArray[np.float32]] = []
    pair = 0
    for block in blocks:
        a, b = words(seed, rows, block.pairs, pair)
        halves = box_muller(a, b) if block.kind == "normal" else (_unit(a), _unit(b))
        drawn.append(np.concatenate(halves)[: block.size])  # (size, rows): the first words, then the second
        pair += block.pairs
    return np.ascontiguousarray(np.concatenate(drawn).T)
