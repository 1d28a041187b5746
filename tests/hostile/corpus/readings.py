"""Files in which our reader and onnxruntime's could find different things, and weights in other files."""

from pathlib import Path

import onnxruntime
from onnx.helper import make_node

from corpus.writing import FLOAT, Files, field, file, signal, varint

HIDDEN = 2**29  # added to a field's number: 32-bit parsers drop it


def external(folder: Path) -> Files:
    """Weights that lie in canary.bin, in the working folder and in other places."""
    (folder / "link.bin").symlink_to(folder.parent / "canary.bin")
    model = signal([make_node("Add", ["honest", "canary"], ["signal"])])

    def tensor(place: str, location: bytes = field(14, 1)) -> bytes:
        entries = [field(1, key) + field(2, value) for key, value in (("location", place), ("length", "128"))]
        outside = b"".join(field(13, entry) for entry in entries)
        return field(1, 2) + field(1, 16) + field(2, FLOAT) + field(8, "canary") + outside + location

    def initializer(content: bytes) -> bytes:
        return file(model, more=field(7, field(5, content)))

    absolute = str(folder / "canary.bin")
    for place in ("canary.bin", "../canary.bin", absolute, "link.bin", "sub/../canary.bin", "*/_ORT_MEM_ADDR_/*"):
        yield place.replace(str(folder), ""), initializer(tensor(place))
    yield "location without a place", initializer(field(8, "canary") + field(14, 1))
    yield "location of 33 bits", initializer(tensor("canary.bin", location=field(14, 2**32 + 1)))
    node, weights = field(2, "canary") + field(4, "Constant"), tensor("canary.bin")
    for number, content in ((5, weights), (22, field(1, weights)), (23, field(2, weights))):
        attribute = field(1, "value") + field(number, content) + field(20, 4)
        yield f"in attribute {number}", file(model, more=field(7, field(1, node + field(5, attribute))))
    yield "in a sparse constant", file(model, more=field(7, field(15, field(1, weights))))
    body = field(1, "body") + field(6, field(5, weights)) + field(20, 5)
    yield "in the body of a Scan", file(model, more=field(7, field(1, field(4, "Scan") + field(5, body))))


def two_readings(folder: Path) -> Files:
    """What two parsers of protobuf read differently, and another format in the same bytes."""
    model = signal([make_node("Add", ["honest", "canary"], ["signal"])])
    entry = field(1, "location") + field(2, "canary.bin")
    known = field(1, 2) + field(1, 16) + field(2, FLOAT) + field(8, "canary")
    for name, place, location in (
        ("field numbers of 32 bits", field(13 + HIDDEN, entry), field(14 + HIDDEN, 1)),
        ("field numbers of 32 bits, location of 33", field(13 + HIDDEN, entry), field(14, 2**32 + 1)),
        ("tags in too many bytes", varint(13 << 3 | 2, 3) + field(0, entry)[1:], varint(14 << 3, 3) + varint(1)),
    ):
        yield f"external: {name}", file(model, more=field(7, field(5, known + place + location)))
    model = signal([make_node("Add", ["honest", "noise"], ["signal"])])
    drawn = field(1, "honest") + field(2, "noise")
    for name, kinds in (
        ("field number of 32 bits", field(4, "Identity") + field(4 + HIDDEN, "RandomNormalLike")),
        ("fixed64 after text", field(4, "RandomNormalLike") + varint(4 << 3 | 1) + b"Identity"),
        ("domain as fixed32", field(4, "Gelu") + field(7, "com.microsoft") + varint(7 << 3 | 5) + b"\0\0\0\0"),
        ("in a second graph", field(4, "RandomNormalLike")),
    ):
        yield f"operator: {name}", file(model, more=field(7, field(1, drawn + kinds)))
    yield "a number of eleven bytes", file(more=varint(5 << 3) + b"\xff" * 10 + b"\1")
    yield "a number of 65 bits", file(more=varint(5 << 3) + b"\xff" * 9 + b"\3")
    yield "a group", file(more=b"\x9b\x06\x9c\x06")
    yield "field 0", file(more=b"\2\0")
    yield "onnxruntime's own format", file(before=_polyglot(folder))


def _polyglot(folder: Path) -> bytes:
    """Bytes that protobuf takes for a number and two texts, and onnxruntime for its own kind of model, a random one."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.optimized_model_filepath = str(folder / "model.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    nodes = [make_node("RandomNormalLike", ["honest"], ["e0"])]
    for i, kind in enumerate(["Abs", "Neg", "Floor", "Ceil", "Sqrt", "Tanh"]):  # until the root lies well
        nodes.append(make_node(kind, [f"e{i}"], [f"e{i + 1}"]))
        model = signal([*nodes, make_node("Add", [f"e{i + 1}", "honest"], ["signal"])])
        onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        own = (folder / "model.ort").read_bytes()
        # A flatbuffer begins with the place of its root: here the number 0 and a text of 4 bytes, "ORTM".
        beginning = bytes([1 << 3, 0, 2 << 3 | 2, 4])
        shift = int.from_bytes(beginning, "little") - int.from_bytes(own[:4], "little")
        if shift % 16 == 0:
            rest = bytes(shift + 8 - 14) + own[8:]  # where the shift moves it: 14 bytes stand before
            return beginning + own[4:8] + varint(6 << 3 | 2) + varint(len(rest), 5) + rest
    msg = "no flatbuffer whose root lies at a multiple of 16"
    raise AssertionError(msg)
