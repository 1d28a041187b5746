"""Writing files so that a reader sees the old content or the new one, never a half-written one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gansurrogate.errors import OutputError


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`; on success it replaces `path`, on any error it is removed.

    Parameters
    ----------
    path : path-like
        The file to write. Its folder must exist.

    Yields
    ------
    binary file, open for writing and reading

    Raises
    ------
    OutputError
        If the file cannot be written (no such folder, no permission, disk full).
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}; nothing was written there"
        raise OutputError(msg) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def atomic_save(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Call ``write(file)`` on a temporary file, then put it in the place of `path`."""
    with atomic_write(path) as file:
        write(file)


def check_writable(path: str | os.PathLike[str]) -> Path:
    """Fail now rather than after an hour of work: raise `OutputError` if `path` cannot be written."""
    path = Path(path)
    if path.is_dir():
        msg = f"cannot write {path}: it is a folder; give a file name"
        raise OutputError(msg)
    if not path.parent.is_dir():
        msg = f"cannot write {path}: the folder {path.parent} does not exist; make it first"
        raise OutputError(msg)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        msg = f"cannot write {path}: no permission to write into {path.parent}"
        raise OutputError(msg)
    return path
