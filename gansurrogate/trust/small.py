"""Reading a small file that says whom to trust: once, whole, and only if it is a file."""

import os
import stat
from pathlib import Path

_WAITLESS = getattr(os, "O_NONBLOCK", 0)  # a pipe in the file's place would keep its reader waiting


def read_small(path: Path, most: int) -> tuple[bytes, os.stat_result]:
    """The content of a file, and what the system says of the very file that was read.

    Raises
    ------
    OSError
        If it cannot be read, is no regular file, or has more than `most` bytes.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _WAITLESS)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            msg = "it is no regular file"
            raise OSError(msg)
        content = file.read(most + 1)
    if len(content) > most:
        msg = f"it has more than {most} bytes"
        raise OSError(msg)
    return content, status
