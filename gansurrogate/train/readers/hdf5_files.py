"""HDF5, and netCDF 4 which is HDF5 inside."""

from pathlib import Path
from typing import Any

import numpy as np

from gansurrogate.optional import package
from gansurrogate.reading import FileContent, Selection
from gansurrogate.train.readers import spool
from gansurrogate.train.readers.labelled import Variable, content


def read(path: Path, selection: Selection) -> FileContent:
    """Signals beside conditions in the same group; coordinates are dimension scales."""
    h5py = package("h5py", "hdf5")
    file = h5py.File(path, "r")  # open as long as one of its arrays is in use
    datasets: dict[str, Any] = {}
    file.visititems(lambda name, item: datasets.update({name: item} if isinstance(item, h5py.Dataset) else {}))
    variables = {}
    for name, item in datasets.items():
        dimensions = tuple(d[0].name.strip("/") if len(d) else "" for d in item.dims)
        if item.is_scale:  # a dimension of itself
            dimensions = (name,) * len(item.shape)
        values = item.asstr() if h5py.check_string_dtype(item.dtype) else _mapped(item, path)
        variables[name] = Variable(values, dimensions, dict(item.attrs))
    return content(variables, dict(file.attrs), selection, path)


def _mapped(item: Any, path: Path) -> Any:
    """A large array that lies in the file as one block of plain numbers, as `sample_to` writes it, needs no copy."""
    offset = item.id.get_offset()
    if item.nbytes <= spool.MOST_BYTES or offset is None or item.dtype != np.float32 or item.file.userblock_size:
        return item
    return np.memmap(path, item.dtype, "r", offset, item.shape)
