"""The two SHA-256 of a surrogate file: over graph and weights, and over everything.

`graph_sha256` is taken over the file without its manifest: the metadata entry, with its tag and length, is left out as
if it were not there. So it stays when the manifest changes, and tells the network. `file_sha256` is taken over the
whole file with its own 64 digits zeroed.
"""

import hashlib
from typing import NamedTuple

from gansurrogate.errors import IntegrityError
from gansurrogate.onnxfile import Entry
from gansurrogate.plain import NO_DIGEST

_KEY = b'"file_sha256":"'
_ZEROED = NO_DIGEST.encode()


class Digests(NamedTuple):
    """What the bytes of a file give, and what is written in its manifest for the whole of it."""

    graph: str
    file: str
    written: str


def digests(data: bytes, manifest: Entry) -> Digests:
    """Both digests of the file `data`; in one pass, if its manifest stands last as exporters write it.

    Raises
    ------
    IntegrityError
        If the manifest has no place for a `file_sha256`, or more than one.
    """
    at, end = _place(data, manifest)
    bytes_ = memoryview(data)
    before = hashlib.sha256(bytes_[: manifest.span[0]])
    graph, whole = before.copy(), before
    graph.update(bytes_[manifest.span[1] :])
    for part in (bytes_[manifest.span[0] : at], _ZEROED, bytes_[end:]):
        whole.update(part)
    return Digests(graph.hexdigest(), whole.hexdigest(), data[at:end].decode("ascii", "replace"))


def graph_sha256(data: bytes, manifest: Entry | None) -> str:
    """The SHA-256 over `data` without the entry of its manifest, if it has one."""
    start, end = manifest.span if manifest else (len(data), len(data))
    digest = hashlib.sha256(memoryview(data)[:start])
    digest.update(memoryview(data)[end:])
    return digest.hexdigest()


def sealed(data: bytes, manifest: Entry) -> bytes:
    """The file with its `file_sha256` in the place that the manifest keeps for it."""
    at, end = _place(data, manifest)
    return data[:at] + digests(data, manifest).file.encode() + data[end:]


def _place(data: bytes, manifest: Entry) -> tuple[int, int]:
    """Where the digits of `file_sha256` lie."""
    start, end = manifest.value
    at = data.find(_KEY, start, end) + len(_KEY)
    if data.count(_KEY, start, end) != 1 or at + len(_ZEROED) > end:
        msg = "the manifest does not carry exactly one file_sha256; the file was changed after its export"
        raise IntegrityError(msg)
    return at, at + len(_ZEROED)
