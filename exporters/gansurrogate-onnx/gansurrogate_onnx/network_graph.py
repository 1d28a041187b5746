"""The generator network as an ONNX model, through PyTorch's exporter and around its traps.

The traps: a side file beside the model even for small weights, a batch size frozen to the example's, absolute
local paths and source lines in the metadata of every node, and messages on stdout.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator

import numpy as np
import onnx
import torch
from torch import Tensor

from gansurrogate.errors import ExportError
from gansurrogate.train.trained import TrainedGenerator
from gansurrogate_onnx.model import graphs

EXAMPLE_ROWS = 3  # any size but 1, which would be taken for a constant


def network_graph(trained: TrainedGenerator, opset: int) -> onnx.ModelProto:
    """The model ``(latent, condition_0, condition_1 ...) -> signal`` with a free first axis ``N``.

    Raises
    ------
    ExportError
        If PyTorch cannot export the network.
    """
    names = condition_inputs(trained)
    size = sum(block.width for block in trained.latents)
    example = (torch.zeros(EXAMPLE_ROWS, size), *_example_conditions(trained))
    rows = {0: torch.export.Dim("N")}
    # The conditions, if any, are one argument of `_Called.forward`, a tuple.
    free = (rows, tuple(rows for _ in names)) if names else (rows,)
    try:
        with _quiet():
            program = torch.onnx.export(
                _Called(trained.network).eval(), example, dynamo=True, opset_version=opset, external_data=False,
                input_names=["latent", *names], output_names=["signal"], dynamic_shapes=free, verbose=False,
            )  # fmt: skip
    except Exception as error:  # the exporter raises whatever its passes raise
        cause = str(error.__cause__ or error).strip().splitlines()[0]
        msg = f"PyTorch {torch.__version__} cannot export the network: {cause}"
        raise ExportError(msg) from error
    assert program is not None
    model: onnx.ModelProto = program.model_proto
    strip(model)
    _name_weights(model.graph)
    return model


class _Called(torch.nn.Module):
    """The network under one signature, whether its own takes each condition by name or all as ``*conditions``."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        signals: Tensor = self.network(latent, *conditions)
        return signals


def condition_inputs(trained: TrainedGenerator) -> list[str]:
    """Names of the conditions in the network's graph: PyTorch names its nodes, some of which a user may choose."""
    return [f"condition_{i}" for i in range(len(trained.spec.conditions))]


def strip(model: onnx.ModelProto) -> None:
    """Remove every trace of the machine: doc strings and metadata of the model, graph, nodes and values."""
    del model.metadata_props[:]
    del model.functions[:]
    model.doc_string = model.domain = model.producer_name = model.producer_version = ""
    for graph in graphs(model.graph):
        for part in (graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info):
            part.doc_string = ""
            del part.metadata_props[:]
        del graph.value_info[:]  # inferred again by whoever needs it


def _name_weights(graph: onnx.GraphProto) -> None:
    """Give weights a prefix of their own: that of `onnx.compose` does not reach where a Scan's steps use them."""
    names = {tensor.name: f"weights/{tensor.name}" for tensor in graph.initializer}
    for tensor in graph.initializer:
        tensor.name = names[tensor.name]
    for inner in graphs(graph):
        for node in inner.node:
            node.input[:] = [names.get(name, name) for name in node.input]


def _example_conditions(trained: TrainedGenerator) -> list[Tensor]:
    lowest = (np.full((EXAMPLE_ROWS, *c.shape), c.low or 0, c.dtype) for c in trained.spec.conditions)
    return [torch.from_numpy(values) for values in lowest]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter prints and warns about its own inner workings."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(level)
