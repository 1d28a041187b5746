"""Weights stored as float16: half the file, and float32 arithmetic.

Each weight is scaled by a power of two, which is exact, so that its largest value lies near the top of float16's range:
weights in a small unit do not vanish, and most keep 11 bits. A Cast and a Mul give the float32 weight back; onnxruntime
computes both once, when the file is loaded.

The products stay float32. onnxruntime has no products of float16 for x86 CPUs: version 1.31 takes conversions around
them out again, 1.21 computes them. The numbers would depend on the version, and nothing would be gained.
"""

from collections.abc import Collection

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from gansurrogate_onnx.model import Values, before, with_nodes

SMALLEST = 256  # values of a weight: below, two more nodes cost the bytes that it saves
TOP = 15  # the largest value lies in [2^14, 2^15)


class Halves:
    """A model whose weights can be stored as float16.

    Attributes
    ----------
    names : list of str
        Of the weights that are worth it.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model, law = model, before(model, "latent")
        self.names = [
            tensor.name
            for tensor in model.graph.initializer
            if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= SMALLEST and tensor.name not in law
        ]

    def reduced(self, names: Collection[str]) -> onnx.ModelProto:
        """The model with the weights `names` stored as float16."""
        nodes, weights = [], []
        for tensor in self.model.graph.initializer:
            if tensor.name in names:
                more, stored = _stored(tensor.name, numpy_helper.to_array(tensor))
                nodes += more
                weights += stored
            else:
                weights.append(tensor)
        return with_nodes(self.model, [*nodes, *self.model.graph.node], weights)


def _stored(name: str, values: Values) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """The nodes that give `values` under `name`, and what they read."""
    exponent = TOP - int(np.frexp(np.abs(values).max())[1])
    half, unit, scaled = (f"{name}/{part}" for part in ("float16", "unit", "scaled"))
    stored = np.ldexp(values.astype(np.float64), exponent).astype(np.float16)
    weights = [numpy_helper.from_array(stored, half), numpy_helper.from_array(np.ldexp(np.float32(1), -exponent), unit)]
    cast = helper.make_node("Cast", [half], [scaled], scaled, to=TensorProto.FLOAT)
    return [cast, helper.make_node("Mul", [scaled, unit], [name], f"{name}/float32")], weights
