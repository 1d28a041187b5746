"""Distances between distributions as permutation tests: is the distance larger than that of shuffled sets?

A distance by itself says little: it depends on the scale, the dimension and the number of signals. Shuffling the labels
"real" and "other" shows what it would be if the two were equal. Each distance is taken of standardised tables: of the
values themselves, or of their `log_spectrum`, which shows more of noise. Signals without any noise may pass in the
values: never rest on these tests alone.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gansurrogate.fidelity.estimate import RESAMPLES, Array, Estimate, Z

PERMUTATIONS = 200
DIRECTIONS = 256
MOST = 2000  # signals of each set: cost grows with their square
BLOCK = 1000  # rows of the matrix of pairs held at a time
Table = NDArray[np.float64]


class Permuted(NamedTuple):
    """A distance and how it compares with chance.

    Attributes
    ----------
    estimate : Estimate
        The distance; an unbiased one may lie below zero.
    p : float
        Share of shuffled sets, the sets themselves counted in, with at least that distance; 1/201 at the lowest.
    ratio : float
        The distance over the one which 5 % of shuffled sets exceed: above 1 the sets differ at that level.
    """

    estimate: Estimate
    p: float
    ratio: float


def sliced_wasserstein(real: Array, other: Array, *, seed: int = 0, most: int = MOST) -> Permuted:
    """Wasserstein-1 distance of projections, mean over 256 random unit directions.

    J. Rabin et al., "Wasserstein barycenter and its application to texture mixing", SSVM 2011. The interval errs on
    the wide side (triangle inequality).

    Parameters
    ----------
    real, other : array of shape (n, *shape)
    most : int
        Signals drawn from each set if it holds more.
    """
    x, y, random = _standardised(real, other, seed, most)
    weights = _shuffled(len(x), len(y), random)
    resampled = np.concatenate(
        [random.multinomial(n, np.full(n, 1 / n), RESAMPLES) / n * sign for n, sign in ((len(x), 1), (len(y), -1))], 1
    ).T
    weights = np.concatenate([weights, resampled - weights[:, :1]], 1).astype(np.float32)
    pooled = np.concatenate([x, y])
    directions = random.standard_normal((DIRECTIONS, pooled.shape[1]))
    found = np.zeros(weights.shape[1])
    with threadpool_limits(1):
        for direction in directions:
            places = pooled @ (direction / np.linalg.norm(direction))
            order = places.argsort()
            steps = np.diff(places[order]).astype(np.float32)
            found += steps @ np.abs(weights[order].cumsum(0)[:-1])  # the area between two distribution functions
    observed, shuffled, noise = np.split(found / DIRECTIONS, [1, 1 + PERMUTATIONS])
    value, error = float(observed[0]), float(np.quantile(noise, 0.95))
    return _permuted(Estimate(value, max(0.0, value - error), value + error), shuffled)


def mmd(real: Array, other: Array, *, seed: int = 0, most: int = MOST) -> Permuted:
    """Squared maximum mean discrepancy, unbiased, with the mean of five Gaussian kernels.

    Their widths are 1/4, 1/2, 1, 2 and 4 times the median distance. A. Gretton et al., "A kernel two-sample test",
    JMLR 13 (2012), equation 3. Parameters as of `sliced_wasserstein`.
    """
    x, y, random = _standardised(real, other, seed, most)
    pooled = np.concatenate([x, y])
    some = pooled[random.permutation(len(pooled))[:BLOCK]]
    squares = _squares(some, some)[np.triu_indices(len(some), 1)]
    return _pairs(x, y, lambda squared: gaussians(squared, float(np.median(squares))), random)


def energy_distance(real: Array, other: Array, *, seed: int = 0, most: int = MOST) -> Permuted:
    """2 E|X - Y| - E|X - X'| - E|Y - Y'|, unbiased.

    G. J. Szekely and M. L. Rizzo, "Energy statistics: a class of statistics based on distances", Journal of Statistical
    Planning and Inference 143 (2013). Parameters as of `sliced_wasserstein`.
    """
    x, y, random = _standardised(real, other, seed, most)
    return _pairs(x, y, lambda squared: -np.sqrt(squared), random)


def gaussians(squared: Table, median: float) -> Table:
    """Mean of exp(-d^2 / (2 s^2)) over s^2 = median / 16, / 4, * 1, * 4, * 16, for squared distances d^2."""
    kernel = np.exp(squared / (-32 * median))
    total = kernel.copy()
    for _ in range(4):
        kernel **= 4
        total += kernel
    return total / 5


def _pairs(x: Table, y: Table, kernel: Callable[[Table], Table], random: np.random.Generator) -> Permuted:
    """E k(X, X') + E k(Y, Y') - 2 E k(X, Y) over pairs of different signals, shuffled as well.

    The variance of the value is that of its projections on single signals (W. Hoeffding, 1948), plus that of shuffled
    sets, which have none.
    """
    n, m, pooled = len(x), len(y), np.concatenate([x, y])
    first = _shuffled(n, m, random) > 0  # (n + m, sets): who counts as real
    means = np.empty((2, *first.shape))  # of the kernel from each signal to both sets
    with threadpool_limits(1):
        sides = [side.astype(np.float64) for side in (first, ~first)]
        for start in range(0, n + m, BLOCK):
            rows = np.arange(start, min(start + BLOCK, n + m))
            values = kernel(_squares(pooled[rows], pooled))
            values[rows - start, rows] = 0
            for k, side in enumerate(sides):
                means[k, rows] = values @ side
    own = np.where(first, means[0] / (n - 1), means[1] / (m - 1))
    across = np.where(first, means[1] / m, means[0] / n)
    projection = own - across
    statistic = np.where(first, projection / n, projection / m).sum(0)
    observed = projection[:, 0]
    variance = 4 * (observed[:n].var() / n + observed[n:].var() / m) + statistic[1:].var()
    value, error = float(statistic[0]), Z * float(np.sqrt(variance))
    return _permuted(Estimate(value, value - error, value + error), statistic[1:])


def _permuted(estimate: Estimate, shuffled: Table) -> Permuted:
    p = (1 + int((shuffled >= estimate.value).sum())) / (1 + len(shuffled))
    return Permuted(estimate, p, estimate.value / float(np.quantile(shuffled, 0.95)))


def _shuffled(n: int, m: int, random: np.random.Generator) -> Table:
    """Weights (n + m, 1 + PERMUTATIONS): 1/n for a real signal, -1/m for another; shuffled but in the first column."""
    weights = np.repeat([1 / n, -1 / m], [n, m])
    return np.stack([weights, *(random.permutation(weights) for _ in range(PERMUTATIONS))], 1)


def _standardised(real: Array, other: Array, seed: int, most: int) -> tuple[Table, Table, np.random.Generator]:
    """Tables of at most so many rows in units of the real columns' standard deviations; and what drew them."""
    random = np.random.default_rng(seed)
    x, y = (
        signals.reshape(len(signals), -1)[random.permutation(len(signals))[:most]].astype(np.float64)
        for signals in (real, other)
    )
    mean, scale = x.mean(0), x.std(0)
    scale[scale == 0] = 1
    return (x - mean) / scale, (y - mean) / scale, random


def _squares(x: Table, y: Table) -> Table:
    """Squares of the distances between all rows of two tables."""
    squares: Table = (x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T
    return squares.clip(0)
