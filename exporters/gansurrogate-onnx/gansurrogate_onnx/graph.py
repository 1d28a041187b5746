"""A small writer of ONNX graphs: one method per operator that the row law needs."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, DTypeLike
from onnx import helper, numpy_helper


class Graph:
    """Nodes and constants in the order they are written; a tensor is known by its name (a str)."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Append a node of one output and return the output's name."""
        output = f"{kind.lower()}_{len(self.nodes)}"
        # onnxruntime 1.21 refuses a graph in which two unnamed nodes are fused.
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def constant(self, value: ArrayLike, dtype: DTypeLike) -> str:
        """A constant tensor; equal ones are stored once."""
        array = np.asarray(value, dtype)
        shape = "x".join(map(str, array.shape)) or "scalar"
        name = f"const_{array.dtype}_{shape}_{array.tobytes().hex()[:64]}_{len(self.constants)}"
        for known, tensor in self.constants.items():
            same_type = tensor.data_type == helper.np_dtype_to_tensor_dtype(array.dtype)
            if same_type and tuple(tensor.dims) == array.shape and tensor.raw_data == array.tobytes():
                return known
        self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def u64(self, value: ArrayLike) -> str:
        """A constant of unsigned 64-bit integers."""
        return self.constant(value, np.uint64)

    def f32(self, value: ArrayLike) -> str:
        """A constant of 32-bit floats."""
        return self.constant(value, np.float32)

    def i64(self, value: ArrayLike) -> str:
        """A constant of signed 64-bit integers: shapes and indices."""
        return self.constant(value, np.int64)

    def add(self, a: str, b: str) -> str:
        """A + b; integers wrap."""
        return self.node("Add", a, b)

    def sub(self, a: str, b: str) -> str:
        """A - b."""
        return self.node("Sub", a, b)

    def mul(self, a: str, b: str) -> str:
        """A * b; integers wrap."""
        return self.node("Mul", a, b)

    def div(self, a: str, b: str) -> str:
        """A / b, rounded down for unsigned integers."""
        return self.node("Div", a, b)

    def sqrt(self, a: str) -> str:
        """Square root."""
        return self.node("Sqrt", a)

    def cast(self, a: str, dtype: DTypeLike) -> str:
        """Convert to `dtype`."""
        return self.node("Cast", a, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
