"""Reading a surrogate file: its bytes and its manifest, checked before anything is run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gansurrogate import onnxfile, operators
from gansurrogate.checked import CheckedFile
from gansurrogate.errors import ArgumentTypeError, IntegrityError, ManifestError, SurrogateFileError
from gansurrogate.files import atomic_write
from gansurrogate.manifest import METADATA_KEY, NO_DIGEST, Manifest
from gansurrogate.plain import printable

Source = str | os.PathLike[str] | bytes
_SETTINGS = "ort_config"  # onnxruntime obeys it where ORT_LOAD_CONFIG_FROM_MODEL is set


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


def write_manifest(path: str | os.PathLike[str], manifest: Manifest) -> Manifest:
    """Give the surrogate file at `path` another manifest; graph and weights stay bit for bit as they are.

    Returns
    -------
    Manifest
        As it stands in the file, with its new hash.

    Raises
    ------
    OutputError
        If the file cannot be written: it stays as it was.
    SurrogateFileError
        If it is not a sound surrogate.
    """
    with errors_name(path):
        data, _ = read(path)
        text = replace(manifest, file_sha256=NO_DIGEST).to_json()
        sealed = onnxfile.seal(onnxfile.with_metadata(data, METADATA_KEY, text), METADATA_KEY)
        written = read(sealed)[1]  # what cannot be read again is not written
    with atomic_write(path) as file:
        file.write(sealed)
    return written


@contextmanager
def errors_name(source: Source) -> Iterator[None]:
    """Errors of a file name the file, and show what they quote from it without its control characters."""
    place = "the surrogate" if isinstance(source, bytes) else source
    try:
        yield
    except UnicodeDecodeError as error:  # by onnxruntime, of a name
        msg = f"{place}: the graph has a name that is not UTF-8"
        raise SurrogateFileError(msg) from error
    except SurrogateFileError as error:
        msg = f"{place}: {printable(str(error))}"
        raise type(error)(msg) from error


def read(source: Source, *, verify: bool = True) -> tuple[bytes, Manifest]:
    """The content of a surrogate file and its manifest, checked; see `load` for the errors."""
    data = _bytes(source)
    found = onnxfile.scan(data)
    places = found.places(METADATA_KEY)
    if not places:
        msg = "an ONNX model without a gansurrogate manifest; export it with `gansurrogate train`"
        raise ManifestError(msg)
    if len(places) > 1:
        msg = f"the file has {len(places)} manifests; a surrogate has one: export it again"
        raise ManifestError(msg)
    if found.places(_SETTINGS):
        msg = f"the file brings settings for onnxruntime ({_SETTINGS}); these are the host's to choose: export it again"
        raise SurrogateFileError(msg)
    start, end = places[0]
    manifest = Manifest.from_json(data[start:end])
    if verify:
        computed, written = onnxfile.digest(data, places[0])
        if not computed == written == manifest.file_sha256:  # whoever reads the manifest sees the hash that was checked
            said = manifest.file_sha256
            msg = f"SHA-256 is {computed[:12]}..., the file says {said[:12]}...: damaged or changed; copy it again"
            raise IntegrityError(msg)
    operators.check_contents(found)
    return data, manifest


def _bytes(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    if not isinstance(source, str | os.PathLike):
        msg = f"a surrogate is loaded from a path or from bytes; got {type(source).__name__}"
        raise ArgumentTypeError(msg)
    if isinstance(source, CheckedFile):
        return source.data
    path = Path(source)
    if path.is_dir():
        msg = f"{path} is a folder; give the surrogate file in it"
        raise IsADirectoryError(msg)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise FileNotFoundError(msg) from error
