"""HDF5 and zarr files as they are before the first signal: arrays, dimensions, coordinates, conditions, attributes.

The root's attributes say where the signals come from. Arrays carry ``units`` as the CF conventions have it, and every
dimension has a name, so that xarray, netCDF and the formats' own tools show what is what. `Store.write` puts the
signals in, so their place has to be plain: HDF5 keeps them in one block that is allocated from the start, after which
no metadata change (a process that is killed cannot damage them); zarr keeps each chunk as it lies in memory, in a file
of its own.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gansurrogate.arrays import DIMENSION, units
from gansurrogate.conditions import Condition
from gansurrogate.manifest import Manifest
from gansurrogate.optional import package
from gansurrogate.spec import SignalSpec
from gansurrogate.storage.job import Job, is_one

SIGNALS = "signals"  # the array
VALUES = 2**20  # of a condition, written at a time


class Variable(NamedTuple):
    """A coordinate along an axis, or a condition."""

    name: str
    dimensions: tuple[str, ...]
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
        signals = file.create_dataset(SIGNALS, (job.n, *job.shape), job.dtype, dcpl=layout)
        signals.attrs.update(_of_signals(manifest.spec))
        scales: dict[str, Any] = {}

        def attach(array: Any, dimensions: Sequence[str]) -> None:
            for axis, (dimension, size) in enumerate(zip(dimensions, array.shape, strict=True)):
                if dimension not in scales:  # a name alone; takes no room
                    scale = scales[dimension] = file.create_dataset(dimension, (size,), "<f4")
                    scale.make_scale(f"This is a netCDF dimension but not a netCDF variable.{size:10}")
                array.dims[axis].attach_scale(scales[dimension])

        for name, dimensions, values, attributes in _variables(manifest.spec, conditions):
            variable = file.create_dataset(name, values.shape, values.dtype)
            variable.attrs.update(attributes)
            _fill(variable, values)
            if dimensions == (name,):
                variable.make_scale(name)
                scales[name] = variable
            else:
                attach(variable, dimensions)
        attach(signals, _dimensions(manifest.spec))


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
        dtype=np.dtype(job.dtype),
        serializer=zarr.codecs.BytesCodec(endian="little"),
        compressors=None,  # noise does not compress
        filters=None,
        fill_value=-1 if manifest.spec.tokens else np.nan,
        chunk_key_encoding={"name": "default", "separator": "."},
        dimension_names=_dimensions(manifest.spec),
        attributes=_of_signals(manifest.spec),
    )
    for name, dimensions, values, attributes in _variables(manifest.spec, conditions):
        array = group.create_array(
            name,
            shape=values.shape,
            chunks=(max(1, min(_at_a_time(values), len(values))), *values.shape[1:]),
            dtype=values.dtype,
            dimension_names=dimensions,
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


def _of_signals(spec: SignalSpec) -> dict[str, Any]:
    names = _condition_names(spec)
    along = " ".join(names[c.name] for c in spec.conditions if not c.shape)  # coordinates beside those of the axes
    tokens = {"tokens": list(spec.tokens)} if spec.tokens else {}  # the values are indices into them
    return units(spec.unit) | tokens | ({"coordinates": along} if along else {})


def _dimensions(spec: SignalSpec) -> tuple[str, ...]:
    """The rows, then the axes, by names that are different and that every format takes."""
    names = [DIMENSION]
    for axis in spec.axes:
        name = re.sub(r"\W", "_", axis.name) or "_"
        while name in (*names, SIGNALS):
            name += "_"
        names.append(name)
    return tuple(names)


def _condition_names(spec: SignalSpec) -> dict[str, str]:
    """The names of the conditions' arrays: as in `to_xarray`, never that of a dimension."""
    dimensions = _dimensions(spec)
    return {c.name: f"condition_{c.name}" if c.name in dimensions else c.name for c in spec.conditions}


def _variables(spec: SignalSpec, conditions: Mapping[str, NDArray[Any]]) -> Iterator[Variable]:
    """Coordinates of the axes, then the conditions. One array that stands for all rows has no dimension of rows."""
    rows, *axes = dimensions = _dimensions(spec)
    for name, axis, values in zip(axes, spec.axes, spec.coordinates.values(), strict=True):
        long_name = {"long_name": axis.name} if axis.name != name else {}
        yield Variable(name, (name,), values, units(axis.unit) | long_name)
    names = _condition_names(spec)
    taken = {*dimensions, *names.values(), SIGNALS}
    for c in spec.conditions:
        described = {"long_name": c.description} if c.description else {}
        # The values of a category are indices into its levels.
        domain = {"levels": list(c.levels)} if c.levels else {"low": c.low, "high": c.high}
        own = tuple(axes) if c.shape == spec.shape else _own_dimensions(c, taken)
        values, along = conditions[c.name], (rows, *own)
        if c.shape and is_one(values) and len(values):
            values, along = values[0], own
        yield Variable(names[c.name], along, values, units(c.unit) | described | domain)


def _own_dimensions(condition: Condition, taken: set[str]) -> tuple[str, ...]:
    """``NAME_0``, ``NAME_1``, ... for an array condition; they are added to the names that are `taken`."""
    names = []
    for axis in range(len(condition.shape)):
        name = f"{condition.name}_{axis}"
        while name in taken:
            name += "_"
        taken.add(name)
        names.append(name)
    return tuple(names)


def _at_a_time(values: NDArray[Any]) -> int:
    """How many rows of a condition make about `VALUES` values."""
    return max(1, VALUES // math.prod(values.shape[1:]))


def _fill(array: Any, values: NDArray[Any]) -> None:
    """Copy piece by piece: a condition that is one number for all rows takes no memory here."""
    step = _at_a_time(values)
    for first in range(0, len(values), step):
        array[first : first + step] = values[first : first + step]
