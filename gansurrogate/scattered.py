"""Rows of a signal generator, wherever they lie, for the price of the rows that they belong to."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.signals import Sampler, SignalArray

Rows = NDArray[np.int64]


def unit_of(simulator: Sampler) -> int:
    """How many rows `simulator` computes together."""
    return max(1, int(getattr(simulator, "rows_per_seed", 1)))


def simulate(simulator: Sampler, rows: Rows, seed: int, conditions: Mapping[str, NDArray[Any]]) -> SignalArray:
    """The signals of `rows`, in their order.

    Rows that are neighbours, or are computed together anyway, are asked for in one call.

    Parameters
    ----------
    conditions : mapping of name to array of shape (len(rows), ...)
        As a user writes them, checked.
    """
    unit = unit_of(simulator)
    signals = np.empty((len(rows), *simulator.spec.shape), simulator.spec.dtype)
    apart = (np.diff(rows) <= 0) | (np.diff(rows // unit) > 1)
    for wanted in np.split(np.arange(len(rows)), np.flatnonzero(apart) + 1):
        first, last = int(rows[wanted[0]]), int(rows[wanted[-1]])
        # Rows in between that nobody wants borrow the conditions of the wanted one before them.
        nearest = wanted[np.searchsorted(rows[wanted], np.arange(first, last + 1), side="right") - 1]
        given = {name: values[nearest] for name, values in conditions.items()}
        run = simulator.sample(last + 1 - first, conditions=given, rng=seed, start=first, domain="ignore")
        signals[wanted] = run[rows[wanted] - first]
    return signals
