"""HDF5 and zarr files as they are before the first signal: arrays, dimensions, coordinates, conditions, attributes.

The root's attributes say where the signals come from. Arrays carry ``units`` as the CF conventions have it, and every
dimension has a name, so that xarray, netCDF and the formats' own tools show what is what. `Store.write` puts the
signals in, so their place has to be plain: HDF5 keeps them in one block that is allocated from the start, after which
no metadata change (a process that is killed cannot damage them); zarr keeps each chunk as it lies in memory, in a file
of its own.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gansurrogate.arrays import DIMENSION, units
from gansurrogate.manifest import Manifest
from gansurrogate.optional import package
from gansurrogate.spec import SignalSpec
from gansurrogate.storage.job import Job

SIGNALS = "signals"  # the array
VALUES = 2**20  # of a condition, written at a time


class Variable(NamedTuple):
    """A coordinate along an axis, or a condition along the rows."""

    name: str
    dimension: str
    values: NDArray[Any]
    attributes: dict[str, Any]


def create_hdf5(part: Path, job: Job, manifest: Manifest, conditions: Mapping[str, NDArray[Any]]) -> None:
    """Make the file `part` with all but the signals."""
    h5py = package("h5py", "hdf5")
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.CONTIGUOUS)
    layout.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    layout.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    with h5py.File(part, "w", locking=False) as file:
        file.attrs.update(_origin(job, manifest))
        signals = file.create_dataset(SIGNALS, (job.n, *job.shape), "<f4", dcpl=layout)
        signals.attrs.update(_of_signals(manifest.spec))
        rows = file.create_dataset(DIMENSION, (job.n,), "<f4")  # a name alone; takes no room
        rows.make_scale(f"This is a netCDF dimension but not a netCDF variable.{job.n:10}")
        signals.dims[0].attach_scale(rows)
        dimensions = _dimensions(manifest.spec)
        for name, dimension, values, attributes in _variables(manifest.spec, conditions):
            variable = file.create_dataset(name, values.shape, values.dtype)
            variable.attrs.update(attributes)
            _fill(variable, values)
            if dimension == DIMENSION:
                variable.dims[0].attach_scale(rows)
            else:
                variable.make_scale(name)
                signals.dims[dimensions.index(name)].attach_scale(variable)


def hdf5_offset(part: Path) -> int:
    """Where in the file the signals begin, in bytes."""
    with package("h5py", "hdf5").File(part, "r", locking=False) as file:
        return file[SIGNALS].id.get_offset() or 0  # without rows they are nowhere


def create_zarr(part: Path, job: Job, manifest: Manifest, conditions: Mapping[str, NDArray[Any]]) -> None:
    """Make the folder `part` with all but the signals."""
    zarr = package("zarr", "zarr")
    group = zarr.create_group(part, zarr_format=3, attributes=_origin(job, manifest))
    group.create_array(
        SIGNALS,
        shape=(job.n, *job.shape),
        chunks=(job.chunk, *job.shape),
        dtype="float32",
        serializer=zarr.codecs.BytesCodec(endian="little"),
        compressors=None,  # noise does not compress
        filters=None,
        fill_value=np.nan,
        chunk_key_encoding={"name": "default", "separator": "."},
        dimension_names=_dimensions(manifest.spec),
        attributes=_of_signals(manifest.spec),
    )
    for name, dimension, values, attributes in _variables(manifest.spec, conditions):
        array = group.create_array(
            name,
            shape=values.shape,
            chunks=(max(1, min(VALUES, len(values))),),
            dtype=values.dtype,
            dimension_names=[dimension],
            attributes=attributes,
        )
        _fill(array, values)


def zarr_chunk(part: Path, number: int, shape: tuple[int, ...]) -> Path:
    """The file of the signals' chunk `number`."""
    return part / SIGNALS / ".".join(["c", str(number), *("0" for _ in shape)])


def _origin(job: Job, manifest: Manifest) -> dict[str, Any]:
    """Where the signals come from; what is not known is left out."""
    known = {
        "surrogate": manifest.name,
        "version": manifest.version,
        "file_sha256": manifest.file_sha256,
        "seed": job.seed,
        "start": job.start,
        "sampling_rate": manifest.spec.sampling_rate,
        "license": manifest.license,
        "citation": manifest.citation,
        "gansurrogate": job.version,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _of_signals(spec: SignalSpec) -> dict[str, str]:
    conditions = " ".join(_condition_names(spec).values())
    return units(spec.unit) | ({"coordinates": conditions} if conditions else {})  # beside those of the axes


def _dimensions(spec: SignalSpec) -> list[str]:
    """The rows, then the axes, by names that are different and that every format takes."""
    names = [DIMENSION]
    for axis in spec.axes:
        name = re.sub(r"\W", "_", axis.name) or "_"
        while name in (*names, SIGNALS):
            name += "_"
        names.append(name)
    return names


def _condition_names(spec: SignalSpec) -> dict[str, str]:
    """The names of the conditions' arrays: as in `to_xarray`, never that of a dimension."""
    dimensions = _dimensions(spec)
    return {c.name: f"condition_{c.name}" if c.name in dimensions else c.name for c in spec.conditions}


def _variables(spec: SignalSpec, conditions: Mapping[str, NDArray[Any]]) -> Iterator[Variable]:
    """Coordinates of the axes, then the conditions."""
    dimensions = _dimensions(spec)
    for name, axis, values in zip(dimensions[1:], spec.axes, spec.coordinates.values(), strict=True):
        yield Variable(name, name, values, units(axis.unit) | ({"long_name": axis.name} if axis.name != name else {}))
    names = _condition_names(spec)
    for c in spec.conditions:
        described = {"long_name": c.description} if c.description else {}
        levels = {"levels": list(c.levels)} if c.levels else {}  # the values are indices into them
        yield Variable(names[c.name], DIMENSION, conditions[c.name], units(c.unit) | described | levels)


def _fill(array: Any, values: NDArray[Any]) -> None:
    """Copy piece by piece: a condition that is one number for all rows takes no memory here."""
    for first in range(0, len(values), VALUES):
        array[first : first + VALUES] = values[first : first + VALUES]
