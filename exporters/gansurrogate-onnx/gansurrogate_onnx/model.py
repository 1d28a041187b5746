"""Rewriting the graph of a surrogate file: what is constant, what a tensor holds, what nobody reads."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from gansurrogate.providers import CPU
from gansurrogate.session import Feeds, open_session

Values = NDArray[np.float32]
Types = dict[str, int]  # a tensor's name to its element type


def graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """The graph and those within its nodes: the steps of a Scan."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs(attribute.g)


def with_nodes(
    model: onnx.ModelProto, nodes: Iterable[onnx.NodeProto], weights: Iterable[onnx.TensorProto]
) -> onnx.ModelProto:
    """The model with other nodes and weights, without those that nothing reads."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    del changed.graph.node[:], changed.graph.initializer[:]
    read, kept = {value.name for value in model.graph.output}, []
    for node in reversed(list(nodes)):
        if read.intersection(node.output):
            kept.append(node)
            read |= {*node.input, *_read_within(node)}
    changed.graph.node.extend(reversed(kept))
    changed.graph.initializer.extend(tensor for tensor in weights if tensor.name in read)
    return changed


def types_of(model: onnx.ModelProto) -> Types:
    """The element type of each tensor, as far as it is known."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    values = (*graph.input, *graph.value_info, *graph.output)
    types = {value.name: value.type.tensor_type.elem_type for value in values}
    return types | {tensor.name: tensor.data_type for tensor in graph.initializer}


def constants(model: onnx.ModelProto) -> set[str]:
    """Names of the tensors that depend on no input of the graph."""
    found = {tensor.name for tensor in model.graph.initializer}
    for node in model.graph.node:  # in the order in which they are computed
        if set(node.input) <= found | {""} and not _inner(node):
            found |= set(node.output)
    return found


def before(model: onnx.ModelProto, tensor: str) -> set[str]:
    """Names of the tensors that `tensor` is computed from."""
    found = {tensor}
    for node in reversed(model.graph.node):
        if found.intersection(node.output):
            found |= set(node.input)
    return found


def values(model: onnx.ModelProto, names: Sequence[str], feeds: Feeds) -> dict[str, Values]:
    """What float32 tensors of the graph hold under `feeds`."""
    found = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer if t.name in names}
    computed = [name for name in names if name not in found]
    if computed:
        found |= zip(computed, tapped(model, computed).run(computed, feeds), strict=True)
    return found


def tapped(model: onnx.ModelProto, names: Iterable[str]) -> Any:
    """A session that also gives the float32 tensors `names`."""
    wider = onnx.ModelProto()
    wider.CopyFrom(model)
    given = {value.name for value in wider.graph.output}
    added = (helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names if name not in given)
    wider.graph.output.extend(added)
    return open_session(wider.SerializeToString(), (CPU, {}))


def _inner(node: onnx.NodeProto) -> list[onnx.GraphProto]:
    return [attribute.g for attribute in node.attribute if attribute.HasField("g")]


def _read_within(node: onnx.NodeProto) -> Iterator[str]:
    """Names that the steps of a Scan read; some are of the graph around it."""
    for body in _inner(node):
        for graph in graphs(body):
            yield from (name for each in graph.node for name in each.input)
            yield from (value.name for value in graph.output)
