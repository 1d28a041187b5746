"""Precision, recall, density, coverage: do the sets fill the same space, as balls around neighbours measure it?

T. Kynkaanniemi et al., "Improved precision and recall metric for assessing generative models", NeurIPS 2019,
arXiv:1904.06991; M. F. Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020,
arXiv:2002.09797.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate, Z

NEIGHBOURS = 5
BLOCK = 1000  # rows of the distance matrix held at a time


class Manifold(NamedTuple):
    """How the sets cover each other; for equal distributions density is 1 and coverage 1 - 2^-k (0.969 for k = 5).

    Attributes
    ----------
    precision : Estimate
        Share of the others inside the ball of a real signal, which reaches to its k-th real neighbour.
    recall : Estimate
        Share of the real signals inside the ball of another one.
    density : Estimate
        In how many real balls another signal lies, over k. Above 1: crowded where the real ones are dense.
    coverage : Estimate
        Share of the real balls that hold one of the others.
    """

    precision: Estimate
    recall: Estimate
    density: Estimate
    coverage: Estimate


def manifold(real: Array, other: Array, *, seed: int = 0, neighbours: int = NEIGHBOURS) -> Manifold:
    """Precision, recall, density and coverage of two sets of equal size.

    Parameters
    ----------
    real, other : array of shape (n, *shape)
        Distances are Euclidean in the values as given: bring features of several units to one scale first.
    seed : int
        Not used: nothing is drawn.
    neighbours : int
        k.

    Returns
    -------
    Manifold
        The intervals take the balls as independent; they do not hold the choice of the balls.

    Raises
    ------
    ArgumentError
        If the sets differ in size or hold no more signals than neighbours.
    """
    if len(real) != len(other) or len(real) <= neighbours:
        msg = (
            f"balls are compared for sets of one size, above {neighbours} signals; got {len(real)} and {len(other)}:"
            " shorten the longer one"
        )
        raise ArgumentError(msg)
    n = len(real)
    x, y = (signals.reshape(n, -1).astype(np.float64) for signals in (real, other))
    x, y = x - x.mean(0), y - x.mean(0)  # the square of a distance loses fewer digits near the origin
    with threadpool_limits(1):
        real_radius, other_radius = (_radii(table, neighbours) for table in (x, y))
        balls, others, covered = np.zeros(n), np.zeros(n), np.zeros(n, bool)
        recalled = np.zeros(n, bool)
        for rows, squares in _blocks(x, y):
            inside = squares < real_radius[rows, None]
            balls[rows], covered[rows] = inside.sum(1), inside.any(1)
            others += inside.sum(0)
            recalled[rows] = (squares < other_radius).any(1)
    density = float(others.mean()) / neighbours
    error = Z * float(np.sqrt((others.var() + balls.var()) / n)) / neighbours
    return Manifold(
        _share(others > 0), _share(recalled), Estimate(density, max(0.0, density - error), density + error),
        _share(covered),
    )  # fmt: skip


def _share(hits: NDArray[np.bool_]) -> Estimate:
    """What the balls and the signals in them both decide is known half as well as a share of independent signals."""
    return Estimate.of_share(float(hits.mean()), len(hits) / 2)


def _radii(x: NDArray[np.float64], neighbours: int) -> NDArray[np.float64]:
    """Square of the distance (n,) to the `neighbours`-th other row."""
    radii = np.empty(len(x))
    for rows, squares in _blocks(x, x):
        squares[np.arange(len(squares)), np.arange(rows.start, rows.stop)] = -1.0  # itself comes first
        radii[rows] = np.partition(squares, neighbours, axis=1)[:, neighbours]
    return radii


def _blocks(x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Squares of the distances of some rows of `x` to all of `y`."""
    norms = (y**2).sum(1)
    for start in range(0, len(x), BLOCK):
        rows = slice(start, min(start + BLOCK, len(x)))
        yield rows, norms - 2 * x[rows] @ y.T + (x[rows] ** 2).sum(1)[:, None]
