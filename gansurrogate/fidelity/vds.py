"""Value and dependency distribution shift: kernel distances of single values, and of correlations within windows.

Y. Li et al., "Population aware diffusion for time series generation" (PaD-TS), AAAI 2025, arXiv:2501.00910: the squared
maximum mean discrepancy (A. Gretton et al., JMLR 13, 2012) with a sum of Gaussian kernels, its biased estimate. That
grows as 1 / n for equal distributions: compare at equal n, and with the real-vs-real value.
"""

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate, Z
from gansurrogate.fidelity.unit import unit

VARIANCES = (0.01, 0.05, 0.1, 0.2, 0.5, 0.7, 1.0, 1.5, 2.0)  # of the kernels
VALUES = 10_000  # of each channel, drawn with replacement
NODES_PER_UNIT = 40  # of length, and a few more, give the narrowest kernel to rounding

Vector = NDArray[np.float64]


def vds(
    real: Array, other: Array, *, repeats: int = 5, seed: int = 0, span: tuple[float, float] | None = None
) -> Estimate:
    """Value distribution shift: the distance of single values, scaled to [0, 1], mean over channels.

    Parameters
    ----------
    real, other : array of shape (n, length) or (n, channels, length)
    repeats : int
        Draws of 10,000 values of each channel, at the same places on both sides.
    seed : int
    span : pair of float, optional
        What is scaled to 0 and 1, of all channels; each channel's lowest and highest real value if not given.

    Returns
    -------
    Estimate
        Mean over the repeats, with Student's interval.

    Raises
    ------
    ArgumentError
        If the sets differ in shape, or hold values that are not finite.
    """
    x, y = (side.reshape(-1, side.shape[2]).astype(np.float64) for side in unit(real, other, span))
    random, values = np.random.default_rng(seed), []
    for _ in range(repeats):
        distances = []
        for a, b in zip(x.T, y.T, strict=True):
            places = random.integers(0, min(len(a), len(b)), VALUES)
            distances.append(_squared_mmd(a[places], b[places])[0])
        values.append(float(np.mean(distances)))
    return Estimate.of_repeats(values)


def fdds(real: Array, other: Array) -> Estimate:
    """Functional dependency distribution shift: the distance of correlations within windows, mean over pairs.

    Parameters
    ----------
    real, other : array of shape (n, channels, length)

    Returns
    -------
    Estimate
        The interval is that of the delta method: first order in both samples, too narrow near the real-vs-real value.

    Raises
    ------
    ArgumentError
        If there is a single channel, if the shapes differ, or if values are not finite.
    """
    x, y = unit(real, other)
    if x.shape[2] < 2:
        msg = "correlations within windows need two channels or more; got one: leave this score out"
        raise ArgumentError(msg)
    pairs = (_squared_mmd(a, b) for a, b in zip(_within(x).T, _within(y).T, strict=True))
    distances, *slopes = zip(*pairs, strict=True)
    value = float(np.mean(distances))
    error = Z * float(np.sqrt(sum(np.mean(slope, 0).var() / len(slope[0]) for slope in slopes)))
    return Estimate(value, value - error, value + error)


def _within(windows: NDArray[np.float32]) -> Vector:
    """Correlations (n, pairs) of channels within each window (n, length, channels); 0 with a constant one."""
    centred = windows.astype(np.float64) - windows.mean(1, keepdims=True, dtype=np.float64)
    centred[np.broadcast_to(np.ptp(windows, axis=1, keepdims=True) == 0, centred.shape)] = 0
    norm = np.sqrt(np.square(centred).sum(1, keepdims=True))
    centred /= np.where(norm > 0, norm, 1)
    first, second = np.tril_indices(windows.shape[2], -1)
    return np.stack([(centred[:, :, i] * centred[:, :, j]).sum(1) for i, j in zip(first, second, strict=True)], 1)


def _squared_mmd(a: Vector, b: Vector) -> tuple[float, Vector, Vector]:
    """The biased squared distance of values (n,) and (m,), and how each single value moves it.

    The kernel, smooth in both arguments, is replaced by its Chebyshev interpolant: exact to rounding, and linear in
    the number of values.
    """
    low, high = min(a.min(), b.min()), max(a.max(), b.max())
    degree = int(NODES_PER_UNIT * (high - low)) + 15
    nodes = chebyshev.chebpts1(degree + 1)
    half = max(high - low, 1e-12) / 2
    squares = np.square(half * (nodes[:, None] - nodes))
    kernel = sum(np.exp(-squares / (2 * variance)) for variance in VARIANCES)
    to_nodes = np.linalg.inv(chebyshev.chebvander(nodes, degree))
    first, second = (chebyshev.chebvander((side - low) / half - 1, degree) @ to_nodes for side in (a, b))
    difference = first.mean(0) - second.mean(0)
    witness = kernel @ difference
    return float(difference @ witness), 2 * first @ witness, -2 * second @ witness
