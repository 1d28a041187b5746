"""Rows computed ahead for a host that asks for few at a time, in order.

One call of the graph costs the launch of each of its nodes, whether for one row or for sixty-four. A host that draws
signal after signal would pay that for each. As an operating system does with files, the second request that follows the
one before it makes the rows after it be computed as well, at first a few, then more, up to a tile.
"""

import os
import threading
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress

import numpy as np
from numpy.typing import ArrayLike

from gansurrogate.arguments import seed_of
from gansurrogate.conditions import Domain
from gansurrogate.rowlaw import ROW_BITS
from gansurrogate.signals import SignalArray
from gansurrogate.spec import SignalSpec


class ReadAhead:
    """The rows at hand for one reader (a thread) of one stream at a time."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._block: SignalArray | None = None
        self._first = self._end = 0  # the rows in the block
        self._next = -1  # the row that would continue the last request
        self._size = 0

    def take(
        self, key: Hashable, start: int, n: int, least: int, most: int, draw: Callable[[int], SignalArray]
    ) -> SignalArray:
        """Rows ``start`` to ``start + n`` of stream `key`.

        Parameters
        ----------
        least, most : int
            How many rows to compute at a time: at once, and in the end.
        draw : callable
            ``draw(size)`` computes `size` rows from `start` on.

        Returns
        -------
        array of shape (n, ...)
            The caller's own.
        """
        end = start + n
        if self._block is not None and self._key == key and self._first <= start and end <= self._end:
            self._next = end
            return self._block[start - self._first : end - self._first].copy()
        sequential = self._key == key and self._next == start
        self._size = min(2 * max(self._size, n), most) if sequential else max(n, least)
        self._key, self._next, self._block = key, end, None
        if self._size <= n:
            return draw(n).copy()  # onnxruntime's own array would keep its arena alive
        block = draw(self._size)
        self._block, self._first, self._end = block, start, start + len(block)
        return block[:n].copy()


class Reader(threading.local):
    """What one thread has read: rows computed ahead, and its place in a stream of its own."""

    def __init__(self) -> None:
        self.ahead = ReadAhead()
        self._process = self._seed = self._next = -1

    def fresh(self, n: int, start: int) -> tuple[int, int]:
        """Seed and first row of `n` rows that nobody had before, `start` rows further on."""
        if self._process != os.getpid() or self._next + start + n > 2**ROW_BITS:  # a fork copies the stream
            self._process, self._seed, self._next = os.getpid(), seed_of(None), 0
        first = self._next + start
        self._next = first + n
        return self._seed, first


def stream_key(spec: SignalSpec, seed: int, conditions: Mapping[str, ArrayLike] | None, domain: Domain) -> Hashable:
    """What makes a stream of rows, or None if each row has conditions of its own."""
    if not conditions:
        return (seed,)
    if not isinstance(conditions, Mapping):
        return None
    shapes = {c.name: c.shape for c in spec.conditions}
    parts = [(name, _content(value, shapes.get(name, ()))) for name, value in conditions.items()]
    return None if any(content is None for _, content in parts) else (seed, domain, *parts)


def _content(value: ArrayLike, shape: tuple[int, ...]) -> Hashable:
    """A condition's value, if it is one number, word or array for all rows."""
    if isinstance(value, int | float | str):
        return value
    if shape:
        with suppress(ValueError):  # of lists that make no array; whoever encodes them says so
            array = np.asarray(value)
            if array.shape == shape and array.dtype.kind in "fiuU":
                return array.dtype.str, array.tobytes()
    return None
