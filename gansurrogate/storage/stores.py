"""Files that signals are streamed into: ``.npy``, ``.h5`` or ``.hdf5``, and ``.zarr`` (version 3).

`create` lays a file out for all its rows; from then on each row has its place, and a `Store`, which is a path and
numbers, is all that a worker in another process or on another machine needs to put rows there. Rows go by plain writes,
not through a memory map: on a full disk a map ends the process by a signal, and on a network file system two machines
whose rows meet within one page of it would undo each other's. zarr gives every chunk a file of its own.

Until `Store.finish` everything happens in ``PATH.part``.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError, OutputError
from gansurrogate.files import check_writable, naming
from gansurrogate.manifest import Manifest
from gansurrogate.optional import package
from gansurrogate.signals import SignalArray
from gansurrogate.storage import labelled
from gansurrogate.storage.job import Job, row_bytes

HDF5 = (".h5", ".hdf5")
SUFFIXES = (".npy", *HDF5, ".zarr")


@dataclass(frozen=True)
class Store:
    """Where the rows of an unfinished file belong.

    Attributes
    ----------
    path : Path
        What the file will be called; absolute.
    shape : tuple of int
        Of one signal.
    dtype : str
        Of its values, as they are stored.
    offset : int
        Where the first row begins in its file, in bytes.
    rows_per_file : int, optional
        zarr: rows in each file. Otherwise all rows are in one.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: str
    offset: int = 0
    rows_per_file: int | None = None

    @property
    def part(self) -> Path:
        """The unfinished file."""
        return part_of(self.path)

    @property
    def row_bytes(self) -> int:
        """Size of one signal."""
        return row_bytes(self.shape, self.dtype)

    def write(self, first: int, pieces: Iterable[SignalArray]) -> None:
        """Put the signals of one chunk in place and see to it that they are on the disk.

        Other processes may write other chunks at the same time.

        Parameters
        ----------
        first : int
            Row of the file at which the chunk begins.
        pieces : iterable of arrays of shape (rows, *spec.shape)
            Of ``spec.dtype``, one after the other.

        Raises
        ------
        OutputError
            If they cannot be written, for instance because the disk is full.
        """
        with naming(self.path):
            if self.rows_per_file is None:
                file = FileIO(self.part, "r+")
                file.seek(self.offset + first * self.row_bytes)
            else:
                file = FileIO(labelled.zarr_chunk(self.part, first // self.rows_per_file, self.shape), "w")
        with file:
            for piece in pieces:
                data = np.ascontiguousarray(piece, self.dtype).reshape(-1).view(np.uint8).data
                while data:
                    with naming(self.path):
                        data = data[file.write(data) :]
            with naming(self.path):
                if self.rows_per_file is not None:  # the last chunk of a zarr array is as long as the others
                    file.truncate(self.rows_per_file * self.row_bytes)
                os.fsync(file.fileno())

    def finish(self) -> None:
        """Give the file its name. One that had it is replaced."""
        with naming(self.path):
            if self.rows_per_file is None:
                self.part.replace(self.path)
                return
            old = _old(self.path)  # a folder is not replaced in one step
            if self.path.exists():
                shutil.rmtree(old, ignore_errors=True)
                self.path.rename(old)
            self.part.rename(self.path)
            shutil.rmtree(old, ignore_errors=True)


def part_of(path: Path) -> Path:
    """Where the file called `path` lies while it is unfinished."""
    return path.with_name(f"{path.name}.part")


def check_store(path: str | os.PathLike[str]) -> Path:
    """Fail before the work if `path` names no format, its package is missing, or it cannot be written.

    Raises
    ------
    ArgumentError, MissingPackageError, OutputError
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        msg = f"signals are streamed into a file that ends in {', '.join(SUFFIXES)}; got {path}"
        raise ArgumentError(msg)
    if path.suffix in HDF5:
        package("h5py", "hdf5")
    elif path.suffix == ".zarr":
        package("zarr", "zarr")
        if path.exists() and not (path / "zarr.json").is_file():
            msg = f"cannot write {path}: what is there is no zarr store of version 3; give another name"
            raise OutputError(msg)
        check_writable(_old(path))
        return path
    return check_writable(path)


def check_space(path: Path, size: int) -> None:
    """Fail before the work if there is no room for `size` bytes beside `path`.

    Raises
    ------
    OutputError
    """
    with naming(path):
        disk = shutil.disk_usage(path.parent)
    if size > disk.free and disk.total:  # some network file systems say 0 of everything
        msg = f"cannot write {path}: it takes {size / 1e9:,.1f} GB, {disk.free / 1e9:,.1f} GB are free"
        raise OutputError(msg)


def create(path: Path, job: Job, manifest: Manifest, conditions: Mapping[str, NDArray[Any]]) -> Store:
    """Lay out ``PATH.part`` for the rows of `job`, without their signals; an older one is replaced.

    Parameters
    ----------
    conditions : dict
        Name to an array of shape (n, ...), as the surrogate file takes it. HDF5 and zarr keep them.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    part = part_of(path)
    with naming(path):
        remove(part)
        if path.suffix == ".npy":
            header = {"descr": job.dtype, "fortran_order": False, "shape": (job.n, *job.shape)}
            with part.open("w+b") as file:
                np.lib.format.write_array_header_1_0(file, header)
                file.truncate(file.tell() + job.n * row_bytes(job.shape, job.dtype))
        elif path.suffix == ".zarr":
            labelled.create_zarr(part, job, manifest, conditions)
        else:
            labelled.create_hdf5(part, job, manifest, conditions)
        for written in (file for file in (part, *part.rglob("*")) if file.is_file()):
            with written.open("r+b") as file:
                os.fsync(file.fileno())
    return reopen(path, job)


def reopen(path: Path, job: Job) -> Store:
    """The store of a ``PATH.part`` that `create` laid out."""
    store = Store(path.absolute(), tuple(job.shape), job.dtype)  # a worker may be in another folder
    with naming(path):
        if path.suffix == ".zarr":
            return replace(store, rows_per_file=job.chunk)
        if path.suffix in HDF5:
            return replace(store, offset=labelled.hdf5_offset(store.part))
        with store.part.open("rb") as file:
            np.lib.format.read_magic(file)
            np.lib.format.read_array_header_1_0(file)
            return replace(store, offset=file.tell())


def remove(part: Path) -> None:
    """Delete an unfinished file."""
    if part.is_dir():
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)


def _old(path: Path) -> Path:
    """Where an older zarr store lies while the new one takes its place."""
    return path.with_name(f".{path.name}.old")
