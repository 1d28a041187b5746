"""The row law as ONNX nodes: the words of `gansurrogate.rowlaw`, bit for bit.

Squares needs the upper half of 64 bits. BitShift would give it, but has no kernel on CUDA, so that every noise value
would travel over the bus; dividing costs five times as much as multiplying. In between lies float64: without its lower
half a word has 32 significant bits, so converting, scaling and converting back are exact. That is what is written
unless the file is meant for CPUs only. Words are laid out (words, rows) and transposed once at the end.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from gansurrogate.latent import WORDS, Latent
from gansurrogate.rowlaw import KEY, ROW_BITS
from gansurrogate_onnx.graph import Graph
from gansurrogate_onnx.transforms_graph import box_muller, one_hot, truncated_normal, uniform

HALF = 2**32


def row_law(blocks: Sequence[Latent], opset: int, ir_version: int, *, cpu_only: bool = False) -> onnx.ModelProto:
    """The model ``(seed int64 [], rows int64 [N]) -> latent float32 [N, width]``; `cpu_only` writes BitShift."""
    g = Graph()
    key = _key(g, g.cast("seed", np.uint64))
    halves: _Halves = _Shifted(g) if cpu_only else _Float64(g)
    counters = sum(block.counters for block in blocks)
    words = _words(g, halves, key, counters)  # each (counters, N)
    drawn: list[str] = []
    first = 0
    for block in blocks:
        drawn += _values(g, block, [_slice(g, word, first, first + block.counters, counters) for word in words])
        first += block.counters
    stacked = drawn[0] if len(drawn) == 1 else g.node("Concat", *drawn, axis=0)
    g.nodes.append(helper.make_node("Transpose", [stacked], ["latent"], name="latent", perm=[1, 0]))
    inputs = [
        helper.make_tensor_value_info("seed", TensorProto.INT64, []),
        helper.make_tensor_value_info("rows", TensorProto.INT64, ["N"]),
    ]
    width = sum(block.width for block in blocks)
    outputs = [helper.make_tensor_value_info("latent", TensorProto.FLOAT, ["N", width])]
    graph = helper.make_graph(g.nodes, "row_law", inputs, outputs, list(g.constants.values()))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)


class _Halves(ABC):
    """A way to the upper half of a 64-bit word."""

    dtype: type[np.integer[Any]]  # of the words
    offset: int  # added to every word that `upper` is asked about

    def __init__(self, g: Graph) -> None:
        self.g = g

    @abstractmethod
    def upper(self, x: str) -> str:
        """The upper half of `x`, in whatever type suits."""

    @abstractmethod
    def number(self, half: str) -> str:
        """An upper half as float32."""

    @abstractmethod
    def integer(self, half: str) -> str:
        """An upper half as `dtype`."""


class _Float64(_Halves):
    """Through float64, on signed words.

    The offset 2^63 turns an unsigned word into a signed one of the same order. It needs no node of its own: it is
    added to y and z, goes from there into every sum, and vanishes whenever a word is squared or its lower half taken.
    """

    dtype = np.int64
    offset = 2**63

    def upper(self, x: str) -> str:
        g = self.g
        lower = g.cast(g.cast(x, np.uint32), np.int64)
        scaled = g.mul(g.cast(g.sub(x, lower), np.float64), g.constant(1 / HALF, np.float64))
        return g.add(scaled, g.constant(self.offset / HALF, np.float64))

    def number(self, half: str) -> str:
        return self.g.cast(half, np.float32)

    def integer(self, half: str) -> str:
        return self.g.cast(half, np.int64)


class _Shifted(_Halves):
    """By BitShift: the same bits sooner, on CPUs only."""

    dtype = np.uint64
    offset = 0

    def upper(self, x: str) -> str:
        return self.g.node("BitShift", x, self.g.u64(32), direction="RIGHT")

    def number(self, half: str) -> str:
        return self.g.cast(self.g.cast(half, np.uint32), np.float32)

    def integer(self, half: str) -> str:
        return half


def _words(g: Graph, halves: _Halves, key: str, counters: int) -> list[str]:
    """The words of each (counter, row) as float32 numbers below 2^32."""
    dtype = halves.dtype
    key = g.cast(key, dtype)
    rows = g.node("Reshape", g.cast("rows", dtype), g.i64([1, -1]))
    number = (np.arange(counters, dtype=np.uint64) << np.uint64(ROW_BITS)).astype(dtype)[:, None]
    # counter * key, as a column and a row that are multiplied by the key before they meet
    column = g.mul(g.constant(number, dtype), key)
    row = g.add(g.mul(rows, key), g.constant(np.array(halves.offset, np.uint64).astype(dtype), dtype))
    y, z = g.add(column, row), g.add(column, g.add(row, key))
    half = g.constant(HALF, dtype)
    x = y
    drawn: list[str] = []
    for done in range(3 + WORDS):
        x = g.add(g.mul(x, x), z if done % 2 else y)
        upper = halves.upper(x)
        if done >= 3:
            drawn.append(halves.number(upper))
        if done < 2 + WORDS:
            x = g.add(g.mul(x, half), halves.integer(upper))
    return drawn


def _key(g: Graph, seed: str) -> str:
    """The key of `seed`; one number, so that the shortest way is the best: division."""
    half, two = g.u64(HALF), g.u64(2)
    y = g.mul(seed, g.u64(KEY))
    z = g.add(y, g.u64(KEY))
    x, drawn = y, []
    for done in range(5):
        x = g.add(g.mul(x, x), z if done % 2 else y)
        upper = g.div(x, half)
        drawn.append(upper)
        x = g.add(g.mul(x, half), upper)
    high, low = drawn[3:]
    return g.add(g.add(g.mul(high, half), g.mul(g.div(low, two), two)), g.u64(1))


def _values(g: Graph, block: Latent, words: list[str]) -> list[str]:
    """A block's values, (values, N) each, as `gansurrogate.rowlaw` orders them."""
    if block.kind == "normal":
        a, b = (g.node("Concat", *words[i::2], axis=0) for i in (0, 1))
        both = g.node("Concat", *box_muller(g, a, b), axis=0)
        return [_slice(g, both, 0, block.size, WORDS * block.counters)]
    word = _slice(g, g.node("Concat", *words, axis=0), 0, block.size, WORDS * block.counters)
    if block.kind == "truncated_normal":
        assert block.low is not None
        assert block.high is not None
        return [truncated_normal(g, word, block.low, block.high)]
    if block.kind == "categorical":
        return one_hot(g, word, block.probabilities)
    return [uniform(g, word)]


def _slice(g: Graph, x: str, start: int, stop: int, length: int) -> str:
    """``x[start:stop]`` along the first axis, whose length is known."""
    if (start, stop) == (0, length):
        return x
    return g.node("Slice", x, g.i64([start]), g.i64([stop]), g.i64([0]))
