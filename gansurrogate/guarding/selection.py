"""Which rows are checked: the same ones whenever, wherever and in whatever pieces they are drawn."""

import functools

import numpy as np
from numpy.typing import NDArray

from gansurrogate import rowlaw

BLOCKS = 1024  # hashed at a time
MOST = 2**31  # units in a block, so that words of 32 bits choose among them
COUNTER = 2**24 - 1  # the last one of a row, which no latent takes

Rows = NDArray[np.int64]


class Selection:
    """One unit of rows in each block of units, at a place that depends on the seed and the block only.

    Parameters
    ----------
    share : float
        Of the rows, in (0, 1]; blocks hold ``round(1 / share)`` units.
    unit : int
        Rows that the simulator computes together.
    """

    def __init__(self, share: float, unit: int) -> None:
        self._block, self._unit = min(round(1 / share), MOST), unit

    def rows(self, seed: int, start: int, n: int) -> Rows:
        """The chosen ones of rows ``start`` to ``start + n``, in order."""
        size, unit = self._block * self._unit, self._unit
        first, last = start // size, (start + n - 1) // size  # blocks
        if first == last:  # a host that draws few rows is not to wait
            begin = int(_chosen(seed, first // BLOCKS, self._block)[first % BLOCKS]) * unit
            return np.arange(max(begin, start), min(begin + unit, start + n))
        chunks = range(first // BLOCKS, last // BLOCKS + 1)
        parts = [_chosen(seed, chunk, self._block) for chunk in chunks]
        units = parts[0] if len(parts) == 1 else np.concatenate(parts)
        chosen = units[first - chunks[0] * BLOCKS : last + 1 - chunks[0] * BLOCKS]
        rows = (chosen[:, None] * unit + np.arange(unit)).ravel()
        return rows[(rows >= start) & (rows < start + n)]


@functools.lru_cache(maxsize=64)
def _chosen(seed: int, chunk: int, block: int) -> Rows:
    """The unit chosen in each block of a chunk."""
    blocks = np.arange(chunk * BLOCKS, (chunk + 1) * BLOCKS)
    word = rowlaw.words(seed, blocks, 1, COUNTER)[0][0]
    chosen: Rows = blocks * block + (word * np.uint64(block) // np.uint64(2**32)).astype(np.int64)
    return chosen
