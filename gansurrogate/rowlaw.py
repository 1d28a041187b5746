"""The row law: how a surrogate file turns (seed, row) into latents. The numpy reference of the same bits.

Row i depends on (seed, i) and on nothing else, so rows can be drawn in any order, chunk or process.
The exporter writes these very operations as ONNX nodes; this module is the oracle of its tests and
the text to read when the latents are wanted in another language.

The words come from Squares (B. Widynski, arXiv:2004.06278), a counter-based generator on wrapping 64-bit unsigned
integers. Its round squares, adds and swaps the halves; the upper half after four rounds is the published 32-bit
output. Further rounds, as in its parent, the middle square Weyl sequence (B. Widynski, arXiv:1704.00358), give three
more words. The row is in the low bits of the counter, the number of the counter within the row in the high bits.
What TestU01 says of it: docs/row-law.md.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.latent import WORDS, Latent
from gansurrogate.transforms import Values, Words, box_muller, one_hot, truncated_normal, uniform

NAME = "squares-2"
ROW_BITS = 40  # rows lie in [0, 2**40); the number of the counter occupies the 24 bits above
KEY = 0x548C9DECBCE65297  # odd, with irregular digits, as Widynski advises for keys


def squares(counter: NDArray[np.uint64], key: NDArray[np.uint64], words: int = WORDS) -> list[Words]:
    """`words` 32-bit words per counter: the upper halves after rounds four, five, ... of Squares."""
    half = np.uint64(2**32)
    drawn: list[Words] = []
    with np.errstate(over="ignore"):  # wrapping is the point
        y = counter * key
        z = y + key
        x = y
        for done in range(3 + words):
            x = x * x + (z if done % 2 else y)
            if done >= 3:
                drawn.append(x // half)
            x = x // half + x * half  # the halves swapped: the two terms share no bit
    return drawn


def key_of(seed: int) -> NDArray[np.uint64]:
    """The odd 64-bit key of `seed`: two words of Squares under `KEY`, the seed as counter."""
    high, low = squares(np.array([seed % 2**64], np.uint64), np.array([KEY], np.uint64), 2)
    return high * np.uint64(2**32) + low // np.uint64(2) * np.uint64(2) + np.uint64(1)


def words(seed: int, rows: ArrayLike, counters: int, first: int = 0) -> list[Words]:
    """The words of each (counter, row): `WORDS` arrays of shape (counters, rows), uint64 below 2**32."""
    row = np.asarray(rows).ravel()
    if row.size and (row.dtype.kind not in "iu" or row.min() < 0 or row.max() >= 2**ROW_BITS):
        got = f"{row.min()} to {row.max()}" if row.dtype.kind in "iu" else row.dtype
        msg = f"rows are whole numbers in [0, 2**{ROW_BITS}); got {got}"
        raise ArgumentError(msg)
    counter = np.arange(first, first + counters, dtype=np.uint64)[:, None] * np.uint64(2**ROW_BITS)
    return squares(row.astype(np.uint64) + counter, key_of(seed))


def latents(seed: int, rows: ArrayLike, blocks: Sequence[Latent]) -> Values:
    """The latents of `rows`, block after block.

    Parameters
    ----------
    seed : int
    rows : array of int
        Each in [0, 2**40), in any order.
    blocks : sequence of Latent
        Counters are handed out in this order.

    Returns
    -------
    array of shape (len(rows), sum of the blocks' widths)
        float32.
    """
    drawn: list[Values] = []
    first = 0
    for block in blocks:
        drawn.append(_values(block, words(seed, rows, block.counters, first)))
        first += block.counters
    return np.ascontiguousarray(np.concatenate(drawn).T)


def _values(block: Latent, drawn: list[Words]) -> Values:
    """A block's values, shape (width, rows). The first words of all its counters come first, then the second ones."""
    if block.kind == "normal":
        a, b = (np.concatenate(drawn[i::2]) for i in (0, 1))
        return np.concatenate(box_muller(a, b))[: block.size]
    word = np.concatenate(drawn)[: block.size]
    if block.kind == "truncated_normal":
        assert block.low is not None
        assert block.high is not None
        return truncated_normal(word, block.low, block.high)
    if block.kind == "categorical":
        return np.concatenate(one_hot(word, block.probabilities))
    return uniform(word)
