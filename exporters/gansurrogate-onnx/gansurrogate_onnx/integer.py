"""Products of 8-bit integers in the place of products with constant weights.

A product is a MatMul, Gemm or Conv. What goes in is rounded to 256 levels over a range that was measured, each column
or channel of the weights to 129 levels over its own; the sums are exact int32 numbers, and what comes out is float32
again.

- Ranges are fixed in the file. Taken from the rows of one call, as dynamic quantisation does, they would let a row
  depend on its neighbours.
- Weights use 7 of their 8 bits. CPUs without VNNI add pairs of products in 16 bits, which 8-bit weights overflow; with
  7 all CPUs compute the same integers.
- The operators say what is computed: MatMulInteger and QLinearConv. The usual QuantizeLinear and DequantizeLinear
  around a float product leave it to onnxruntime to see integers in it: in the same dense network 1.21 did, and 1.31
  computed float32 products, slower than those of the float32 network.
- QLinearConv rounds what comes out to 256 levels as well. ConvInteger would not, but on signals of one axis it takes
  5 to 12 times as long as float32 in 1.21.

- The kernels are those of CPUs: on CUDA onnxruntime has neither QLinearConv nor a MatMulInteger of unsigned numbers.

B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR
2018, arXiv:1712.05877, section 2.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import ArrayLike, DTypeLike, NDArray
from onnx import TensorProto, helper, numpy_helper

from gansurrogate.session import Feeds
from gansurrogate_onnx.model import Values, before, constants, tapped, types_of, values, with_nodes

STEPS = 255  # of what goes in, between the ends of its range
WEIGHT_STEPS = 64  # of a weight, on either side of zero: 2 * 255 * 64 < 2^15
SMALLEST = 1024  # values of a weight: below, rounding what goes in takes as long as it saves
HEADROOM = 1.1  # ranges are widened by this much: what lies beyond is cut off, and tails are physics


class Levels(NamedTuple):
    """The numbers that 8 bits stand for: ``scale * (level - zero)``, levels from 0 to 255."""

    scale: np.float32
    zero: np.uint8

    @classmethod
    def over(cls, low: float, high: float) -> "Levels":
        """Levels from `low` to `high`, widened; zero is one of them, so that padding is exact."""
        low, high = HEADROOM * min(low, 0.0), HEADROOM * max(high, 0.0)
        scale = np.float32((high - low) / STEPS or 1.0)
        return cls(scale, np.uint8(round(-low / float(scale))))


class Integers:
    """A model whose products can be computed with integers.

    Parameters
    ----------
    model : ModelProto
    tiles : iterable of Feeds
        Inputs of the graph to measure ranges with: rows of the row law and conditions over their whole range.

    Attributes
    ----------
    names : list of str
        Of the constant weights: the products with one weight belong together.
    """

    def __init__(self, model: onnx.ModelProto, tiles: Iterable[Feeds]) -> None:
        self.model, tiles = model, list(tiles)
        self.products = _products(model)
        self.weights = values(model, list(self.products), tiles[0])
        for name in [name for name, weight in self.weights.items() if weight.ndim < 2 or weight.size < SMALLEST]:
            del self.products[name]
        self.names = list(self.products)
        self.levels = self._measured(tiles)

    def _measured(self, tiles: Iterable[Feeds]) -> Mapping[str, Levels]:
        """Levels of what goes into the products, and of what comes out of convolutions."""
        nodes = [node for each in self.products.values() for node in each]
        names = sorted({node.input[0] for node in nodes} | {n.output[0] for n in nodes if n.op_type == "Conv"})
        if not names:
            return {}
        session = tapped(self.model, names)
        ends = np.array([[(v.min(), v.max()) for v in session.run(names, feeds)] for feeds in tiles], np.float64)
        low, high = ends[..., 0].min(0), ends[..., 1].max(0)
        return {name: Levels.over(low[i], high[i]) for i, name in enumerate(names)}

    def reduced(self, names: Collection[str]) -> onnx.ModelProto:
        """The model with integers in the products with the weights `names`."""
        writer = _Writer(self.levels)
        chosen = {node.output[0]: name for name in names for node in self.products[name]}
        for node in self.model.graph.node:
            name = chosen.get(node.output[0])
            if name is None:
                writer.nodes.append(node)
            elif node.op_type == "Conv":
                bias = node.input[2] if len(node.input) > 2 else ""
                found = values(self.model, [bias], {}) if bias else {}
                writer.convolution(node, self.weights[name], found.get(bias))
            else:
                writer.matrix_product(node, self.weights[name])
        return with_nodes(self.model, writer.nodes, [*self.model.graph.initializer, *writer.constants])


def _products(model: onnx.ModelProto) -> dict[str, list[onnx.NodeProto]]:
    """The products that can be computed with integers, by the name of their weight."""
    known, stored = constants(model), {tensor.name for tensor in model.graph.initializer}
    law, types = before(model, "latent"), types_of(model)
    found: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    for node in model.graph.node:
        if not _is_product(node, stored) or not law.isdisjoint(node.output):
            continue
        moving, weight = node.input[:2]
        if weight in known and moving not in known and types.get(weight) == TensorProto.FLOAT:
            found[weight].append(node)
    return dict(found)


def _is_product(node: onnx.NodeProto, stored: set[str]) -> bool:
    """Whether the node is a product, at most with something added, that `_Writer` can write."""
    given = _attributes(node)
    if node.op_type == "Gemm":
        return (given.get("alpha", 1), given.get("beta", 1), given.get("transA", 0)) == (1, 1, 0)
    if node.op_type == "Conv":
        return set(node.input[2:]) <= stored | {""}  # its bias is rounded too
    return bool(node.op_type == "MatMul")


class _Writer:
    """Nodes of a graph, written anew."""

    def __init__(self, levels: Mapping[str, Levels]) -> None:
        self.levels = levels
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._rounded: dict[str, str] = {}
        self._known: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def matrix_product(self, node: onnx.NodeProto, weight: Values) -> None:
        """A MatMul or Gemm: (..., k) times (k, m), plus what is added."""
        matrix = weight.T if _attributes(node).get("transB") else weight
        unit, whole = rounded(matrix, axis=0)
        taken, _, zero = self._levels_of(node.input[0])
        stored = self._constant(whole, np.int8)
        total = self._node("MatMulInteger", self._integers(node.input[0]), stored, zero)
        sums = self._node("Cast", total, to=TensorProto.FLOAT)
        bias = list(node.input[2:3]) if node.op_type == "Gemm" and node.input[2:3] != [""] else []
        last = [] if bias else [node.output[0]]
        product = self._node("Mul", sums, self._constant(taken.scale * unit, np.float32), output=last)
        if bias:
            self._node("Add", product, *bias, output=[node.output[0]])

    def convolution(self, node: onnx.NodeProto, weight: Values, bias: Values | None) -> None:
        """A Conv with a weight (channels, ...) and a bias (channels,)."""
        unit, whole = rounded(weight.reshape(len(weight), -1), axis=1)
        taken, scale, zero = self._levels_of(node.input[0])
        _, out_scale, out_zero = self._levels_of(node.output[0])
        whole_bias = np.zeros(len(unit)) if bias is None else _whole_bias(bias, taken.scale * unit)
        inputs = [
            self._integers(node.input[0]), scale, zero,
            self._constant(whole.reshape(weight.shape), np.int8), self._constant(unit, np.float32),
            self._constant(np.zeros(len(unit)), np.int8), out_scale, out_zero, self._constant(whole_bias, np.int32),
        ]  # fmt: skip
        result = self._node("QLinearConv", *inputs, **_attributes(node))
        self._node("DequantizeLinear", result, out_scale, out_zero, output=[node.output[0]])

    def _integers(self, name: str) -> str:
        """The tensor `name` rounded to its levels, once for all products that take it."""
        if name not in self._rounded:
            _, scale, zero = self._levels_of(name)
            self._rounded[name] = self._node("QuantizeLinear", name, scale, zero)
        return self._rounded[name]

    def _levels_of(self, name: str) -> tuple[Levels, str, str]:
        levels = self.levels[name]
        return levels, self._constant(levels.scale, np.float32), self._constant(levels.zero, np.uint8)

    def _node(self, kind: str, *inputs: str, output: list[str] | None = None, **attributes: Any) -> str:
        name = f"integer/{kind.lower()}_{len(self.nodes)}"
        result = output[0] if output else name
        self.nodes.append(helper.make_node(kind, list(inputs), [result], name, **attributes))
        return result

    def _constant(self, value: ArrayLike, dtype: DTypeLike) -> str:
        """A constant tensor; equal ones are stored once: a network over time uses its weights at every step."""
        array = np.asarray(value).astype(dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = f"integer/{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]


def rounded(weight: Values, axis: int) -> tuple[Values, NDArray[np.int8]]:
    """The unit of each column (`axis` 0) or row (1) of a matrix, and the matrix in whole numbers of these units."""
    unit = np.abs(weight).max(axis) / np.float32(WEIGHT_STEPS)
    unit = np.where(unit > 0, unit, np.float32(1))
    return unit, np.rint(weight / np.expand_dims(unit, axis)).astype(np.int8)


def _whole_bias(bias: Values, unit: Values) -> NDArray[np.int32]:
    most = np.iinfo(np.int32).max  # a huge bias on a weight of nearly nothing
    return np.rint(np.clip(bias.astype(np.float64) / unit, -most, most)).astype(np.int32)


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {each.name: helper.get_attribute_value(each) for each in node.attribute}
