"""Arrays with named dimensions, coordinates and attributes (HDF5, netCDF, zarr), as CF and xarray have them."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.reading import FileContent, Selection
from gansurrogate.spec import Axis
from gansurrogate.train.readers.arrays import pick
from gansurrogate.train.readers.axes import COORDINATES, axis, rate_along
from gansurrogate.train.readers.conditions import plain


class Variable(NamedTuple):
    """An array, the names of its dimensions ("" where it has none), and its attributes."""

    values: Any
    dimensions: tuple[str, ...]
    attributes: Mapping[str, Any]

    def text(self, name: str) -> str:
        """An attribute as text."""
        value = self.attributes.get(name, "")
        return value.decode() if isinstance(value, bytes) else str(value)


def content(
    variables: Mapping[str, Variable], attributes: Mapping[str, Any], selection: Selection, path: Path
) -> FileContent:
    """The signals, and of the arrays beside them those with one value per signal as conditions.

    Parameters
    ----------
    variables : mapping
        Path within the file to variable. Dimensions are named by the path of their coordinates.
    attributes : mapping
        Of the file.
    """
    coordinates = {dimension for variable in variables.values() for dimension in variable.dimensions}
    arrays = {name: variable.values for name, variable in variables.items() if name not in coordinates}
    chosen = pick(arrays, selection, path)
    signals, folder = variables[chosen], PurePosixPath(chosen).parent
    own = "gansurrogate" in attributes  # `sample_to` wrote it
    rate = _number(signals.attributes.get("sampling_rate", attributes.get("sampling_rate")))
    conditions, known, units = {}, [], {}
    listed = signals.text("coordinates").split()  # in the order of the specification, which stores do not keep
    for place in sorted(arrays, key=lambda place: _order(PurePosixPath(place).name, listed)):
        variable, name = variables[place], PurePosixPath(place).name
        name = name.removeprefix("condition_") if own else name
        beside = place != chosen and PurePosixPath(place).parent == folder
        if beside and _is_condition(name, variable, signals, selection):
            conditions[name], described = _condition(name, variable)
            known += described
            units[name] = variable.text("units")
    axes = _axes(signals.dimensions, variables, rate, selection, own)
    rate = rate_along(axes) if rate is None and not own else rate
    tokens = plain(signals.attributes.get("tokens", [])).tolist()
    return FileContent(signals.values, signals.text("units"), rate, axes, conditions, known, units, tokens)


def _order(name: str, listed: Sequence[str]) -> tuple[int, str]:
    """Those that the signals list come first, the others by name."""
    return listed.index(name) if name in listed else len(listed), name


def _axes(
    dimensions: Sequence[str], variables: Mapping[str, Variable], rate: float | None, selection: Selection, own: bool
) -> Sequence[Axis]:
    """The axes of a signal (of the long recording), empty if the file names none."""
    dimensions = dimensions if selection.window else dimensions[1:]
    if not any(dimensions):
        return ()
    axes = []
    for i, dimension in enumerate(dimensions):
        name = PurePosixPath(dimension).name or f"axis{i}"
        found = None
        if (coordinate := variables.get(dimension)) is not None:
            name = coordinate.text("long_name") or name if own else name
            unit = coordinate.text("units").partition(" since ")[0]
            found = axis(name, unit, coordinate.values[:COORDINATES])
        axes.append(found or Axis(name))
    time = 0 if selection.window or selection.channels_last else -1
    if rate is not None and dimensions[time] not in variables:
        axes[time] = Axis("time", "s", 0.0, 1 / rate)
    return axes


def _is_condition(name: str, variable: Variable, signals: Variable, selection: Selection) -> bool:
    """One value per signal; an array per signal if it is asked for by name."""
    shape, n = variable.values.shape, signals.values.shape[0]
    return bool(shape == (n,) or (shape[:1] == (n,) and name in (selection.conditions or ())))


def _condition(name: str, variable: Variable) -> tuple[NDArray[Any], list[Condition]]:
    """Its values, and the condition itself if the file says its range or levels, as `sample_to` does."""
    values, said = variable.values[...], variable.attributes
    unit, description, shape = variable.text("units"), variable.text("long_name"), values.shape[1:]
    if "levels" in said:
        levels = plain(said["levels"])
        return levels[values], [Condition(name, unit, None, None, levels.tolist(), description, shape)]
    if "low" in said and "high" in said:
        return values, [Condition(name, unit, _number(said["low"]), _number(said["high"]), (), description, shape)]
    return values, []


def _number(attribute: Any) -> float | None:
    return None if attribute is None else float(np.asarray(attribute).item())  # netCDF makes arrays of them
