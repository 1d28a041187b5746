"""MAT: arrays by name, as MATLAB and Octave save them; version 7.3 is HDF5 inside."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from gansurrogate.optional import package
from gansurrogate.reading import FileContent, Readable, Selection
from gansurrogate.train.readers.arrays import content


def read(path: Path, selection: Selection) -> FileContent:
    """Signals beside vectors and cell arrays of texts of their length; a workspace may hold other things too."""
    try:
        stored = {name: _plain(values) for name, values in loadmat(path).items() if isinstance(values, np.ndarray)}
    except NotImplementedError:  # version 7.3
        stored = _version_7_3(path)
    found = content({name: array for name, array in stored.items() if array.dtype.kind in "fiubU"}, selection, path)
    n = (found.signals.shape[0],)
    return replace(found, conditions={k: v for k, v in found.conditions.items() if np.shape(v) == n})


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Everything in MATLAB is a matrix: vectors (n,) and single values () of it, and texts of its cells."""
    flat = array.reshape([size for size in array.shape if size != 1]) if array.ndim == 2 else array
    if array.dtype == object and all(isinstance(cell, np.ndarray) and cell.dtype.kind == "U" for cell in flat.flat):
        return np.array(["".join(cell.tolist()) for cell in flat.flat]).reshape(flat.shape)
    return np.char.rstrip(flat) if flat.dtype.kind == "U" else flat


def _version_7_3(path: Path) -> dict[str, Any]:
    file = package("h5py", "hdf5").File(path, "r")  # open as long as one of its arrays is in use

    def text(dataset: Any) -> str:
        return "".join(map(chr, dataset[()].ravel().tolist()))

    stored: dict[str, Any] = {}
    for name, item in file.items():
        kind = item.attrs.get("MATLAB_class", b"").decode()
        if kind == "char":
            stored[name] = np.array(text(item))
        elif kind == "cell":
            cells = [file[reference] for reference in item[()].T.flat]
            if all(cell.attrs.get("MATLAB_class") == b"char" for cell in cells):
                stored[name] = np.array([text(cell) for cell in cells])
        elif hasattr(item, "dtype"):
            stored[name] = _plain(item[()].T) if 1 in item.shape else Transposed(item)
    return stored


class Transposed:
    """An array of a MAT file of version 7.3, whose dimensions stand in HDF5 in reversed order."""

    def __init__(self, dataset: Readable) -> None:
        self.dataset, self.dtype = dataset, dataset.dtype
        self.shape = dataset.shape[::-1]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Some of the rows."""
        part: NDArray[Any] = self.dataset[..., rows].T
        return part
