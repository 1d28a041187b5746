"""IDX, the format of MNIST and its kin: a big-endian array, often gzipped, with the labels in a file beside it."""

import gzip
import math
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import RecordingsError
from gansurrogate.reading import FileContent, Selection
from gansurrogate.spec import Axis

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
LABEL = "label"


def read(path: Path, selection: Selection) -> FileContent:
    """Signals as stored (bytes stay 0 to 255); ``...labels-idx1-...`` beside ``...images-idx3-...`` as a condition."""
    signals = _array(path)
    axes = (Axis("row"), Axis("column")) if signals.ndim == 3 else ()
    beside = None if selection.window else _labels(path)
    if beside is None or LABEL not in ([LABEL] if selection.conditions is None else selection.conditions):
        return FileContent(signals, axes=axes)
    labels = _array(beside)
    levels = Condition(LABEL, levels=np.unique(labels).tolist())
    return FileContent(signals, axes=axes, conditions={LABEL: labels}, known=[levels])


def _labels(path: Path) -> Path | None:
    """The file of the labels, gzipped or not."""
    name = re.sub(r"images([-.])idx\d", r"labels\1idx1", path.name.removesuffix(".gz"))
    candidates = (path.with_name(name), path.with_name(f"{name}.gz"))
    return next((other for other in candidates if path.name.removesuffix(".gz") != name and other.is_file()), None)


def _array(path: Path) -> NDArray[Any]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        zero, code, dimensions = struct.unpack(">HBB", file.read(4))
        if zero or code not in TYPES or not dimensions:
            msg = f"{path} is not an IDX file: it begins with {zero:04x} {code:02x} {dimensions:02x}"
            raise RecordingsError(msg)
        shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
        dtype = np.dtype(TYPES[code])
        size = math.prod(shape) * dtype.itemsize
        data = file.read(size + 1)
    if len(data) != size:
        held = "more" if len(data) > size else len(data)
        msg = f"{path} is not a whole IDX file: {shape} numbers of {dtype.itemsize} bytes are {size}; it holds {held}"
        raise RecordingsError(msg)
    return np.frombuffer(data, dtype).reshape(shape)
