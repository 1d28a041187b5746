"""A file whose content was checked when it was looked up, and is kept: nobody can change it before it is used."""

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class CheckedFile(os.PathLike[str]):
    """A path-like object for what wants a path (the signature lies beside it), with the bytes that were checked.

    Attributes
    ----------
    path : Path
    data : bytes
    """

    path: Path
    data: bytes = field(repr=False)

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return str(self.path)
