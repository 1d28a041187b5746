"""Parquet: a table, or signals as the lists in one of its columns. Read batch by batch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import RecordingsError
from gansurrogate.optional import package
from gansurrogate.reading import FileContent, Selection
from gansurrogate.train.readers.arrays import SIGNALS
from gansurrogate.train.readers.axes import COORDINATES, times
from gansurrogate.train.readers.columns import Columns, columns
from gansurrogate.train.readers.spool import Spool

ROWS = 8192  # read together


def read(path: Path, selection: Selection) -> FileContent:
    """The table, or its column of lists with the other columns as conditions."""
    types = package("pyarrow", "parquet").types
    with package("pyarrow.parquet", "parquet").ParquetFile(path) as file:
        names, kinds = file.schema_arrow.names, file.schema_arrow.types
        nested = [name for name, kind in zip(names, kinds, strict=True) if types.is_nested(kind)]
        lists = _list_column(nested, selection, path)
        if lists is None:
            numbers = [types.is_floating(kind) or types.is_integer(kind) for kind in kinds]
            table = columns(names, numbers, selection, path)
        else:
            others = {name: i for i, name in enumerate(names) if name not in nested}
            table = Columns(names, [names.index(lists)], others)
        spool: Spool | None = None
        given: dict[str, list[NDArray[Any]]] = {name: [] for name in table.conditions}
        stamps: list[NDArray[Any]] = []
        for batch in file.iter_batches(ROWS):
            values = [_numpy(batch.column(i), path) for i in table.values]
            rows = np.column_stack(values) if lists is None else values[0]
            spool = spool or Spool(rows.shape[1:])
            if spool.shape != rows.shape[1:]:
                raise _unequal(path)
            spool.append(rows)
            for name, place in table.conditions.items():
                given[name].append(_numpy(batch.column(place), path))
            if table.time is not None and len(stamps) * ROWS < COORDINATES:
                stamps.append(_numpy(batch.column(table.time), path))
    if spool is None:
        msg = f"{path} has no rows"
        raise RecordingsError(msg)
    conditions = {name: np.concatenate(parts) for name, parts in given.items()}
    if lists is not None:
        return FileContent(spool.array(), conditions=conditions)
    return table.content(spool.array(), conditions, times(np.concatenate(stamps)) if stamps else [], selection)


def _list_column(nested: Sequence[str], selection: Selection, path: Path) -> str | None:
    """The column whose lists are the signals, None if the table has none."""
    if not nested or (selection.dataset and selection.dataset not in nested):
        return None
    name = selection.dataset or (SIGNALS if SIGNALS in nested else nested[0])
    if len(nested) > 1 and name not in (selection.dataset, SIGNALS):
        msg = f"{path} has several columns of lists, {', '.join(nested)}: name one with dataset (--dataset)"
        raise RecordingsError(msg)
    if selection.window is not None:
        msg = f"the lists in column {name} of {path} are signals already: leave window out"
        raise RecordingsError(msg)
    return name


def _numpy(column: Any, path: Path) -> NDArray[Any]:
    """The values of a column, (rows,), or of its lists, (rows, *shape)."""
    shape = [len(column)]
    compute, types = package("pyarrow.compute", "parquet"), package("pyarrow", "parquet").types
    while types.is_nested(column.type):
        lengths = compute.list_value_length(column).unique().to_pylist()
        if len(lengths) != 1 or lengths[0] is None:
            raise _unequal(path)
        shape += lengths
        column = column.flatten()
    values: NDArray[Any] = column.to_numpy(zero_copy_only=False).reshape(shape)
    return values


def _unequal(path: Path) -> RecordingsError:
    return RecordingsError(f"the lists in {path} have different lengths; a signal has the same length each time")
