"""Where a surrogate may answer for its signal generator: the two specs compared, and the conditions of a call."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import SpecError
from gansurrogate.spec import SignalSpec


def check_same_signal(surrogate: SignalSpec, simulator: SignalSpec) -> None:
    """Check that two specs say the same of a signal; the ranges of their conditions may differ.

    Raises
    ------
    SpecError
        With the first thing that differs.
    """
    for what in ("shape", "unit", "tokens", "axes"):
        _same(what, getattr(surrogate, what), getattr(simulator, what))
    names = [[c.name for c in spec.conditions] for spec in (surrogate, simulator)]
    _same("conditions", *map(sorted, names))
    known = {c.name: c for c in simulator.conditions}
    for c in surrogate.conditions:
        for what in ("unit", "kind", "shape"):
            _same(f"{what} of condition {c.name!r}", getattr(c, what), getattr(known[c.name], what))


def inside(surrogate: SignalSpec, conditions: Mapping[str, NDArray[Any]], n: int) -> NDArray[np.bool_]:
    """For each of `n` signals, whether `surrogate` covers its conditions.

    Parameters
    ----------
    conditions : mapping of name to array of shape (n, *shape of the condition)
        As a user writes them, checked.
    """
    covered = np.ones(n, bool)
    for c in surrogate.conditions:
        given = conditions[c.name]
        low, high = np.float32(c.low or 0), np.float32(c.high or 0)  # float32, as the file compares
        values = np.isin(given, c.levels) if c.levels else (given >= low) & (given <= high)
        covered &= values.reshape(n, c.size).all(1)
    return covered


def replaced(
    surrogate: SignalSpec, conditions: Mapping[str, NDArray[Any]], rows: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """`conditions` with some that `surrogate` covers in place of those of `rows`."""
    changed = {}
    for c in surrogate.conditions:
        changed[c.name] = conditions[c.name].copy()
        changed[c.name][rows] = c.levels[0] if c.levels else c.low
    return changed


def _same(what: str, surrogate: object, simulator: object) -> None:
    if surrogate != simulator:
        msg = f"surrogate and simulator differ in {what}: {surrogate!r} and {simulator!r}; guard() takes two of a kind"
        raise SpecError(msg)
