"""Graphs with operators that a surrogate may not hold, arguments without sense, and constants that do not fit."""

from collections.abc import Sequence

import numpy as np
from onnx import NodeProto
from onnx.helper import make_graph, make_node, make_sparse_tensor, make_tensor_value_info
from onnx.numpy_helper import from_array

from corpus.writing import BOOL, FLOAT, INT64, Files, at_run, changed, field, file, floats, hostile, one, whole


def operators() -> Files:
    """Operators that a surrogate may not hold, and uses of others that end the process."""
    given = [make_tensor_value_info(name, kind, []) for name, kind in (("i", INT64), ("c", BOOL), ("s", FLOAT))]
    left = [make_tensor_value_info(name, kind, []) for name, kind in (("c2", BOOL), ("s2", FLOAT))]
    copies = [make_node("Identity", ["c"], ["c2"]), make_node("Identity", ["s"], ["s2"])]
    loop = make_node("Loop", ["most", "", "state"], ["evil"], body=make_graph(copies, "body", given, left))
    yield "an endless Loop", file(hostile([loop], [whole(2**62, "most"), floats(0, "state")]))
    result = make_tensor_value_info("b", FLOAT, None)
    branch = make_graph([make_node("Identity", ["honest"], ["b"])], "branch", [], [result])
    chosen = [
        make_node("ReduceMax", ["rows"], ["last"], keepdims=0),
        make_node("Greater", ["last", "many"], ["late"]),
        make_node("If", ["late"], ["evil"], then_branch=branch, else_branch=branch),
    ]
    yield "an If on the rows", file(hostile(chosen, [whole(10**6, "many")]))
    yield "Scans in Scans", file(hostile([_scan(depth=5)], [floats(0, "state"), floats(np.ones(1000), "steps")]))
    yield "a body in an Identity", file(hostile([make_node("Identity", ["honest"], ["evil"], body=branch)]))
    for kind in ("RandomNormalLike", "Bernoulli", "Multinomial"):
        yield kind, file(hostile([make_node(kind, ["honest"], ["evil"])]))
    training = make_node("Dropout", ["honest", "share", "yes"], ["evil"])
    yield "Dropout as in training", file(hostile([training], [floats(0.5, "share"), from_array(np.array(True), "yes")]))
    for kind, domain in (
        ("Gelu", "com.microsoft"), ("NoSuchOperator", ""), ("Evil\x1b[31m", ""), ("Evil", "a\nb\x1b[2J"), ("", ""),
    ):  # fmt: skip
        yield f"{domain}::{kind}", file(hostile([make_node(kind, ["honest"], ["evil"], domain=domain)]))
    yield "a name of a megabyte", file(hostile([make_node("x" * 2**20, ["honest"], ["evil"])]))
    lists = [make_node("SequenceConstruct", ["honest"], ["list"]), make_node("SequenceAt", ["list", "0"], ["evil"])]
    yield "a list of tensors", file(hostile(lists, [whole(0, "0")]))
    yield "a function", file(more=field(25, field(1, "Mine")))
    yield "steps of a training", file(more=field(20, field(1, field(1, field(4, "RandomNormal") + field(2, "x")))))
    image, kernel = np.ones((1, 4, 8, 8)), np.ones((4, 4, 3, 3))
    yield "strides of 0", one("MaxPool", image, kernel_shape=[2, 2], strides=[0, 2])
    yield "no groups", one("ConvTranspose", image, kernel, group=0)
    yield "no groups to normalise", one("GroupNormalization", image, np.ones(0), np.ones(0), num_groups=0)
    yield "blocks of 2^32", one("DepthToSpace", image, blocksize=2**32)
    yield "negative batch_dims", one("GatherND", image, [[0, 0]], batch_dims=-128)
    yield "more outputs than parts", file(hostile([make_node("Split", ["honest"], ["evil", "b", "c"], num_outputs=1)]))
    scaled = make_node("LayerNormalization", ["honest", "scale", ""], ["evil"])
    yield "an empty bias", file(hostile([scaled], [floats(np.ones((1, 4, 0, 4)), "scale")]))
    spectrum = make_node("DFT", ["line", "", ""], ["evil"])
    later = changed(
        lambda copy: setattr(copy.opset_import[0], "version", 20),
        hostile([spectrum], [floats(np.ones((1, 8, 1)), "line")]),
    )
    yield "an empty axis", file(later)
    for index in (2**30, -(2**20)):
        sparse = make_sparse_tensor(floats([1], "evil"), whole([index], "index"), [4])
        model = changed(lambda copy, s=sparse: copy.graph.sparse_initializer.append(s), hostile([]))
        yield f"a sparse constant, index {index}", file(model)


def _scan(depth: int) -> NodeProto:
    """A Scan over ``steps`` from ``state`` to ``evil``, with `depth` more inside."""
    node = make_node("Add", [f"s{depth}", f"x{depth}"], [f"t{depth}"])
    for level in range(depth, -1, -1):
        ends = [[make_tensor_value_info(f"{name}{level}", FLOAT, []) for name in names] for names in ("sx", "t")]
        body = make_graph([node], f"body{level}", *ends)
        old, new = (f"s{level - 1}", f"t{level - 1}") if level else ("state", "evil")
        node = make_node("Scan", [old, "steps"], [new], body=body, num_scan_inputs=1)
    return node


def arguments() -> Files:
    """Operators that may be held, with arguments that make no sense."""
    line, image = np.ones((1, 4, 8)), np.ones((1, 4, 8, 8))
    yield "axes twice", one("Transpose", line, perm=[0, 0, 1])
    yield "steps of 0", one("Slice", line, [0], [8], [2], [0])
    yield "less than nothing", one("Pad", line, [0, 0, -100, 0, 0, 0])
    yield "a padding of 2^62", one("Conv", line, np.ones((4, 4, 3)), pads=[2**62, 2**62])
    yield "a negative shape", one("Reshape", line, [-5, 4])
    yield "two free dimensions", one("Reshape", line, [-1, -1, 4])
    yield "a range without steps", one("Range", 0, 5, 0)
    yield "times -3", one("Tile", line, [1, -3, 1])
    parts = make_node("Split", ["honest", "sizes"], ["evil", "rest"], axis=2)
    yield "negative parts", file(hostile([parts], [whole([-8, 24], "sizes")]))
    yield "the largest -5", file(hostile([make_node("TopK", ["honest", "k"], ["evil", "places"])], [whole([-5], "k")]))
    for scale in (np.nan, np.inf, -1.0, 1e30):
        yield f"resized by {scale}", one("Resize", image, [], [1.0, 1.0, scale, scale])
    for place in (2**40, -(2**40), -(2**63)):
        known, constant = at_run([[[place]]], "place")
        for kind, attributes in (("Gather", {}), ("GatherElements", {"axis": 2}), ("GatherND", {})):
            taken = make_node(kind, ["honest", "place"], ["evil"], **attributes)
            yield f"{kind} from {place}", file(hostile([*known, taken], [constant]))
        put = make_node("ScatterElements", ["honest", "place", "one"], ["evil"], axis=2)
        yield f"ScatterElements to {place}", file(hostile([*known, put], [constant, floats([[[1]]], "one")]))


def shapes() -> Files:
    """Constants and declarations that do not fit what they hold; versions of no standard; names that are no text."""
    model = hostile([make_node("Identity", ["huge"], ["evil"])])

    def constant(dims: Sequence[int], raw: bytes, kind: int = FLOAT) -> bytes:
        tensor = b"".join(field(1, size) for size in dims) + field(2, kind) + field(8, "huge") + field(9, raw)
        return file(model, more=field(7, field(5, tensor)))

    for dims in ([2**40], [2**62, 4], [2**32, 2**32], [2**33, 2**31], [-1, -1], [-5], [2**62 + 1, 4]):
        yield f"a constant of {dims}", constant(dims, bytes(16))
    yield "too few bytes", constant([8], bytes(4))
    yield "too many bytes", constant([1], bytes(400))
    for kind in (0, 8, 22, 999):
        yield f"a constant of type {kind}", constant([3], b"\0", kind)
    for version in (99, -1, 0, 2**62):
        yield f"opset {version}", file(changed(lambda copy, v=version: setattr(copy.opset_import[0], "version", v)))
    yield "IR version 99", file(changed(lambda copy: setattr(copy, "ir_version", 99)))
    for name, number, axes in (("an input", b"\xff", b""), ("an axis", b"z", field(2, field(1, field(2, b"\xff"))))):
        declared = field(1, number) + field(2, field(1, field(1, INT64) + axes))
        yield f"{name} whose name is not UTF-8", file(more=field(7, field(11, declared)))
    yield "an operator that is not UTF-8", file(more=field(7, field(1, field(4, b"\xff\xfe"))))
    yield "metadata that is not UTF-8", file(more=field(14, field(1, b"\xff\xfe")))
    nested = field(1, field(1, 1))
    for _ in range(20_000):
        nested = field(4, field(1, nested))
    yield "types in types", file(more=field(7, field(13, field(1, "z") + field(2, nested))))
    graph = field(2, "innermost")
    for _ in range(1000):
        graph = field(1, field(4, "Scan") + field(5, field(1, "body") + field(6, graph)))
    yield "graphs in graphs", file(more=field(7, graph))
    yield "a constant for the seed", file(changed(lambda copy: copy.graph.initializer.append(whole(3, "seed"))))
    yield "the seed twice", file(changed(lambda copy: copy.graph.input.append(copy.graph.input[0])))
    more = make_tensor_value_info("more", FLOAT, [])
    yield "one more input", file(changed(lambda copy: copy.graph.input.append(more)))
    yield "settings for onnxruntime", file(more=field(14, field(1, "ort_config") + field(2, "{}")))
