"""LSTM nodes written out with plain operators, which onnxruntime often computes faster than its own LSTM.

An ONNX Scan over the steps is 1.2 to 1.5 times as fast as the operator where sequences are long and a call has at
least 64 rows, and several times slower for a single row. A few steps from a zero state are fastest one after the
other, since the first then needs no product with the state: 1.2 times for 3 steps of 150 units. Which form suits a
network is for the caller to measure; all give the same rows for any cut of the batch.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from gansurrogate_onnx.graph import Graph

MOST_STEPS = 8  # beyond, the form without a loop is hardly faster than the operator
PLAIN = {"hidden_size", "direction", "input_forget", "layout"}  # what PyTorch's exporter sets
MOVES = {"Expand", "Slice", "Gather", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Identity"}


class Scope(Graph):
    """A graph within another, its tensors named under a prefix; PyTorch gives no name with a slash."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Append a node of one output and return the output's name."""
        return self.several(1, kind, *inputs, **attributes)[0]

    def several(self, outputs: int, kind: str, *inputs: str, **attributes: Any) -> list[str]:
        """Append a node and return its outputs' names."""
        name = f"{self.prefix}{kind.lower()}_{len(self.nodes)}"
        names = [name] if outputs == 1 else [f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=name, **attributes))
        return names


# One direction of one layer: (scope, x, h, c, weights, backwards) -> y (T, N, H), last h and c (N, H).
Steps = Callable[[Scope, str, str, str, tuple[str, str, str], bool], tuple[str, str, str]]


def lstm_as_scan(model: onnx.ModelProto) -> onnx.ModelProto | None:
    """`model` with every LSTM as a Scan over its steps.

    Parameters
    ----------
    model : onnx.ModelProto
        As PyTorch exports it, opset 18 or later. Not changed.

    Returns
    -------
    onnx.ModelProto or None
        None if there is no LSTM in it.
    """
    return _rewritten(model, lambda node: _scan)


def lstm_unrolled(model: onnx.ModelProto) -> onnx.ModelProto | None:
    """`model` with every LSTM of at most `MOST_STEPS` steps as these steps, one after the other.

    Parameters
    ----------
    model : onnx.ModelProto
        As PyTorch exports it, opset 18 or later. Not changed.

    Returns
    -------
    onnx.ModelProto or None
        None if there is no such LSTM in it.
    """
    lengths = _lengths(model)

    def steps_of(node: NodeProto) -> Steps | None:
        length = lengths.get(node.input[0], 0)
        if not 0 < length <= MOST_STEPS:
            return None
        at_rest = all(_is_zero(model.graph, state) for state in node.input[5:7])
        return lambda *inputs: _unrolled(*inputs, length=length, at_rest=at_rest)

    return _rewritten(model, steps_of)


def _rewritten(model: onnx.ModelProto, steps_of: Callable[[NodeProto], Steps | None]) -> onnx.ModelProto | None:
    scope = Scope("lstm/")
    changed = False
    for node in model.graph.node:
        steps = steps_of(node) if _is_plain(node) else None
        if steps is None:
            scope.nodes.append(node)
        else:
            _write(scope, node, steps)
            changed = True
    if not changed:
        return None
    result = onnx.ModelProto()
    result.CopyFrom(model)
    del result.graph.node[:]
    result.graph.node.extend(scope.nodes)
    result.graph.initializer.extend(scope.constants.values())
    return result


def _is_plain(node: NodeProto) -> bool:
    """Whether it is an LSTM with initial states and without lengths, peepholes and other activations."""
    if node.op_type != "LSTM":
        return False
    inputs = [*node.input, *[""] * 8][:8]
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    extras = inputs[4] or inputs[7] or attributes.get("input_forget") or attributes.get("layout")
    return bool(inputs[5] and inputs[6]) and not extras and attributes.keys() <= PLAIN


def _write(scope: Scope, node: NodeProto, steps: Steps) -> None:
    """`steps` for each direction of `node`, and the node's own outputs."""
    direction = next((a.s.decode() for a in node.attribute if a.name == "direction"), "forward")
    directions = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[direction]
    results = []
    for i, backwards in enumerate(directions):
        weight, recurrence, bias, h, c = (
            scope.node("Gather", name, scope.i64(i), axis=0) if name else ""
            for name in (*node.input[1:4], *node.input[5:7])
        )
        if bias:
            bias = scope.node("Add", *scope.several(2, "Split", bias, axis=0, num_outputs=2))
        results.append(steps(scope, node.input[0], h, c, (weight, recurrence, bias), backwards))
    for output, parts, axis in zip(node.output, zip(*results, strict=True), (1, 0, 0), strict=False):
        if output:
            stacked = [scope.node("Unsqueeze", part, scope.i64([axis])) for part in parts]
            if len(stacked) > 1:
                scope.node("Concat", *stacked, axis=axis)
            scope.nodes[-1].output[0] = output


def _scan(scope: Scope, x: str, h: str, c: str, weights: tuple[str, str, str], backwards: bool) -> tuple[str, str, str]:
    weight, recurrence, bias = weights
    # One product a step for input and state together: their sum, computed for all steps at once, would leave the cache.
    joint = scope.node("Concat", weight, recurrence, axis=1)
    body = Scope(f"{scope.prefix}{len(scope.nodes)}/")
    old_h, old_c, x_t = (f"{body.prefix}{name}" for name in ("h", "c", "x"))
    gates = body.node("Gemm", body.node("Concat", x_t, old_h, axis=1), joint, bias, transB=1)
    new_h, new_c = _cell(body, gates, old_c)
    y_t = body.node("Identity", new_h)
    given, left = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
        for names in ((old_h, old_c, x_t), (new_h, new_c, y_t))
    )
    last_h, last_c, y = scope.several(
        3, "Scan", h, c, x,
        body=helper.make_graph(body.nodes, "step", given, left), num_scan_inputs=1,
        scan_input_directions=[int(backwards)], scan_output_directions=[int(backwards)],
    )  # fmt: skip
    return y, last_h, last_c


def _unrolled(
    scope: Scope, x: str, h: str, c: str, weights: tuple[str, str, str], backwards: bool, *, length: int, at_rest: bool
) -> tuple[str, str, str]:
    weight, recurrence, bias = weights
    joint = scope.node("Concat", weight, recurrence, axis=1)
    y = [""] * length
    for t in reversed(range(length)) if backwards else range(length):
        x_t = scope.node("Gather", x, scope.i64(t), axis=0)
        if at_rest:
            h, c = _cell(scope, scope.node("Gemm", x_t, weight, bias, transB=1))
            at_rest = False
        else:
            gates = scope.node("Gemm", scope.node("Concat", x_t, h, axis=1), joint, bias, transB=1)
            h, c = _cell(scope, gates, c)
        y[t] = scope.node("Unsqueeze", h, scope.i64([0]))
    return scope.node("Concat", *y, axis=0), h, c


def _cell(scope: Scope, gates: str, c: str = "") -> tuple[str, str]:
    """New h and c (N, H) from the gates' sums (N, 4 H), in ONNX's order, and the old c; without one it is zero."""
    i, o, f, g = scope.several(4, "Split", gates, axis=1, num_outputs=4)
    new = scope.mul(scope.node("Sigmoid", i), scope.node("Tanh", g))
    if c:
        new = scope.add(scope.mul(scope.node("Sigmoid", f), c), new)
    return scope.mul(scope.node("Sigmoid", o), scope.node("Tanh", new)), new


def _lengths(model: onnx.ModelProto) -> dict[str, int]:
    """The first dimension of each tensor where it is known."""
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    shapes = {value.name: value.type.tensor_type.shape for value in (*inferred.value_info, *inferred.input)}
    return {name: shape.dim[0].dim_value for name, shape in shapes.items() if shape.dim}


def _is_zero(graph: onnx.GraphProto, name: str) -> bool:
    """Whether a tensor is a zero constant, however expanded."""
    makers = {output: node for node in graph.node for output in node.output}
    while name in makers and makers[name].op_type in MOVES:
        name = makers[name].input[0]
    constants = {tensor.name: tensor for tensor in graph.initializer}
    return name in constants and not np.any(numpy_helper.to_array(constants[name]))
