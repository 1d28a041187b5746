"""Reading an ONNX file without the onnx package: what it holds, and whether it is whole.

An inference machine has no onnx, and onnxruntime would run what a surrogate may not hold (weights read from
other files, foreign operators, unseeded random nodes; a flipped weight bit loads silently). So the protobuf
is walked here by field number, weights skipped, before any session is made.

onnxruntime reads the same bytes with another parser, so whatever the two could understand differently is refused:
numbers in more bytes than they need, field numbers beyond 29 bits, groups, and onnxruntime's own file format.
Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, https://protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from gansurrogate.errors import SurrogateFileError

MOST_BYTES = 2**31 - 1  # protobuf's limit
MOST_FIELDS = 200_000  # a fifth of a second; an exported generator has some thousands
_MAX_DEPTH = 16  # subgraphs inside subgraphs
_ORT_FORMAT = b"ORTM"  # from byte 4 on, where onnxruntime looks for it
_Span = tuple[int, int]


@dataclass
class Node:
    """One operator of the graph, or of the body of a loop at `depth` 1 and more."""

    depth: int
    kind: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[_Span] = field(default_factory=list)  # where their names lie
    integers: dict[str, list[int]] = field(default_factory=dict)  # in each attribute
    bodies: int = 0


class Entry(NamedTuple):
    """A metadata entry: its key, and where its value and the whole entry, with tag and length, lie in the file."""

    key: str
    value: _Span
    span: _Span


@dataclass
class OnnxFile:
    """What an ONNX file holds, as far as a surrogate cares."""

    metadata: list[Entry] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    tensors: int = 0
    external_tensors: list[str] = field(default_factory=list)
    sparse_tensors: int = 0
    functions: int = 0
    graphs: int = 0

    def entries(self, key: str) -> list[Entry]:
        """The metadata entries under `key`."""
        return [entry for entry in self.metadata if entry.key == key]


def scan(data: bytes) -> OnnxFile:
    """Walk the file once.

    Raises
    ------
    SurrogateFileError
        If `data` is not a whole ONNX model, or has more parts than a generator has.
    """
    if data[4:8] == _ORT_FORMAT:
        msg = "this is a model in onnxruntime's own format, which cannot be checked; a surrogate is an ONNX file"
        raise SurrogateFileError(msg)
    if len(data) > MOST_BYTES:
        msg = f"the file has {len(data)} bytes; an ONNX file has at most {MOST_BYTES}"
        raise SurrogateFileError(msg)
    read = _Reader(data)
    try:
        for number, value in read.fields(0, len(data)):
            match number, value:
                case 7, (start, end):
                    read.graph(start, end, depth=0)
                case 14, (start, end):
                    read.found.metadata.append(read.entry(start, end))
                case ((20 | 25), _):  # steps of a training, functions
                    read.found.functions += 1
    except (IndexError, UnicodeDecodeError) as error:
        raise SurrogateFileError(_not_onnx(data)) from error
    if not read.found.graphs:
        raise SurrogateFileError(_not_onnx(data))
    return read.found


def with_metadata(data: bytes, key: str, value: str) -> bytes:
    """The file with `value` under metadata `key`, at the end or where another value of it stood; else as it was."""
    old = scan(data).entries(key)
    start, end = old[-1].span if old else (len(data), len(data))
    return data[:start] + headed(14, headed(1, key.encode()) + headed(2, value.encode())) + data[end:]


def headed(number: int, content: bytes) -> bytes:
    """A field of bytes, with its tag (of a number below 16) and length."""
    length, size = bytearray(), len(content)
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + content


class _Reader:
    """Walks the messages of one file by the field numbers of onnx.proto, and notes what it finds."""

    def __init__(self, data: bytes) -> None:
        self.data, self.left, self.found = data, MOST_FIELDS, OnnxFile()

    def graph(self, start: int, end: int, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise IndexError
        self.found.graphs += 1
        for number, value in self.fields(start, end):
            match number, value:
                case 1, (a, b):
                    self.node(a, b, Node(depth))
                case 5, (a, b):
                    self.tensor(a, b)
                case 15, (a, b):
                    self.sparse_tensor(a, b)

    def node(self, start: int, end: int, node: Node) -> None:
        self.found.nodes.append(node)
        for number, value in self.fields(start, end):
            match number, value:
                case 1, (a, b):
                    node.inputs.append(self.text(a, b))
                case 2, (a, b):
                    node.outputs.append((a, b))
                case 4, (a, b):
                    node.kind = self.text(a, b)
                case 7, (a, b):
                    node.domain = self.text(a, b)
                case 5, (a, b):
                    self.attribute(a, b, node)

    def attribute(self, start: int, end: int, node: Node) -> None:
        name, integers = "", []
        for number, value in self.fields(start, end):
            match number, value:
                case 1, (a, b):
                    name = self.text(a, b)
                case ((3 | 8), int(single)):
                    integers.append(_signed(single))
                case 8, (a, b):
                    integers += self.packed(a, b)
                case ((5 | 10), (a, b)):
                    self.tensor(a, b)
                case ((22 | 23), (a, b)):
                    self.sparse_tensor(a, b)
                case ((6 | 11), (a, b)):
                    node.bodies += 1
                    self.graph(a, b, node.depth + 1)
        node.integers.setdefault(name, []).extend(integers)

    def tensor(self, start: int, end: int) -> None:
        name, external = "", False
        for number, value in self.fields(start, end):
            match number, value:
                case 8, (a, b):
                    name = self.text(a, b)
                case 13, (_, _):
                    external = True
                case 14, int(location):
                    external |= location != 0
        self.found.tensors += 1
        if external:
            self.found.external_tensors.append(name)

    def sparse_tensor(self, start: int, end: int) -> None:
        self.found.sparse_tensors += 1
        for number, span in self.fields(start, end):
            if number in (1, 2) and isinstance(span, tuple):  # values and indices
                self.tensor(*span)

    def entry(self, start: int, end: int) -> Entry:
        key, span = "", (end, end)
        for number, value in self.fields(start, end):
            match number, value:
                case 1, (a, b):
                    key = self.text(a, b)
                case 2, (a, b):
                    span = (a, b)
        head = 1 + max(1, -(-(end - start).bit_length() // 7))  # tag and length take no more bytes than they need
        return Entry(key, span, (start - head, end))

    def fields(self, start: int, end: int) -> Iterator[tuple[int, int | _Span]]:
        """Each field of a message: its number, with an integer or the span of its bytes; others are passed over."""
        at = start
        while at < end:
            self.count()
            value: int | _Span | None
            tag, at = self.varint(at)
            number, wire = tag >> 3, tag & 7
            if not 0 < number < 2**29:
                raise IndexError
            match wire:
                case 0:
                    value, at = self.varint(at)
                case 1 | 5:
                    value, at = None, at + (8 if wire == 1 else 4)
                case 2:
                    length, at = self.varint(at)
                    value, at = (at, at + length), at + length
                case _:
                    raise IndexError
            if at > end:
                raise IndexError
            if value is not None:
                yield number, value

    def packed(self, at: int, end: int) -> Iterator[int]:
        while at < end:
            self.count()
            value, at = self.varint(at)
            yield _signed(value)

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            msg = f"the graph has more than {MOST_FIELDS} parts, too many for a generator"
            raise SurrogateFileError(msg)

    def varint(self, at: int) -> tuple[int, int]:
        value = 0
        for shift in range(0, 70, 7):
            byte = self.data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if (byte == 0 and shift) or value >= 2**64:
                    break  # another parser may read another number
                return value, at
        raise IndexError

    def text(self, start: int, end: int) -> str:
        return str(self.data[start:end], "utf-8")


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


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
