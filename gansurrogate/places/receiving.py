"""What arrives from elsewhere, held in memory up to a limit: nothing reaches the disk before it was checked."""

import io
from collections.abc import Callable
from typing import Any

from gansurrogate.errors import FetchError

MOST_BYTES = 2**29  # a generator has a thousandth of it; onnxfile.MOST_BYTES is what could be loaded at all
Progress = Callable[[int, int | None], None]


def silent(received: int, total: int | None) -> None:
    """The `Progress` that tells nobody."""


class NotThereError(FetchError):
    """The other side says that it has no such file."""


class Received(io.BytesIO):
    """A file in memory that refuses to grow beyond a limit.

    Parameters
    ----------
    uri : str
        For messages.
    most : int
        Bytes.
    progress : callable
        Told how many bytes there are, and how many will be if that is known.
    """

    def __init__(self, uri: str, most: int = MOST_BYTES, progress: Progress = silent) -> None:
        super().__init__()
        self.uri, self.most, self._progress = uri, most, progress
        self._total: int | None = None

    def expect(self, total: int) -> None:
        """Be told how many bytes there will be.

        Raises
        ------
        FetchError
            If that is too many.
        """
        if total > self.most:
            msg = f"{self.uri} has {total} bytes; at most {self.most} are fetched: `gansurrogate fetch --largest MB`"
            raise FetchError(msg)
        self._total = total

    def write(self, data: Any, /) -> int:
        """Take some bytes.

        Raises
        ------
        FetchError
            If there are too many.
        """
        if self.tell() + len(data) > self.most:
            msg = f"{self.uri} is larger than {self.most} bytes, and was left: `gansurrogate fetch --largest MB`"
            raise FetchError(msg)
        written = super().write(data)
        self._progress(self.tell(), self._total)
        return written
