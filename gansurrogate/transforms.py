"""How 32-bit words become latent values, in float32 and with operations that are the same everywhere.

Only +, -, *, /, sqrt and comparisons: IEEE 754 rounds these correctly on every machine, while log, sin and cos differ
between libraries, and even between the vector body and the tail of one loop, so that with them a row would
depend on its neighbours. The polynomials are Chebyshev fits, lowest coefficient first.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]  # each below 2**32
Values = NDArray[np.float32]

# -2 ln u = q P(q^2) with q = (1 - v) / (1 + v), v = u^(1/32): 128 atanh(q) / q.
LOG = (127.99998, 42.67382, 25.302876, 22.14555)
# sqrt(2) sin(pi a) = a P(a^2) and sqrt(2) cos(pi a) = P(a^2) for a in [-1/2, 1/2].
SIN = (4.442883, -7.3082457, 3.6063542, -0.84611166, 0.109824516)
COS = (1.4142135, -6.978851, 5.7394605, -1.8835579, 0.31068802)
# sqrt(2) erfinv(x) = x P(-2 ln(1 - x^2)) for |x| <= erf(4 / sqrt(2)).
PROBIT = (1.2533137, 0.16406961, 0.004054179, -3.8648385e-4, -2.258153e-5, 4.6566183e-6, -2.8387691e-7, 8.18673e-9,
          -9.4827035e-11)  # fmt: skip
BOUND = 4.0  # truncated normals lie in [-BOUND, BOUND]


def uniform(word: Words) -> Values:
    """A value in (0, 1] from each word."""
    return word.astype(np.uint32).astype(np.float32) * np.float32(2**-32) + np.float32(2**-33)


def box_muller(a: Words, b: Words) -> tuple[Values, Values]:
    """Two standard normals from two words (Box & Muller, Ann. Math. Stat. 29, 610, 1958).

    Largest deviation from the exact transform 1e-4, but for radii below 0.02 (one in 5,000), where it
    reaches 2e-3; rms 2e-6.
    """
    radius = np.sqrt(_minus_twice_log(uniform(a)))
    half = b.astype(np.uint32).astype(np.float32) * np.float32(2**-32) + np.float32(-0.5)  # angle / 2 pi
    square = half * half
    sine = _polynomial(SIN, square) * half
    cosine = _polynomial(COS, square)
    return radius * (np.float32(1) - sine * sine), radius * (sine * cosine)  # of the doubled angle


def truncated_normal(word: Words, low: float, high: float) -> Values:
    """A standard normal value that lies in [low, high], from each word: the inverse of the distribution function.

    Relative error 1e-6 near 0, 1e-4 at `BOUND`.
    """
    start, width = truncation(low, high)
    x = uniform(word) * np.float32(width) + np.float32(start)
    log = _minus_twice_log((np.float32(1) - x) * (np.float32(1) + x))
    return np.clip(_polynomial(PROBIT, log) * x, np.float32(low), np.float32(high))


def truncation(low: float, high: float) -> tuple[float, float]:
    """``erf(low / sqrt 2)``, and how much larger ``erf(high / sqrt 2)`` is."""
    start, end = (math.erf(bound / math.sqrt(2)) for bound in (low, high))
    return start, end - start


def one_hot(word: Words, probabilities: Sequence[float]) -> Values:
    """A class from each word, as one row per class of which one is 1 and the others are 0.

    Returns
    -------
    array of shape (classes, *word.shape)
    """
    edges = thresholds(probabilities).reshape(-1, *[1] * word.ndim)
    reached = (uniform(word) > edges).astype(np.float32)  # 1 1 .. 1 0 .. 0 along the classes
    return reached[:-1] - reached[1:]


def thresholds(probabilities: Sequence[float]) -> Values:
    """Where one class ends and the next begins, from 0 (which every uniform value exceeds) to 1 (which none does)."""
    inner = np.cumsum(probabilities)[:-1] / np.sum(probabilities)
    return np.array([0, *inner, 1], np.float32)


def _minus_twice_log(u: Values) -> Values:
    """``-2 ln u`` for u in [2**-33, 1]."""
    root = u
    for _ in range(5):
        root = np.sqrt(root)  # u^(1/32), close enough to 1 for a short series
    q = (np.float32(1) - root) / (root + np.float32(1))
    return _polynomial(LOG, q * q) * q


def _polynomial(coefficients: Sequence[float], x: Values) -> Values:
    """Horner's rule."""
    value = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = value * x + np.float32(coefficient)
    return value
