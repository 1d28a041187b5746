"""Which chunks of an unfinished file are finished: a small file beside it that only grows.

The first line says as JSON whose work it is; each further line is the number of a chunk, appended after that chunk's
data reached the disk. So whatever ends the writer, kill -9 or a power cut, the whole lines are true, and a last line
that was torn is dropped. The file is locked while a process works on it; the lock ends with the process.
"""

import errno
import json
import os
import weakref
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any, Self

from gansurrogate.conditions import logger
from gansurrogate.errors import OutputError
from gansurrogate.files import naming
from gansurrogate.storage.job import Job

_held: weakref.WeakSet[FileIO] = weakref.WeakSet()


def _let_go() -> None:
    """In a forked child: a lock would outlive its holder in the children's copies of the file."""
    for file in _held:
        file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


class Journal:
    """The journal at `path`, made if there is none and locked until it is closed.

    Attributes
    ----------
    job : dict, optional
        The `Job` of the first line; None in a new journal.
    finished : set of int
        The chunks that are noted down.

    Raises
    ------
    OutputError
        If the file cannot be written, is no journal, or another process holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with naming(path):
            self._file = _locked(path)
        try:
            with naming(path):
                self.job, self.finished, self._size = _parse(path, self._file.readall())
                self._file.truncate(self._size)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def clear(self) -> None:
        """Forget what was noted down."""
        self.job, self.finished, self._size = None, set(), 0
        with naming(self.path):
            self._file.truncate(0)

    def begin(self, job: Job) -> None:
        """Write the first line."""
        self.job = vars(job)
        self._append(json.dumps(self.job))

    def add(self, chunk: int) -> None:
        """Note down that the data of `chunk` are on the disk."""
        self._append(str(chunk))
        self.finished.add(chunk)

    def remove(self) -> None:
        """Delete the file: the work is finished, or given up."""
        if os.name != "posix":  # an open file cannot be deleted there
            self.close()
        with suppress(OSError):  # where it is left over it says what is true
            self.path.unlink()

    def close(self) -> None:
        """Let other processes have the file."""
        self._file.close()

    def _append(self, line: str) -> None:
        data = f"{line}\n".encode()
        with naming(self.path):
            if self._file.write(data) < len(data):  # a disk that is nearly full takes the first bytes
                self._file.truncate(self._size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        self._size += len(data)


def read_job(path: Path) -> dict[str, Any] | None:
    """The first line of the journal at `path`, without locking it; None if there is no journal, or no whole line."""
    try:
        return _parse(path, path.read_bytes())[0]
    except FileNotFoundError:
        return None


def _parse(path: Path, data: bytes) -> tuple[dict[str, Any] | None, set[int], int]:
    """The first line, the chunks of the others, and how many bytes these lines have."""
    *lines, _ = data.split(b"\n")  # what follows the last line break was torn
    if not lines:
        return None, set(), 0
    try:
        job = json.loads(lines[0])
    except ValueError:
        job = None
    if not isinstance(job, dict):
        msg = f"{path} is no journal of an unfinished file: delete it to start anew"
        raise OutputError(msg)
    whole, finished = len(lines[0]) + 1, set()
    for line in lines[1:]:
        if not line.isdigit():
            break
        whole += len(line) + 1
        finished.add(int(line))
    return job, finished, whole


def _locked(path: Path) -> FileIO:
    """The file at `path`, made if there is none, opened for reading and appending, and locked."""
    while True:
        file = FileIO(path, "a+")
        try:
            _lock(file, path)
            # Its last holder may have deleted it between the opening and the locking: then once more.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    file.seek(0)
                    _held.add(file)
                    return file
        except BaseException:
            file.close()
            raise
        file.close()


def _lock(file: FileIO, path: Path) -> None:
    """Lock `file` until it is closed or the process ends, where the system and the file system can."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        msg = f"another process is writing this file and holds {path}: wait for it, or give another name"
        raise OutputError(msg) from error
    except OSError as error:
        logger.debug("%s cannot be locked: %s", path, error)  # some network file systems know no locks
