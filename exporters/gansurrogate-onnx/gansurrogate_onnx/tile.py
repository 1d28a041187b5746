"""How many rows to compute in one call: measured, since it depends on the network and on the caches.

Few rows pay for the launch of every node, many rows leave the cache. Tiles are timed in turns, by the CPU time of
the thread, so that other programs disturb little.
"""

import time
from collections.abc import Sequence
from statistics import median

import numpy as np
from numpy.typing import ArrayLike

from gansurrogate.surrogate import Surrogate, load_own

TILES = (16, 32, 64, 128, 256, 512, 1024, 2048)
ROUNDS = 7
SLOWEST = 0.25  # seconds that one call may take while it is timed
CLOSE = 1.03  # a larger tile that is this near the best is preferred: threads meet less often at Python's lock


def sweep(data: bytes, sizes: Sequence[int] = TILES) -> dict[int, float]:
    """Microseconds per signal of a surrogate file at each tile, on one thread of this machine.

    Tiles beyond the first one whose call takes longer than `SLOWEST` are left out.
    """
    surrogate = load_own(data, threads=1, verify=False)
    middle = _middle(surrogate)
    tiles: list[int] = []
    for tile in sizes:
        tiles.append(tile)
        if _seconds(surrogate, middle, tile) > SLOWEST:  # also warms up
            break
    rounds = [[_seconds(surrogate, middle, tile) for tile in tiles] for _ in range(ROUNDS)]
    return {tile: median(times) / tile * 1e6 for tile, times in zip(tiles, zip(*rounds, strict=True), strict=True)}


def best(microseconds: dict[int, float]) -> int:
    """The largest tile that is about as fast as the fastest."""
    limit = CLOSE * min(microseconds.values())
    return max(tile for tile, value in microseconds.items() if value <= limit)


def speed_ratio(before: Surrogate, tile: int, after: Surrogate, tile_after: int) -> float:
    """How many times as fast as `before` `after` is, each at its tile, on one thread of this machine."""

    given = _middle(before)
    ratios = []
    for _ in range(2 * ROUNDS + 1):
        first, second = _seconds(before, given, tile) / tile, _seconds(after, given, tile_after) / tile_after
        ratios.append(first / second)
    return median(ratios[1:])  # the first one warms up


def _middle(surrogate: Surrogate) -> dict[str, ArrayLike]:
    return {c.name: c.at(np.full(c.shape, 0.5)) for c in surrogate.spec.conditions}


def _seconds(surrogate: Surrogate, conditions: dict[str, ArrayLike], tile: int) -> float:
    began = time.thread_time()
    surrogate.sample(tile, conditions=conditions, rng=0, tile=tile)
    return time.thread_time() - began
