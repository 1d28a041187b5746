"""Arrays of any size: in memory while they are small, in a temporary file when they are large."""

import io
import math
import shutil
import tempfile
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import Readable
from gansurrogate.train.recordings import pieces

MOST_BYTES = 2**30  # that are kept in memory


class Spool:
    """Rows that come one piece after the other.

    Parameters
    ----------
    shape : tuple of int
        Of one row.
    dtype : numpy type
        To which values are converted.
    """

    def __init__(self, shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> None:
        self.shape, self.dtype = shape, np.dtype(dtype)
        self.file: BinaryIO = io.BytesIO()

    def __del__(self) -> None:
        if not isinstance(self.file, io.BytesIO):
            self.file.close()  # a map goes on without it

    def append(self, rows: ArrayLike) -> None:
        """Add rows of shape (n, *shape).

        Raises
        ------
        RecordingsError
            If there is no room for the temporary file.
        """
        with np.errstate(over="ignore"):  # too large for float32 becomes infinity, which Recordings refuses
            piece = np.ascontiguousarray(rows, self.dtype)
        if isinstance(self.file, io.BytesIO) and self.file.tell() + piece.nbytes > MOST_BYTES:
            memory, self.file = self.file, tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the array
            self._write(memory.getbuffer())
        self._write(piece.reshape(-1).view(np.uint8).data)

    def _write(self, data: memoryview) -> None:
        try:
            self.file.write(data)
            self.file.flush()
        except OSError as error:
            raise _no_room(error.strerror or "") from error

    def array(self) -> NDArray[Any]:
        """All rows, of shape (n, *shape)."""
        if isinstance(self.file, io.BytesIO):
            return np.frombuffer(self.file.getbuffer(), self.dtype).reshape(-1, *self.shape)
        n = self.file.tell() // (self.dtype.itemsize * math.prod(self.shape))
        return np.memmap(self.file, self.dtype, "r", shape=(n, *self.shape))


def spooled(array: Readable, dtype: DTypeLike) -> NDArray[Any]:
    """`array` as numbers of type `dtype`: itself where it is that already.

    Raises
    ------
    RecordingsError
        If there is no room for the temporary file.
    """
    if isinstance(array, np.ndarray) and array.dtype == dtype:
        return array
    size = math.prod(array.shape) * np.dtype(dtype).itemsize
    if size > max(MOST_BYTES, shutil.disk_usage(tempfile.gettempdir()).free):
        needed = f"{size / 1e9:,.1f} GB are needed"
        raise _no_room(needed)
    spool = Spool(array.shape[1:], dtype)
    for piece in pieces(array):
        spool.append(piece)
    return spool.array()


def _no_room(cause: str) -> RecordingsError:
    folder = tempfile.gettempdir()
    msg = (
        f"recordings larger than memory are copied into the folder of temporary files, {folder}, which has"
        f" {shutil.disk_usage(folder).free / 1e9:,.1f} GB left ({cause}): set TMPDIR to another folder"
    )
    return RecordingsError(msg)
