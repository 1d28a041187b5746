"""Values that are drawn one after the other: which of them an export has to reproduce, and what decides them.

A token, say, is drawn where a latent falls among cumulated probabilities. These differ by rounding between PyTorch and
onnxruntime, and between machines; so a latent next to a threshold gives one token here and another there, and with it
another rest of the sequence. What is compared is therefore each sequence up to the first token that PyTorch itself
draws differently once the latents are moved by `MARGIN`. Up to there every id has to be equal: rounding moves no
threshold as far. Numbers may also move smoothly with the latents; theirs is the sequence up to the first that jumps, or
that moves so fast that rounding shows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor

from gansurrogate import rowlaw
from gansurrogate.train.trained import TrainedGenerator
from gansurrogate_onnx.model import Types, types_of

MARGIN = 1e-4  # of a latent's value; thresholds differ by about 1e-6
ROUNDING = 1e-5  # the same for what moves smoothly: ten times as much as it differs by
NEARER = 3  # times nearer another look is taken: what jumps on the way does not move in proportion
COMPARISONS = {"ArgMax", "ArgMin", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"}


def chooses(trained: TrainedGenerator) -> bool:
    """Whether values are drawn like tokens: ids, or numbers out of a table."""
    return bool(trained.spec.tokens) or trained.network.chooses


@torch.no_grad()
def sure(
    trained: TrainedGenerator, seed: int, rows: Sequence[int], conditions: Sequence[Tensor], tolerance: float = 0.0
) -> NDArray[np.bool_]:
    """Which values of each signal do not hang on rounding, shape (len(rows), values of a signal): those drawn first.

    A value does if it jumps by more than `tolerance` as the latents move by up to `MARGIN`, or if it moves by more than
    `tolerance` as they move by `ROUNDING`.
    """
    latent = torch.from_numpy(rowlaw.latents(seed, rows, trained.latents))

    def drawn(by: float) -> NDArray[Any]:
        return np.asarray(trained.network(latent * (1 + by), *conditions).numpy(), np.float64)

    middle = drawn(0)
    steady: NDArray[np.bool_] = np.full(middle.shape, True)
    for margin in (-MARGIN, MARGIN):
        far, near = drawn(margin) - middle, drawn(margin / NEARER) - middle
        steady &= np.abs(far) <= tolerance * (MARGIN / ROUNDING)
        steady &= np.abs(far - NEARER * near) <= tolerance
    if trained.network.instantwise:
        together = steady.reshape(len(rows), -1, steady.shape[-1]).all(1, keepdims=True)
        steady = np.broadcast_to(np.logical_and.accumulate(together, 2), (len(rows), *together.shape[1:]))
        return np.repeat(steady, middle[0].size // steady.shape[-1], 1).reshape(len(rows), -1)
    return np.logical_and.accumulate(steady.reshape(len(rows), -1), 1)


def deciding(data: bytes) -> tuple[bytes, list[str]]:
    """A surrogate file that also gives the numbers by whose comparison its ids are chosen, and their names.

    Their first axis is that of the rows, also where a Scan computes them step by step.
    """
    model = onnx.load_from_string(data)
    graph, types = model.graph, types_of(model)
    names = _compared(graph.node, types)
    for node in graph.node:
        if node.op_type == "Scan":
            names += _from_each_step(node, types, model)
    graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    return model.SerializeToString(), names


def _from_each_step(scan: onnx.NodeProto, types: Types, model: onnx.ModelProto) -> list[str]:
    """Let a Scan give what its steps compare, stacked along the second axis; the names of these outputs."""
    given = {attribute.name: attribute for attribute in scan.attribute}
    body, steps = given["body"].g, len(scan.output) - len(scan.input) + given["num_scan_inputs"].i  # beside the states
    outer = [helper.make_tensor_value_info(name, kind, None) for name, kind in types.items()]
    inner = helper.make_graph(body.node, "step", [*body.input, *outer], body.output, body.initializer)
    names = _compared(body.node, types_of(helper.make_model(inner, opset_imports=model.opset_import)))
    body.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    added = [f"{scan.name}/{name}" for name in names]
    scan.output.extend(added)
    for name, value in (("scan_output_axes", 1), ("scan_output_directions", 0)):
        before = list(given[name].ints) if name in given else [0] * steps
        if name in given:
            scan.attribute.remove(given[name])
        scan.attribute.append(helper.make_attribute(name, before + [value] * len(names)))
    return added


def _compared(nodes: Iterable[onnx.NodeProto], types: Types) -> list[str]:
    """Which floats, results of other nodes, the comparisons among `nodes` take."""
    nodes = list(nodes)
    computed = {name for node in nodes for name in node.output if types.get(name) == TensorProto.FLOAT}
    taken = {name for node in nodes if node.op_type in COMPARISONS for name in node.input}
    return sorted(computed & taken)
