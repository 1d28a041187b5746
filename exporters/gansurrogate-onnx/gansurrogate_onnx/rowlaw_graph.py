"""The row law as ONNX nodes: the same operations as `gansurrogate.rowlaw`, in the same order.

Add, Sub, Mul, Div, Sqrt and Cast only: the CUDA provider has kernels for these on unsigned 64-bit integers
and none for BitShift or BitwiseXor. Words are laid out (words, rows) and transposed once at the end.
"""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper

from gansurrogate.rowlaw import COS, KEY_HIGH, KEY_LOW, LOG, ROW_BITS, SIN, Latent
from gansurrogate_onnx.graph import Graph


def row_law(blocks: Sequence[Latent], opset: int, ir_version: int) -> onnx.ModelProto:
    """The model ``(seed int64 [], rows int64 [N]) -> latent float32 [N, size]``."""
    g = Graph()
    pairs = sum(block.pairs for block in blocks)
    rows = g.node("Reshape", g.cast("rows", np.uint64), g.i64([1, -1]))
    counter = g.add(rows, g.u64(np.arange(pairs, dtype=np.uint64)[:, None] * np.uint64(2**ROW_BITS)))
    first, second = _squares_pair(g, counter, _key(g, g.cast("seed", np.uint64)))  # each (pairs, N)
    drawn: list[str] = []
    pair = 0
    for block in blocks:
        a, b = (_rows_of(g, words, pair, pair + block.pairs, pairs) for words in (first, second))
        halves = _box_muller(g, a, b) if block.kind == "normal" else (_unit(g, a), _unit(g, b))
        both = g.node("Concat", *halves, axis=0)
        drawn.append(_rows_of(g, both, 0, block.size, 2 * block.pairs))
        pair += block.pairs
    stacked = drawn[0] if len(drawn) == 1 else g.node("Concat", *drawn, axis=0)
    g.nodes.append(helper.make_node("Transpose", [stacked], ["latent"], name="latent", perm=[1, 0]))
    inputs = [
        helper.make_tensor_value_info("seed", TensorProto.INT64, []),
        helper.make_tensor_value_info("rows", TensorProto.INT64, ["N"]),
    ]
    size = sum(block.size for block in blocks)
    outputs = [helper.make_tensor_value_info("latent", TensorProto.FLOAT, ["N", size])]
    graph = helper.make_graph(g.nodes, "row_law", inputs, outputs, list(g.constants.values()))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)


def _swap_halves(g: Graph, x: str) -> str:
    half = g.u64(2**32)
    return g.add(g.div(x, half), g.mul(x, half))


def _squares_pair(g: Graph, counter: str, key: str) -> tuple[str, str]:
    y = g.mul(counter, key)
    z = g.add(y, key)
    x = _swap_halves(g, g.add(g.mul(y, y), y))
    x = _swap_halves(g, g.add(g.mul(x, x), z))
    x = _swap_halves(g, g.add(g.mul(x, x), y))
    x = g.add(g.mul(x, x), z)
    half = g.u64(2**32)
    first = g.div(x, half)
    x = g.add(first, g.mul(x, half))  # its halves swapped
    return first, g.div(g.add(g.mul(x, x), y), half)


def _key(g: Graph, seed: str) -> str:
    high, _ = _squares_pair(g, seed, g.u64(KEY_HIGH))
    low, _ = _squares_pair(g, seed, g.u64(KEY_LOW))
    even = g.mul(g.div(low, g.u64(2)), g.u64(2))
    return g.add(g.add(g.mul(high, g.u64(2**32)), even), g.u64(1))


def _rows_of(g: Graph, x: str, start: int, stop: int, length: int) -> str:
    """``x[start:stop]`` along the first axis, whose length is known."""
    if (start, stop) == (0, length):
        return x
    return g.node("Slice", x, g.i64([start]), g.i64([stop]), g.i64([0]))


def _polynomial(g: Graph, coefficients: Sequence[float], x: str) -> str:
    value = g.f32(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = g.add(g.mul(value, x), g.f32(coefficient))
    return value


def _fraction(g: Graph, word: str, shift: float) -> str:
    """A 32-bit word as float32, scaled by 2^-32 and shifted."""
    number = g.cast(g.cast(word, np.uint32), np.float32)
    return g.add(g.mul(number, g.f32(2**-32)), g.f32(shift))


def _unit(g: Graph, word: str) -> str:
    return _fraction(g, word, 2**-33)


def _box_muller(g: Graph, a: str, b: str) -> tuple[str, str]:
    root = _unit(g, a)
    for _ in range(5):
        root = g.sqrt(root)
    one = g.f32(1)
    q = g.div(g.sub(one, root), g.add(root, one))
    radius = g.sqrt(g.mul(_polynomial(g, LOG, g.mul(q, q)), q))
    half = _fraction(g, b, -0.5)
    square = g.mul(half, half)
    sine = g.mul(_polynomial(g, SIN, square), half)
    cosine = _polynomial(g, COS, square)
    twice = g.add(sine, sine)
    return g.mul(radius, g.sub(one, g.mul(twice, sine))), g.mul(radius, g.mul(twice, cosine))
