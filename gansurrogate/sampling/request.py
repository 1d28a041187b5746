"""One call of `sample`: its rows, its conditions, and how they are cut into tiles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate import rowlaw
from gansurrogate.arguments import check_integer
from gansurrogate.conditions import Domain
from gansurrogate.errors import ArgumentError
from gansurrogate.session import Feeds
from gansurrogate.spec import SignalSpec


@dataclass(frozen=True)
class Request:
    """Rows ``start`` to ``start + n`` of the stream `seed`, computed `tile` at a time.

    Attributes
    ----------
    conditions : dict
        Each as the file takes it, shape (n, *shape of the condition).
    outside : array of shape (n,) or None
        With ``domain="simulate"``: which rows have conditions outside the range; None if there is no such row.
    """

    n: int
    start: int
    tile: int
    seed: int
    conditions: dict[str, Any]
    outside: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls,
        spec: SignalSpec,
        n: int,
        conditions: Mapping[str, ArrayLike] | None,
        seed: int,
        start: int,
        domain: Domain,
        tile: int,
    ) -> "Request":
        """Check what a user asks for.

        Raises
        ------
        ArgumentError, ArgumentTypeError, ConditionError
            For impossible arguments.
        """
        n, start, tile = check_integer(n, "n"), check_integer(start, "start"), check_integer(tile, "tile", least=1)
        if start + n > 2**rowlaw.ROW_BITS:
            msg = f"rows end at 2**{rowlaw.ROW_BITS}; got start + n = {start + n}: take another seed"
            raise ArgumentError(msg)
        encoded = spec.encode_conditions(conditions, n, domain)
        outside = None
        if domain == "simulate" and spec.conditions:
            beyond = np.logical_or.reduce([c.outside(encoded[c.name]) for c in spec.conditions])
            outside = beyond if beyond.any() else None
        return cls(n, start, tile, seed, encoded, outside)

    def firsts(self) -> range:
        """Where each tile begins, counted from `start`."""
        return range(0, self.n, self.tile)

    def feeds(self, first: int, *, padded: bool) -> Feeds:
        """The graph's inputs for the tile that begins at `first`.

        `padded`: a last tile that is not full is filled up with its last row, so that every call has one shape.
        """
        size = self.tile if padded else min(self.tile, self.n - first)
        rows = np.arange(first, first + size)
        if first + size > self.n:
            np.minimum(rows, self.n - 1, out=rows)
        given = {name: np.ascontiguousarray(value[rows]) for name, value in self.conditions.items()}
        return {"seed": np.array(self.seed, np.int64), "rows": rows + self.start, **given}

    def overlapping(self) -> Iterator[tuple[int, Feeds]]:
        """Tiles of one shape without padding: the last one begins earlier and repeats rows of the one before.

        Fewer rows than a tile are one smaller tile.
        """
        for first in self.firsts():
            begin = max(0, min(first, self.n - self.tile))
            yield begin, self.feeds(begin, padded=False)
