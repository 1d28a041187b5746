"""Tables as text: CSV with commas, semicolons or tabs, and columns divided by blanks as numpy writes them; gzip too."""

import csv
import gzip
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import FileContent, Selection
from gansurrogate.train.readers.axes import COORDINATES, axis, times
from gansurrogate.train.readers.columns import columns, is_number
from gansurrogate.train.readers.spool import Spool

Row = list[str]
ROWS = 1000  # converted together


def read(path: Path, selection: Selection) -> FileContent:
    """The table, row after row. Empty fields are NaN, lines that begin with # comments."""
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = _rows(file)
        head = [field.strip() for field in next(rows, [])]
        names = head if _is_header(head, path) else []
        first = next(rows, []) if names else head
        table = columns(names, [not field or is_number(field) for field in first], selection, path)
        values = Spool((len(table.values),))
        texts: dict[str, list[str]] = {name: [] for name in table.conditions}
        stamps: list[str] = []
        done, rows = 0, itertools.chain([first], rows)
        while part := list(itertools.islice(rows, ROWS)):
            values.append([_numbers(row, table.values, len(head), path, done + i) for i, row in enumerate(part, 1)])
            done += len(part)
            for name, place in table.conditions.items():
                texts[name] += [row[place].strip() for row in part]
            if table.time is not None and done <= COORDINATES:
                stamps += [row[table.time] for row in part]
    conditions = {name: _typed(column) for name, column in texts.items()}
    return table.content(values.array(), conditions, times(stamps), selection)


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    """The fields of each line. Where semicolons divide them numbers may have decimal commas."""
    lines = (line for line in lines if line.strip() and not line.startswith("#"))
    first = next(lines, "")
    delimiter = next((mark for mark in "\t;," if mark in first), None)
    lines = itertools.chain([first] if first else [], lines)
    if delimiter is None:
        return (line.split() for line in lines)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    return ([_with_point(field) for field in row] for row in rows) if delimiter == ";" else rows


def _with_point(field: str) -> str:
    number = field.replace(",", ".")
    return number if "," in field and is_number(number) else field


def _is_header(head: Row, path: Path) -> bool:
    """Whether the first line names the columns. Numbers in it are places of samples, in regular steps."""
    numbers = [float(field) for field in head if is_number(field)]
    if len(numbers) == len(head):
        return numbers in ([*range(len(head))], [*range(1, len(head) + 1)])
    if len(numbers) > 1 and axis("", "", numbers) is None:
        msg = f"the first line of {path} mixes names with numbers in irregular steps: give the columns names there"
        raise RecordingsError(msg)
    return True


def _numbers(row: Row, places: Sequence[int], width: int, path: Path, number: int) -> list[float]:
    """The numbers at `places` of row `number`."""
    if len(row) != width:
        msg = f"row {number} of {path} has {len(row)} fields, the first has {width}"
        raise RecordingsError(msg)
    fields = row if len(places) == width else [row[i] for i in places]
    try:
        return list(map(float, fields))
    except ValueError:
        pass
    try:
        return [float(field) if field.strip() else math.nan for field in fields]
    except ValueError as error:
        msg = f"row {number} of {path} holds something else than a number: {error}"
        raise RecordingsError(msg) from error


def _typed(texts: list[str]) -> NDArray[Any]:
    """Whole numbers, numbers or texts."""
    array = np.array(texts)
    for kind in (np.int64, np.float64):
        try:
            return array.astype(kind)
        except ValueError:
            continue
    return array
