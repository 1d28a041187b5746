"""Response curves: how features of the signals follow a condition, and whether the surrogate's follow it alike."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.curve import LEVEL, Curve, Table
from gansurrogate.fidelity.estimate import Array, Estimate

BINS = 10
FEWEST = 30  # signals of each set in a cell; with fewer a standard error says little
TINY = float(np.finfo(np.float64).tiny)


class Response(NamedTuple):
    """How one feature follows a condition; a cell is a bin or a category of it.

    Attributes
    ----------
    shift : Estimate
        Largest difference of the means, over the cells, in units of the cell's real standard deviation.
    stretch : Estimate
        Largest difference of the standard deviations, over the real one.
    errors : float
        Largest deviation of either, in standard errors.
    p : float
        Chance that equal distributions deviate as much in any cell.
    mean, spread : Curve
        Mean and standard deviation of the feature against the condition, one point per cell.
    """

    shift: Estimate
    stretch: Estimate
    errors: float
    p: float
    mean: Curve
    spread: Curve


class _Cells(NamedTuple):
    """Number, mean, standard deviation of values, and relative standard error of the latter times sqrt(n): (cells,)."""

    n: Table
    mean: Table
    spread: Table
    relative: Table


def response(
    real: Mapping[str, Array],
    other: Mapping[str, Array],
    real_condition: NDArray[np.generic],
    other_condition: NDArray[np.generic],
    *,
    condition: str = "condition",
    bins: int = BINS,
) -> dict[str, Response]:
    """Response curves of each feature.

    Parameters
    ----------
    real, other : mapping of str to array of shape (n,)
        Features of the signals, such as `SignalGenerator.features` gives.
    real_condition, other_condition : array of shape (n,)
        Under which they were taken; best the same values for both, for inside a bin features go on varying.
    condition : str
        Its name, with its unit.
    bins : int
        With equal numbers of real signals. A condition with no more values than that has a cell for each.

    Raises
    ------
    ArgumentError
        If no cell holds 30 signals of each set.
    """
    places, cells = _cells(real_condition, other_condition, bins)
    counts = [np.bincount(cell, minlength=len(places)) for cell in cells]
    kept = np.minimum(*counts) >= FEWEST
    if not kept.any():
        msg = (
            f"a cell of {condition!r} needs {FEWEST} real signals and as many others; the fullest have"
            f" {counts[0].max()} and {counts[1].max()}: give more signals or fewer bins than {bins}"
        )
        raise ArgumentError(msg)
    found = {}
    for name in real:
        first, second = (_moments(x[name], cell, kept) for x, cell in zip((real, other), cells, strict=True))
        found[name] = _compared(name, condition, places[kept], first, second)
    return found


def _compared(name: str, condition: str, x: Table, real: _Cells, other: _Cells) -> Response:
    same = np.ones_like(x)  # the standard error of a mean is the standard deviation over sqrt(n)
    largest, shift, mean = _deviation(real.mean, other.mean, real, other, (same, same))
    larger, stretch, spread = _deviation(real.spread, other.spread, real, other, (real.relative, other.relative))
    errors = max(largest, larger)
    p = 1 - float(1 - 2 * norm.sf(errors)) ** (2 * len(x))  # Sidak's: in no cell, neither mean nor spread
    names = f"mean of {name}", f"spread of {name}"
    curves = (Curve(called, condition, x, *sides) for called, sides in zip(names, (mean, spread), strict=True))
    return Response(shift, stretch, errors, p, *curves)


def _deviation(
    a: Table, b: Table, real: _Cells, other: _Cells, relative: tuple[Table, Table]
) -> tuple[float, Estimate, Table]:
    """Of a moment that is `a` in the real cells and `b` in the others: in standard errors, in spreads; its curve."""
    likely = float(norm.ppf((1 + LEVEL ** (1 / len(a))) / 2))  # standard errors that no cell exceeds in 95 %
    unit = np.maximum(real.spread, TINY)
    chance = unit * relative[0] * np.sqrt(1 / real.n + 1 / other.n)  # if the others are distributed as the real ones
    error = np.sqrt((unit * relative[0]) ** 2 / real.n + (other.spread * relative[1]) ** 2 / other.n)
    value, reach = float((np.abs(b - a) / unit).max()), likely * float((error / unit).max())
    sides = np.stack([a, b, a - likely * chance, a + likely * chance])[:, None]
    deviation = float((np.abs(b - a) / np.maximum(chance, TINY)).max())
    return deviation, Estimate(value, max(0.0, value - reach), value + reach), sides


def _moments(values: Array, cell: NDArray[np.intp], kept: NDArray[np.bool_]) -> _Cells:
    n = np.bincount(cell, minlength=len(kept)).clip(1)

    x = values.astype(np.float64)
    centre = np.bincount(cell, x, len(kept)) / n
    second, fourth = (np.bincount(cell, (x - centre[cell]) ** power, len(kept)) / n for power in (2, 4))
    # Of a standard deviation s: var(s^2) = (m4 - s^4) / n, and s changes by half as much relatively. Few values hold
    # too few of rare ones, so no cell is taken for less heavy-tailed than all of them on average.
    excess = (fourth / np.where(second > 0, second, 1) ** 2 - 1).clip(0)
    relative = np.sqrt(np.maximum(excess, np.average(excess, weights=n))) / 2
    return _Cells(*(side[kept] for side in (n, centre, np.sqrt(second), relative)))


def _cells(
    real: NDArray[np.generic], other: NDArray[np.generic], bins: int
) -> tuple[Table, tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Where the cells lie, and which one each signal falls into; what lies outside the real range goes to the ends."""
    values = np.unique(np.concatenate([real, other]))
    if len(values) <= bins:
        return values.astype(np.float64), (np.searchsorted(values, real), np.searchsorted(values, other))
    edges = np.unique(np.quantile(real.astype(np.float64), np.arange(1, bins) / bins))
    cell = np.searchsorted(edges, real, side="right")
    places = np.bincount(cell, real.astype(np.float64), len(edges) + 1)
    means = places / np.bincount(cell, minlength=len(edges) + 1).clip(1)
    return means, (cell, np.searchsorted(edges, other, side="right"))
