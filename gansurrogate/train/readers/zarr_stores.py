"""zarr, version 2 or 3: a group of arrays, or one array."""

from pathlib import Path
from typing import Any

from gansurrogate.optional import package
from gansurrogate.reading import FileContent, Selection
from gansurrogate.train.readers.arrays import SIGNALS
from gansurrogate.train.readers.labelled import Variable, content


def read(path: Path, selection: Selection) -> FileContent:
    """Signals beside conditions in the same group; coordinates have the names of dimensions."""
    zarr = package("zarr", "zarr")
    store = zarr.open(path, mode="r")
    if isinstance(store, zarr.Array):
        found = {SIGNALS: store}
    else:
        found = {name: item for name, item in store.members(max_depth=None) if isinstance(item, zarr.Array)}
    return content({name: _variable(name, item) for name, item in found.items()}, dict(store.attrs), selection, path)


def _variable(name: str, array: Any) -> Variable:
    """The array; its dimensions have names in zarr 3, and in zarr 2 where xarray gave them."""
    names = getattr(array.metadata, "dimension_names", None) or array.attrs.get("_ARRAY_DIMENSIONS")
    folder = name.rpartition("/")[0]
    dimensions = [f"{folder}/{dimension}".strip("/") if dimension else "" for dimension in names or [""] * array.ndim]
    return Variable(array, tuple(dimensions), dict(array.attrs))
