"""Little files that ask for much memory or time."""

import numpy as np
from onnx.helper import make_graph, make_node, make_tensor_value_info

from corpus.writing import FLOAT, Files, at_run, changed, field, file, floats, hostile, one, whole


def resources() -> Files:
    """Tensors of 8 GB to 4 EB, and files of many parts."""
    for size in (2**31, 25 * 2**30, 2**60):
        side = int(size**0.5)
        yield f"ConstantOfShape {size}", one("ConstantOfShape", [size])
        yield f"Range {size}", one("Range", 0, size, 1)
        yield f"Resize {size}", one("Resize", np.ones((1, 1, 4, 4)), [], [], [1, 1, side, side])
        tile = make_node("Tile", ["honest", "times"], ["evil"])
        yield f"Tile {size}", file(hostile([tile], [whole([size // 32, 1, 1], "times")]))
        yield f"Pad {size}", file(hostile([make_node("Pad", ["rows", "by"], ["evil"])], [whole([0, size], "by")]))
        known, constant = at_run([size], "size")
        expand = make_node("Expand", ["one", "size"], ["evil"])
        yield f"Expand {size}", file(hostile([*known, expand], [constant, floats([1], "one")]))
        known, constant = at_run([side], "size")
        product = [
            make_node("Expand", ["one", "size"], ["row"]),
            make_node("Unsqueeze", ["row", "last"], ["column"]),
            make_node("Mul", ["row", "column"], ["evil"]),
        ]
        constants = [constant, floats([1], "one"), whole([1], "last")]
        yield f"outer product {size}", file(hostile([*known, *product], constants))
    first, last = make_node("Identity", ["honest"], ["d0"]), make_node("Identity", ["d40"], ["evil"])
    doubled = [make_node("Concat", [f"d{i}", f"d{i}"], [f"d{i + 1}"], axis=0) for i in range(40)]
    yield "forty doublings", file(hostile([first, *doubled, last]))
    for count in (5000, 50_000):
        chain = [make_node("Neg", [f"c{i}"], [f"c{i + 1}"]) for i in range(count)]
        first, last = make_node("Identity", ["honest"], ["c0"]), make_node("Identity", [f"c{count}"], ["evil"])
        yield f"{count} nodes in a row", file(hostile([first, *chain, last]))
    count = 20_000
    yield f"{count} inputs of a node", file(hostile([make_node("Concat", ["honest"] * count, ["evil"], axis=0)]))
    constants = [floats(1, f"k{i}") for i in range(count)]
    yield f"{count} constants", file(changed(lambda copy: copy.graph.initializer.extend(constants)))
    yield "a million empty fields", file(more=field(99, 0) * 10**6)
    packed = field(1, "axes") + field(8, b"\1" * 2**24)
    yield "an attribute of 16 million numbers", file(more=field(7, field(1, field(4, "Identity") + field(5, packed))))
    yield "a million empty nodes", file(more=field(7, field(1, b"") * 10**6))


def contained() -> dict[str, bytes]:
    """What no check stops: work without end, and bugs of onnxruntime."""
    length, zero, least, minus = (
        at_run(value, name)
        for value, name in (([2**62], "length"), ([0], "zero"), ([-(2**63)], "least"), ([-1], "minus"))
    )
    none = make_node("Concat", ["length", "length/0"], ["size"], axis=0)
    steps = make_node("Expand", ["one", "size"], ["steps"])  # 2^62 of nothing: they need no memory
    ends = make_tensor_value_info("s", FLOAT, []), make_tensor_value_info("x", FLOAT, [None])
    body = make_graph([make_node("Add", ["s", "half"], ["t"])], "body", ends, [make_tensor_value_info("t", FLOAT, [])])
    scan = make_node("Scan", ["half", "steps"], ["evil"], body=body, num_scan_inputs=1)
    side, square = at_run([3000, 3000], "side")
    products = [make_node("MatMul", [f"m{i}", f"m{i}"], [f"m{i + 1}"]) for i in range(3000)]
    first, last = make_node("Expand", ["one", "side"], ["m0"]), make_node("Identity", ["m3000"], ["evil"])
    graphs = {
        "a Scan of 2^62 empty steps": (
            [*length[0], none, steps, scan],
            [length[1], floats([[1]], "one"), floats(0.5, "half")],
        ),
        "products of matrices for hours": ([*side, first, *products, last], [square, floats(1e-4, "one")]),
        "an LSTM on an empty batch": (
            [make_node("LSTM", ["x", "w", "r"], ["evil"], hidden_size=2)],
            [floats(np.ones((9, 0, 4)), "x"), floats(np.ones((1, 8, 4)), "w"), floats(np.ones((1, 8, 2)), "r")],
        ),
        "the rows / 0": ([*zero[0], make_node("Div", ["rows", "zero"], ["evil"])], [zero[1]]),
        "the least number / -1": (
            [*least[0], *minus[0], make_node("Div", ["least", "minus"], ["evil"])],
            [least[1], minus[1]],
        ),
    }
    return {name: file(hostile(nodes, constants)) for name, (nodes, constants) in graphs.items()}
