"""`gansurrogate.transforms` as ONNX nodes: the same operations in the same order, on words as float32 numbers."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gansurrogate.transforms import COS, LOG, PROBIT, SIN, thresholds, truncation
from gansurrogate_onnx.graph import Graph


def uniform(g: Graph, word: str) -> str:
    """A value in (0, 1] from each word."""
    return g.add(g.mul(word, g.f32(2**-32)), g.f32(2**-33))


def box_muller(g: Graph, a: str, b: str) -> tuple[str, str]:
    """Two standard normals from two words."""
    radius = g.sqrt(_minus_twice_log(g, uniform(g, a)))
    half = g.add(g.mul(b, g.f32(2**-32)), g.f32(-0.5))
    square = g.mul(half, half)
    sine = g.mul(_polynomial(g, SIN, square), half)
    cosine = _polynomial(g, COS, square)
    return g.mul(radius, g.sub(g.f32(1), g.mul(sine, sine))), g.mul(radius, g.mul(sine, cosine))


def truncated_normal(g: Graph, word: str, low: float, high: float) -> str:
    """A standard normal value that lies in [low, high], from each word."""
    start, width = truncation(low, high)
    x = g.add(g.mul(uniform(g, word), g.f32(width)), g.f32(start))
    one = g.f32(1)
    log = _minus_twice_log(g, g.mul(g.sub(one, x), g.add(one, x)))
    return g.node("Clip", g.mul(_polynomial(g, PROBIT, log), x), g.f32(low), g.f32(high))


def one_hot(g: Graph, word: str, probabilities: Sequence[float]) -> list[str]:
    """A class from each word: one tensor per class, 1 where it was drawn and 0 elsewhere."""
    u = uniform(g, word)
    reached = [g.cast(g.node("Greater", u, g.f32(edge)), np.float32) for edge in thresholds(probabilities)]
    return [g.sub(this, following) for this, following in pairwise(reached)]


def _minus_twice_log(g: Graph, u: str) -> str:
    root = u
    for _ in range(5):
        root = g.sqrt(root)
    one = g.f32(1)
    q = g.div(g.sub(one, root), g.add(root, one))
    return g.mul(_polynomial(g, LOG, g.mul(q, q)), q)


def _polynomial(g: Graph, coefficients: Sequence[float], x: str) -> str:
    value = g.f32(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = g.add(g.mul(value, x), g.f32(coefficient))
    return value
