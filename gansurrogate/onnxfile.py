"""Reading an ONNX file without the onnx package: what it holds, and whether it is whole.

An inference machine has no onnx, and onnxruntime would run what a surrogate may not hold (weights read from
other files, foreign operators, unseeded random nodes; a flipped weight bit loads silently). So the protobuf
is walked here by field number, weights skipped, before any session is made.
Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, https://protobuf.dev/programming-guides/encoding.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from gansurrogate.errors import ExternalDataError, IntegrityError, OperatorError, SurrogateFileError

DIGEST_KEY = b'"file_sha256":"'
STANDARD_DOMAINS = ("", "ai.onnx")
_MAX_DEPTH = 16  # subgraphs inside subgraphs
_Span = tuple[int, int]


@dataclass
class OnnxFile:
    """What an ONNX file holds, as far as a surrogate cares."""

    metadata: dict[str, _Span] = field(default_factory=dict)  # where each value lies in the file
    operators: set[tuple[str, str]] = field(default_factory=set)  # (domain, type)
    functions: int = 0
    external_tensors: list[str] = field(default_factory=list)
    graphs: int = 0


def scan(data: bytes) -> OnnxFile:
    """Walk the file once.

    Raises
    ------
    SurrogateFileError
        If `data` is not a whole ONNX model.
    """
    found = OnnxFile()
    try:
        for number, value in _fields(data, 0, len(data)):
            match number, value:
                case 7, (start, end):
                    _scan_graph(data, start, end, found, depth=0)
                case 14, (start, end):
                    key, span = _string_pair(data, start, end)
                    found.metadata[key] = span
                case 25, (_, _):
                    found.functions += 1
    except (IndexError, UnicodeDecodeError, RecursionError) as error:
        raise SurrogateFileError(_not_onnx(data)) from error
    if not found.graphs:
        raise SurrogateFileError(_not_onnx(data))
    return found


def check_contents(found: OnnxFile) -> None:
    """Refuse what a surrogate may not hold.

    Raises
    ------
    ExternalDataError
        If weights lie in other files.
    OperatorError
        If an operator is not of the standard domain, is a Random* node, or functions are defined.
    """
    if found.external_tensors:
        names = ", ".join(found.external_tensors[:3])
        msg = f"the file keeps weights ({names}) in other files; a surrogate is one self-contained file: export again"
        raise ExternalDataError(msg)
    foreign = sorted(f"{domain}::{kind}" for domain, kind in found.operators if domain not in STANDARD_DOMAINS)
    if foreign or found.functions:
        msg = (
            f"the graph uses operators outside the ONNX standard ({', '.join(foreign) or 'local functions'});"
            " a surrogate holds standard operators only"
        )
        raise OperatorError(msg)
    if unseeded := sorted(kind for _, kind in found.operators if kind.startswith("Random") or kind in _DRAWING):
        msg = f"the graph draws its own random numbers ({', '.join(unseeded)}); latents come from the row law only"
        raise OperatorError(msg)


_DRAWING = ("Bernoulli", "Multinomial")  # draw without being called Random*


def digest(data: bytes, found: OnnxFile, key: str) -> tuple[str, str]:
    """The SHA-256 over `data` with the digest itself zeroed, and the digest that stands in metadata `key`.

    Raises
    ------
    IntegrityError
        If the metadata holds no digest, or more than one.
    """
    start, end = found.metadata[key]
    at = data.find(DIGEST_KEY, start, end) + len(DIGEST_KEY)
    written = data[at : at + 64]
    if data.count(DIGEST_KEY, start, end) != 1 or at + 64 > end:
        msg = "the manifest does not carry exactly one file_sha256; the file was changed after its export"
        raise IntegrityError(msg)
    computed = hashlib.sha256(data[:at])
    computed.update(b"0" * 64)
    computed.update(memoryview(data)[at + 64 :])
    return computed.hexdigest(), written.decode("ascii", "replace")


def seal(data: bytes, key: str) -> bytes:
    """Write the digest into the place that metadata `key` keeps for it."""
    found = scan(data)
    computed, written = digest(data, found, key)
    start, end = found.metadata[key]
    at = data.find(written.encode(), data.find(DIGEST_KEY, start, end))
    return data[:at] + computed.encode() + data[at + 64 :]


def _scan_graph(data: bytes, start: int, end: int, found: OnnxFile, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise RecursionError
    found.graphs += 1
    for number, value in _fields(data, start, end):
        match number, value:
            case 1, (a, b):
                _scan_node(data, a, b, found, depth)
            case 5, (a, b):
                _scan_tensor(data, a, b, found)
            case 15, (a, b):
                _scan_sparse_tensor(data, a, b, found)


def _scan_node(data: bytes, start: int, end: int, found: OnnxFile, depth: int) -> None:
    kind = domain = ""
    for number, value in _fields(data, start, end):
        match number, value:
            case 4, (a, b):
                kind = data[a:b].decode()
            case 7, (a, b):
                domain = data[a:b].decode()
            case 5, (a, b):
                for inner, span in _fields(data, a, b):
                    if inner in (5, 10) and isinstance(span, tuple):
                        _scan_tensor(data, *span, found)
                    elif inner in (22, 23) and isinstance(span, tuple):
                        _scan_sparse_tensor(data, *span, found)
                    elif inner in (6, 11) and isinstance(span, tuple):
                        _scan_graph(data, *span, found, depth + 1)
    found.operators.add((domain, kind))


def _scan_tensor(data: bytes, start: int, end: int, found: OnnxFile) -> None:
    name, external = "", False
    for number, value in _fields(data, start, end):
        match number, value:
            case 8, (a, b):
                name = data[a:b].decode()
            case 13, (_, _):
                external = True
            case 14, int(location):
                external |= location == 1
    if external:
        found.external_tensors.append(name)


def _scan_sparse_tensor(data: bytes, start: int, end: int, found: OnnxFile) -> None:
    for number, span in _fields(data, start, end):
        if number in (1, 2) and isinstance(span, tuple):  # values and indices
            _scan_tensor(data, *span, found)


def _string_pair(data: bytes, start: int, end: int) -> tuple[str, _Span]:
    key, span = "", (end, end)
    for number, value in _fields(data, start, end):
        match number, value:
            case 1, (a, b):
                key = data[a:b].decode()
            case 2, (a, b):
                span = (a, b)
    return key, span


def _fields(data: bytes, start: int, end: int) -> Iterator[tuple[int, int | _Span]]:
    """Each field of a message: its number, with an integer or the span of its bytes."""
    at = start
    while at < end:
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            yield number, value
        else:
            length = {1: 8, 5: 4}.get(wire)
            if length is None:
                if wire != 2:
                    raise IndexError
                length, at = _varint(data, at)
            if number == 0 or at + length > end:
                raise IndexError
            yield number, (at, at + length)
            at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise IndexError


def _not_onnx(data: bytes) -> str:
    """What the bytes look like, in a sentence."""
    head = data[:200]
    if head.startswith(b"version https://git-lfs"):
        return "this is a Git LFS pointer, not the model: run `git lfs pull`"
    if not data:
        return "the file is empty"
    if all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head):
        return f"this is a text file (it starts with {head[:30]!r}), not an ONNX model"
    return f"this is not a whole ONNX model ({len(data)} bytes): truncated, damaged, or another kind of file"
