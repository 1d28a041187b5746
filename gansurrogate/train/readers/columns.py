"""What the columns of a table mean.

Either every row is a signal: columns of numbers are its samples, the others conditions. Or, with a window, the table
is one long recording: rows are times, columns channels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from numpy.typing import ArrayLike

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import FileContent, Selection
from gansurrogate.signals import FloatArray
from gansurrogate.spec import Axis
from gansurrogate.train.readers.axes import along, axis, is_time, rate_along, split_unit

_INDEX = "__index_level_"  # how pandas names its index in Parquet; in CSV it has no name


@dataclass(frozen=True)
class Columns:
    """The places of a table's columns by their meaning.

    Attributes
    ----------
    names : sequence of str
        Of all columns, with units; empty if the table names none.
    values : sequence of int
        Samples of a signal, or channels of the recording.
    conditions : dict
        Name to place.
    time : int, optional
        Times of a recording's rows.
    """

    names: Sequence[str]
    values: Sequence[int]
    conditions: Mapping[str, int]
    time: int | None = None

    def content(
        self, values: FloatArray, conditions: Mapping[str, ArrayLike], times: ArrayLike, selection: Selection
    ) -> FileContent:
        """The table's content, from its `values` (rows, columns), its conditions and the first of its times."""
        named = [split_unit(self.names[i]) for i in self.values] if self.names else []
        if selection.window is None:
            samples = axis("sample", "", [float(name) for name, _ in named if is_number(name)])
            axes: tuple[Axis, ...] = (samples,) if samples and len(named) == values.shape[1] else ()
            return FileContent(
                values,
                sampling_rate=rate_along(axes),
                axes=axes,
                conditions=conditions,
                units={name: split_unit(self.names[place])[1] for name, place in self.conditions.items()},
            )
        time = None if self.time is None else axis("time", split_unit(self.names[self.time])[1] or "s", times)
        record = values[:, 0] if len(self.values) == 1 else values
        units = {unit for _, unit in named}
        axes = along(time, record.ndim, selection) if time else ()
        return FileContent(
            record,
            unit=units.pop() if len(units) == 1 else "",
            sampling_rate=rate_along(axes),
            axes=axes,
            provenance={"channels": [self.names[i] for i in self.values]} if named else {},
        )


def columns(names: Sequence[str], numbers: Sequence[bool], selection: Selection, path: Path) -> Columns:
    """Which column is what.

    Parameters
    ----------
    names : sequence of str
        As the table writes them, with units; empty if it names none.
    numbers : sequence of bool
        Whether each column holds numbers.

    Raises
    ------
    RecordingsError
        If no column is left for the signals, or one that was asked for is not there.
    """
    places = [i for i in range(len(numbers)) if not names or (names[i] and not names[i].startswith(_INDEX))]
    bare = {split_unit(names[i])[0]: i for i in places} if names else {}
    asked = [selection.dataset] if selection.dataset else list(selection.conditions or ())
    if missing := [name for name in asked if name not in bare]:
        msg = f"{path} has no column {', '.join(missing)}; it has {', '.join(bare) or 'columns without names'}"
        raise RecordingsError(msg)
    samples = [i for name, i in bare.items() if is_number(name)]  # if any, other names are not those of samples
    time = None
    if selection.window is not None:
        conditions = {}
        time = next((i for name, i in bare.items() if is_time(name)), None)
    elif selection.conditions is None:
        conditions = {name: i for name, i in bare.items() if not numbers[i] or (samples and i not in samples)}
    else:
        conditions = {name: bare[name] for name in selection.conditions}
    left = samples if samples and selection.window is None else places
    values = [bare[selection.dataset]] if selection.dataset else left
    values = [i for i in values if numbers[i] and i not in (*conditions.values(), time)]
    if not values:
        msg = f"{path} has no columns of numbers for the signals; it has {', '.join(names) or 'texts'}"
        raise RecordingsError(msg)
    return Columns(names, values, conditions, time)


def is_number(text: str) -> bool:
    """Whether `text` is written like a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
