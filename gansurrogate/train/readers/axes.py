"""Axes from coordinates, and units from names."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.reading import Selection
from gansurrogate.spec import Axis

TIMES = ("time", "t", "date", "datetime", "timestamp")  # names of what is no channel but the axis of the others
COORDINATES = 100_000  # of a long recording these tell the step
TOLERANCE = 0.25  # of a step: coordinates are often printed with few digits, and a missing one is still noticed


def is_time(name: str) -> bool:
    """Whether a column or array of this name holds the times of the others."""
    return split_unit(name)[0].lower() in TIMES


def split_unit(name: str) -> tuple[str, str]:
    """``"voltage [V]"`` or ``"voltage (V)"`` as name and unit."""
    found = re.fullmatch(r"(.*\S)\s*(?:\[(.*)\]|\((.*)\))\s*", name)
    return (found[1].strip(), (found[2] or found[3] or "").strip()) if found else (name.strip(), "")


def axis(name: str, unit: str, coordinates: ArrayLike) -> Axis | None:
    """The axis with these coordinates, None if they are not numbers or times in regular steps."""
    values = np.asarray(coordinates)
    if values.dtype.kind == "M":
        values, unit = (values - values[0]) / np.timedelta64(1, "s"), "s"
    if values.ndim != 1 or len(values) < 2 or values.dtype.kind not in "fiu":
        return None
    values = values.astype(np.float64)
    step = (values[-1] - values[0]) / (len(values) - 1)
    grid = values[0] + step * np.arange(len(values))
    if not (np.isfinite(values).all() and step and (np.abs(values - grid) <= TOLERANCE * abs(step)).all()):
        return None
    return Axis(name, unit, float(values[0]), float(f"{step:.12g}"))  # without the rounding of the division


def along(time: Axis, dimensions: int, selection: Selection) -> tuple[Axis, ...]:
    """`time` among the axes of an array: first in a long recording, otherwise last (or before the channels)."""
    if selection.window:
        return (time, Axis("channel"))[:dimensions]
    if selection.channels_last:
        return (time, Axis("channel"))
    return (*(Axis(f"axis{i}") for i in range(dimensions - 2)), time)


def rate_along(axes: Sequence[Axis]) -> float | None:
    """The sampling rate [Hz] that an axis in seconds says."""
    return next((1 / abs(axis.step) for axis in axes if axis.unit == "s"), None)


def times(values: ArrayLike) -> NDArray[Any]:
    """Times as a table has them, numbers, dates or texts of either; empty if they are something else."""
    array = np.asarray(values)
    if array.dtype.kind in "fiuM":
        return array
    for kind in (np.float64, "datetime64[ms]"):
        try:
            return array.astype(kind)
        except ValueError:
            continue
    return np.empty(0)
