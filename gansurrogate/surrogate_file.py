"""Reading a surrogate file: its bytes and its manifest, checked before anything is run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gansurrogate import onnxfile, operators
from gansurrogate.checked import CheckedFile
from gansurrogate.digests import digests, graph_sha256, sealed
from gansurrogate.errors import ArgumentTypeError, IntegrityError, ManifestError, SurrogateFileError
from gansurrogate.files import atomic_write
from gansurrogate.manifest import METADATA_KEY, Manifest
from gansurrogate.onnxfile import Entry
from gansurrogate.plain import NO_DIGEST, printable
from gansurrogate.upgrades import CHANGES, OLDEST

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

    A file of an older schema is one of the present schema afterwards.

    Returns
    -------
    Manifest
        As it stands in the file, with its hashes.

    Raises
    ------
    OutputError
        If the file cannot be written: it stays as it was.
    SurrogateFileError
        If it is not a sound surrogate, or not the one that `manifest` is of.
    """
    with errors_name(path):
        data, now = read(path)
        if manifest.graph_sha256 not in (NO_DIGEST, now.graph_sha256):
            msg = (
                f"the manifest is that of the network {manifest.graph_sha256[:12]}..., the file has"
                f" {now.graph_sha256[:12]}...: it was replaced meanwhile, or another one is meant"
            )
            raise IntegrityError(msg)
        written, manifest = _written(data, manifest)
    with atomic_write(path) as file:
        file.write(written)
    return manifest


def upgrade(path: str | os.PathLike[str], output: str | os.PathLike[str] | None = None) -> tuple[str, ...]:
    """Rewrite a surrogate file of an older schema in the present one, to `output` or in place.

    Graph and weights stay bit for bit as they are, and so do the signals. The file's bytes change, so a signature of
    the old file is void. A file of the present schema is copied to `output` as it is, and in place left alone.

    Returns
    -------
    tuple of str
        What was changed, one sentence each; empty if the file follows the present schema.

    Raises
    ------
    OutputError
        If the file cannot be written: what stood there stays.
    SurrogateFileError
        If it is not a sound surrogate; `SchemaVersionError` if this version does not read its schema.
    """
    with errors_name(path):
        data, manifest = read(path)
        changes = CHANGES[manifest.schema - OLDEST :]
        written = _written(data, manifest)[0] if changes else data
    if changes or output is not None:
        with atomic_write(path if output is None else output) as file:
            file.write(written)
    return changes


def seal(model: bytes, manifest: Manifest) -> bytes:
    """The surrogate file of an ONNX model: `manifest` inside, in place of another one, with the hashes as they are."""
    old = onnxfile.scan(model).entries(METADATA_KEY)
    known = replace(manifest, graph_sha256=graph_sha256(model, old[-1] if old else None), file_sha256=NO_DIGEST)
    data = onnxfile.with_metadata(model, METADATA_KEY, known.to_json())
    return sealed(data, onnxfile.scan(data).entries(METADATA_KEY)[0])


def _written(data: bytes, manifest: Manifest) -> tuple[bytes, Manifest]:
    """The file `data` with another manifest; what cannot be read again is not written."""
    return read(seal(data, manifest))


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
    entries = found.entries(METADATA_KEY)
    if not entries:
        msg = "an ONNX model without a gansurrogate manifest; export it with `gansurrogate train`"
        raise ManifestError(msg)
    if len(entries) > 1:
        msg = f"the file has {len(entries)} manifests; a surrogate has one: export it again"
        raise ManifestError(msg)
    if found.entries(_SETTINGS):
        msg = f"the file brings settings for onnxruntime ({_SETTINGS}); these are the host's to choose: export it again"
        raise SurrogateFileError(msg)
    manifest = Manifest.from_json(data[slice(*entries[0].value)])
    if verify:
        manifest = _verified(data, entries[0], manifest)
    elif manifest.schema < 2:
        manifest = replace(manifest, graph_sha256=graph_sha256(data, entries[0]))
    operators.check_contents(found)
    return data, manifest


def _verified(data: bytes, entry: Entry, manifest: Manifest) -> Manifest:
    """The manifest, whose hashes are those of the file. One of schema 1 gets the hash of the graph that it lacks."""
    graph, file, written = digests(data, entry)
    whole = file == written == manifest.file_sha256  # whoever reads the manifest sees the hash that was checked
    if manifest.schema < 2:
        if not whole:
            msg = f"SHA-256 is {file[:12]}..., the file says {written[:12]}...: damaged or changed; copy it again"
            raise IntegrityError(msg)
        return replace(manifest, graph_sha256=graph)
    if graph != manifest.graph_sha256:
        cause = "damaged or changed; copy the file again"
        if whole:
            cause = "replaced, and the SHA-256 of the file renewed, but not that of the graph; export the file again"
        said = manifest.graph_sha256[:12]
        msg = f"graph and weights have SHA-256 {graph[:12]}..., the manifest says {said}...: {cause}"
        raise IntegrityError(msg)
    if not whole:
        msg = (
            f"the manifest was damaged or changed: the file has SHA-256 {file[:12]}... and says {written[:12]}...,"
            " while graph and weights are as they were; copy the file again"
        )
        raise IntegrityError(msg)
    return manifest


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
