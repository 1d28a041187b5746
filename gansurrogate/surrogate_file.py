"""Reading a surrogate file: its bytes and its manifest, checked before anything is run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gansurrogate import onnxfile
from gansurrogate.errors import ArgumentTypeError, IntegrityError, ManifestError, SurrogateFileError
from gansurrogate.manifest import METADATA_KEY, Manifest

Source = str | os.PathLike[str] | bytes


def read_manifest(source: Source) -> Manifest:
    """Check a surrogate file and return its manifest; onnxruntime is not needed.

    Raises
    ------
    FileNotFoundError, PermissionError
        If the file cannot be read.
    SurrogateFileError
        If it is not a sound surrogate; its subclasses say what is wrong.
    """
    with errors_name(source):
        return read(source)[1]


@contextmanager
def errors_name(source: Source) -> Iterator[None]:
    """Errors of a file name the file."""
    try:
        yield
    except SurrogateFileError as error:
        place = "the surrogate" if isinstance(source, bytes) else source
        msg = f"{place}: {error}"
        raise type(error)(msg) from error


def read(source: Source, *, verify: bool = True) -> tuple[bytes, Manifest]:
    """The content of a surrogate file and its manifest, checked; see `load` for the errors."""
    data = _bytes(source)
    found = onnxfile.scan(data)
    if METADATA_KEY not in found.metadata:
        msg = "an ONNX model without a gansurrogate manifest; export it with `gansurrogate train`"
        raise ManifestError(msg)
    start, end = found.metadata[METADATA_KEY]
    manifest = Manifest.from_json(data[start:end])
    if verify:
        computed, written = onnxfile.digest(data, found, METADATA_KEY)
        if computed != written:
            msg = f"SHA-256 is {computed[:12]}..., the file says {written[:12]}...: damaged or changed; copy it again"
            raise IntegrityError(msg)
    onnxfile.check_contents(found)
    return data, manifest


def _bytes(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    if not isinstance(source, str | os.PathLike):
        msg = f"a surrogate is loaded from a path or from bytes; got {type(source).__name__}"
        raise ArgumentTypeError(msg)
    path = Path(source)
    if path.is_dir():
        msg = f"{path} is a folder; give the surrogate file in it"
        raise IsADirectoryError(msg)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise FileNotFoundError(msg) from error
