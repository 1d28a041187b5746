"""Where a surrogate may answer for its signal generator: the two specs compared, and the conditions of a call."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import SpecError
from gansurrogate.spec import SignalSpec


def check_covers(simulator: SignalSpec, surrogate: SignalSpec) -> None:
    """Check that two specs say the same of a signal, and that the simulator's conditions reach as far at least.

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
        wider = known[c.name]
        for what in ("unit", "kind", "shape"):
            _same(f"{what} of condition {c.name!r}", getattr(c, what), getattr(wider, what))
        if not _covers(wider, np.array(c.levels or (c.low, c.high))).all():
            msg = f"the simulator has {wider.describe()}, which is less than the surrogate's {c.describe()}"
            raise SpecError(msg)


def inside(surrogate: SignalSpec, conditions: Mapping[str, NDArray[Any]], n: int) -> NDArray[np.bool_]:
    """For each of `n` signals, whether `surrogate` covers its conditions.

    Parameters
    ----------
    conditions : mapping of name to array of shape (n, *shape of the condition)
        As a user writes them, checked.
    """
    covered = np.ones(n, bool)
    for c in surrogate.conditions:
        covered &= _covers(c, conditions[c.name]).reshape(n, c.size).all(1)
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


def _covers(condition: Condition, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `values` lie in the condition's range, compared in float32 as the file does, or among its levels."""
    if condition.levels:
        return np.isin(values, condition.levels)
    low, high, given = (np.asarray(value, np.float32) for value in (condition.low, condition.high, values))
    return (given >= low) & (given <= high)


def _same(what: str, surrogate: object, simulator: object) -> None:
    if surrogate != simulator:
        msg = f"surrogate and simulator differ in {what}: {surrogate!r} and {simulator!r}; guard() takes two of a kind"
        raise SpecError(msg)
