"""A curve of real signals beside that of others, and how far apart chance alone drives the two."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import RESAMPLES, Array, Estimate

Table = NDArray[np.float64]
LEVEL = 0.95


@dataclass(frozen=True)
class Curve:
    """Something measured along an axis, ready for a plot.

    Attributes
    ----------
    name : str
        Of what is measured, with its unit.
    along : str
        Name of the axis, with its unit.
    x : array of shape (points,)
    real, other : array of shape (lines, points)
        One line per channel.
    low, high : array of shape (lines, points)
        In 95 % of cases the whole of `other` would lie between them if those signals were real.
    """

    name: str
    along: str
    x: Table
    real: Table
    other: Table
    low: Table
    high: Table


def compare_means(
    real: Array,
    other: Array,
    transform: Callable[[Table], Table] = lambda means: means,
    size: Callable[[Table], Table] = lambda difference: np.abs(difference).max(-1),
    *,
    seed: int,
) -> tuple[Estimate, Table]:
    """The difference of two curves that are means over signals.

    Parameters
    ----------
    real, other : array of shape (n, points)
        Contributions of each signal.
    transform : callable
        Makes the curve of the means; along the last axis.
    size : callable
        A norm of the difference along the last axis; the largest value by default.

    Returns
    -------
    tuple
        The size of the difference; and `real`, `other`, `low` and `high` of a `Curve` as the rows of one table. The
        truth is off by no more than the norm of what resampling changes (triangle inequality), so the interval errs
        on the wide side for small differences.
    """
    random = np.random.default_rng(seed)
    first, second = transform(real.mean(0, dtype=np.float64)), transform(other.mean(0, dtype=np.float64))
    drawn = transform(resampled_means(other, len(other), random)) - transform(resampled_means(real, len(real), random))
    value = float(size(second - first))
    error = float(np.quantile(size(drawn - (second - first)), LEVEL))
    halves = [transform(resampled_means(real, n, random)) for n in (len(real), len(other))]
    chance = halves[1] - halves[0]
    # A tenth of the largest at least: beyond the outermost real value nothing varies, and yet others may lie there.
    spread = np.maximum(chance.std(0), 0.1 * chance.std(0).max())
    reach = np.quantile(np.abs(chance / np.where(spread > 0, spread, 1)).max(1), LEVEL) * spread
    sides = np.stack([first, second, first - reach, first + reach])
    return Estimate(value, max(0.0, value - error), value + error), sides


def resampled_means(x: Array, n: int, random: np.random.Generator) -> Table:
    """Means (resamples, points) of `n` rows of `x`, drawn with replacement again and again."""
    counts = random.multinomial(n, np.full(len(x), 1 / len(x)), RESAMPLES)
    with threadpool_limits(1):
        means: Table = counts.astype(x.dtype) @ x / n
    return means


def lines(real: Array, other: Array) -> tuple[Array, Array]:
    """Signals (n, *shape) as (n, lines, length): the axes before the last are channels.

    Raises
    ------
    ArgumentError
        If the shapes of the signals differ.
    """
    if real.shape[1:] != other.shape[1:] or real.ndim < 2:
        msg = f"signals of one shape are compared; got {real.shape[1:]} and {other.shape[1:]}"
        raise ArgumentError(msg)
    first, second = (signals.reshape(len(signals), -1, signals.shape[-1]) for signals in (real, other))
    return first, second
