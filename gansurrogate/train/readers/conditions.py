"""Conditions as files have them: numbers and texts, whose range or levels follow from the values."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import RecordingsError

MOST_LEVELS = 10  # integers of more different values are numbers, not categories
LARGEST = float(np.finfo(np.float32).max)
LEAVE_OUT = "name the conditions that you want (--conditions A,B), or none (--no-conditions)"


def plain(values: ArrayLike) -> NDArray[Any]:
    """Values as numbers or as texts: bytes and objects become texts, yes and no become 1 and 0."""
    array = np.asarray(values)
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8")
    if array.dtype.kind in "OT":
        return np.array([v.decode() if isinstance(v, bytes) else str(v) for v in array.ravel()]).reshape(array.shape)
    return array.astype(np.int64) if array.dtype.kind == "b" else array


def infer(name: str, values: NDArray[Any], n: int, unit: str) -> Condition:
    """The condition `name` of `n` signals: texts and few integers are levels, other numbers have a range.

    Raises
    ------
    RecordingsError, SpecError
        If the values are no condition.
    """
    if values.shape[:1] != (n,) or not values.size or values.dtype.kind not in "fiuU":
        got = f"shape {values.shape} of {values.dtype}"
        msg = f"condition {name!r} is {n} numbers or texts, one per signal; got {got}: {LEAVE_OUT}"
        raise RecordingsError(msg)
    text, shape = values.dtype.kind == "U", values.shape[1:]
    levels = np.unique(values) if values.dtype.kind in "iuU" else values
    if text and len(levels) > values.size // 2:
        msg = f"condition {name!r} has {len(levels)} different texts for {n} signals, too many to learn: {LEAVE_OUT}"
        raise RecordingsError(msg)
    if text or (values.dtype.kind in "iu" and len(levels) <= MOST_LEVELS):
        return Condition(name, unit, levels=tuple(levels.tolist()), shape=shape)
    low, high = float(values.min()), float(values.max())
    if not max(abs(low), abs(high)) <= LARGEST:  # NaN neither
        msg = f"condition {name!r} holds NaN, infinity or values beyond float32: remove those signals, or {LEAVE_OUT}"
        raise RecordingsError(msg)
    return Condition(name, unit, low, high, shape=shape)
