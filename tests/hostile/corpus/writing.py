"""How the hostile files are written: protobuf byte by byte, and graphs with the onnx package."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import ModelProto, NodeProto, TensorProto
from onnx.helper import make_node
from onnx.numpy_helper import from_array

import gansurrogate as gs

HONEST = (Path(__file__).parents[2] / "runtime" / "data" / f"golden-{gs.__version__}.onnx").read_bytes()
MODEL = onnx.load_from_string(HONEST)
MANIFEST = json.loads(MODEL.metadata_props[0].value)
BOOL, FLOAT, INT64 = TensorProto.BOOL, TensorProto.FLOAT, TensorProto.INT64
ZEROS = "0" * 64  # where a hash will stand
_DIGEST, _GRAPH_DIGEST = b'"file_sha256":"', b'"graph_sha256":"'
Files = Iterator[tuple[str, bytes]]


def varint(value: int, least: int = 1) -> bytes:
    """`value` in at least `least` bytes: more than it needs are allowed by most parsers."""
    encoded = bytearray()
    while value > 0x7F or len(encoded) + 1 < least:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def field(number: int, value: int | str | bytes) -> bytes:
    """One field: an integer, or text, bytes or a message with its length before it."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value % 2**64)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def sealed(data: bytes) -> bytes:
    """`data` with the SHA-256 that its manifest, the last one in it, has to carry."""
    at = data.rindex(_DIGEST) + len(_DIGEST)
    zeroed = data[:at] + b"0" * 64 + data[at + 64 :]
    return data[:at] + hashlib.sha256(zeroed).hexdigest().encode() + data[at + 64 :]


def manifest_text(manifest: dict[str, Any] | None = None) -> str:
    """A manifest as JSON, the honest one by default, with places for the hashes."""
    return json.dumps({**(manifest or MANIFEST), "graph_sha256": ZEROS, "file_sha256": ZEROS}, separators=(",", ":"))


def file(
    model: ModelProto | None = None, *, manifest: str | bytes | None = None, before: bytes = b"", more: bytes = b""
) -> bytes:
    """A surrogate file. `more` is merged into the model, as protobuf merges repeated fields."""
    plain = changed(lambda copy: copy.ClearField("metadata_props"), model)
    graph = before + plain.SerializeToString() + more
    text = manifest_text() if manifest is None else manifest
    text = text.encode() if isinstance(text, str) else text
    known = _GRAPH_DIGEST + hashlib.sha256(graph).hexdigest().encode()
    entry = field(1, "gansurrogate") + field(2, text.replace(_GRAPH_DIGEST + ZEROS.encode(), known))
    data = graph + field(14, entry)
    return sealed(data) if _DIGEST in data else data


def signal(nodes: Sequence[NodeProto], constants: Sequence[TensorProto] = ()) -> ModelProto:
    """The honest model with its output renamed ``honest``, and `nodes` that make another ``signal`` of it."""
    model = changed(lambda copy: copy.graph.initializer.extend(constants))
    for node in model.graph.node:
        node.output[:] = ["honest" if name == "signal" else name for name in node.output]
    model.graph.node.extend(nodes)
    return model


def hostile(nodes: Sequence[NodeProto], constants: Sequence[TensorProto] = ()) -> ModelProto:
    """The honest model, whose signal needs the tensor ``evil`` that `nodes` compute: ``honest + 0 * max(evil)``."""
    used = [
        make_node("Cast", ["evil"], ["evil/float"], to=FLOAT),
        make_node("ReduceMax", ["evil/float"], ["evil/max"], keepdims=0),
        make_node("Mul", ["evil/max", "evil/0"], ["evil/zero"]),
        make_node("Add", ["honest", "evil/zero"], ["signal"]),
    ]
    return signal([*nodes, *used], [*constants, floats(0, "evil/0")])


def changed(change: Callable[[ModelProto], Any], model: ModelProto | None = None) -> ModelProto:
    """A copy of `model`, the honest one by default, changed in place by `change`."""
    copy = ModelProto()
    copy.CopyFrom(model or MODEL)
    change(copy)
    return copy


def floats(values: ArrayLike, name: str) -> TensorProto:
    """A constant of float32."""
    return from_array(np.asarray(values, np.float32), name)


def whole(values: ArrayLike, name: str) -> TensorProto:
    """A constant of int64."""
    return from_array(np.asarray(values, np.int64), name)


def one(kind: str, *values: ArrayLike, **attributes: Any) -> bytes:
    """The honest surrogate with one more node on constants: integers as int64, others as float32."""
    kinds = [whole if np.asarray(value).dtype.kind == "i" else floats for value in values]
    constants = [make(value, f"evil/in{i}") for i, (make, value) in enumerate(zip(kinds, values, strict=True))]
    node = make_node(kind, [constant.name for constant in constants], ["evil"], **attributes)
    return file(hostile([node], constants))


def at_run(value: ArrayLike, name: str) -> tuple[list[NodeProto], TensorProto]:
    """Nodes and a constant for a tensor of int64 that is known when the graph runs, not when it is loaded."""
    nodes = [
        make_node("Shape", ["rows"], [f"{name}/n"]),
        make_node("Sub", [f"{name}/n", f"{name}/n"], [f"{name}/0"]),
        make_node("Add", [f"{name}/0", f"{name}/c"], [name]),
    ]
    return nodes, whole(value, f"{name}/c")
