"""Writing files so that a reader sees the old content or the new one, never a half-written one."""

import io
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from gansurrogate.errors import OutputError

NOTHING = "; nothing was written there"


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
        If the file cannot be written (no such folder, no permission, disk full). Other errors of the body
        pass through as they are.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with naming(path, NOTHING):
            raw = _RawFile(temporary, path)
        with io.BufferedRandom(raw) as file:
            yield file
            file.flush()
            with naming(path, NOTHING):
                os.fsync(file.fileno())
        with naming(path, NOTHING):
            temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Make a temporary folder beside `path`; on success it becomes `path`, on any error it is removed.

    Parameters
    ----------
    path : path-like
        The folder to make. The folder around it must exist. A file of this name is replaced, a folder is not.

    Yields
    ------
    Path
        The temporary folder, empty.

    Raises
    ------
    OutputError
        If the folder or something in it cannot be written. Other errors of the body pass through as they are.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with naming(path, NOTHING):
            temporary.mkdir()
            yield temporary
            if path.is_file():
                path.unlink()
            temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class _RawFile(io.FileIO):
    """A file whose failing writes name the file that was to be written."""

    def __init__(self, temporary: Path, path: Path) -> None:
        super().__init__(temporary, "w+")
        self.path = path

    def write(self, data: Any, /) -> int:
        with naming(self.path, NOTHING):
            return super().write(data) or 0


@contextmanager
def naming(path: Path, outcome: str = "") -> Iterator[None]:
    """What the system refuses becomes an `OutputError` that names `path` and says what was left there."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror or error}{outcome}"
        raise OutputError(msg) from error


def check_writable(path: str | os.PathLike[str], *sources: object) -> Path:
    """Fail now rather than after an hour of work: raise `OutputError` if `path` cannot be written.

    `sources` is what the file is made from: those of them that are files must not be overwritten.
    """
    path = Path(path)
    for source in sources:
        if isinstance(source, str | os.PathLike) and Path(source).exists() and path.exists() and path.samefile(source):
            msg = f"cannot write {path}: it is what the output is made from; give another name"
            raise OutputError(msg)
    if path.is_dir():
        msg = f"cannot write {path}: it is a folder; give another name"
        raise OutputError(msg)
    _check_folder(path.parent, path)
    return path


def make_folder(folder: Path) -> None:
    """Make `folder` if it is not there; raise `OutputError` if files cannot be written into it."""
    if folder.is_file():
        msg = f"cannot write into {folder}: it is a file; give a folder"
        raise OutputError(msg)
    if not folder.exists():
        check_writable(folder)
        with naming(folder):
            folder.mkdir()
    _check_folder(folder, folder)


def _check_folder(folder: Path, path: Path) -> None:
    if not folder.is_dir():
        msg = f"cannot write {path}: the folder {folder} does not exist; make it first"
        raise OutputError(msg)
    if not os.access(folder, os.W_OK | os.X_OK):
        msg = f"cannot write {path}: no permission to write into {folder}"
        raise OutputError(msg)
