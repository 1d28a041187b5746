"""A density in pieces: values that recur exactly, and intervals with as many values in each as a normal density has.

Steps of recorded quantities have both: a sensor that repeats its last value, a counter that jumps by whole numbers, and
between them anything.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]

SMOOTH = 64  # intervals for what is continuous; fewer where much recurs
FEWEST = 4
REACH = 3.7  # standard deviations of a normal density, over which the intervals spread evenly
MOST_ATOMS = 128
ATOM = 0.01  # share of the values from which one that recurs is an atom
LEAST = 1e-4  # share of the values at a score's end


class Pieces(NamedTuple):
    """Pieces in the order of their values.

    Attributes
    ----------
    low, high : array of shape (pieces,)
        Equal for an atom.
    share : array of shape (pieces,)
        Of the values.
    edges : array of shape (pieces - 1,)
        A value belongs to the piece before the first edge that is not below it.
    """

    low: Array
    high: Array
    share: Array
    edges: Array

    @property
    def scores(self) -> Array:
        """Normal score (pieces,) of each piece's middle."""
        middle = np.cumsum(self.share) - self.share / 2
        scores: Array = ndtri(np.clip(middle, LEAST, 1 - LEAST))
        return scores


def cut(values: Array, grain: float) -> Pieces:
    """Cut what values (n,) span into pieces; those that differ by less than `grain` count as equal."""
    ordered = np.sort(values)
    _, first, counts = np.unique(np.round(ordered / grain), return_index=True, return_counts=True)
    tied = counts >= max(ATOM * len(values), 2) if len(counts) > MOST_ATOMS else np.full(len(counts), True)
    atoms = np.array([np.median(ordered[i : i + n]) for i, n in zip(first[tied], counts[tied], strict=True)])
    atoms[np.abs(atoms) < grain] = 0
    low, high = atoms, atoms
    share = counts[tied].astype(float)
    between = ordered[np.repeat(~tied, counts)]
    if len(between):
        ends = _ends(between, round(SMOOTH * np.sqrt(len(between) / len(values))), atoms)
        held, _ = np.histogram(between, ends)
        full = held > 0
        low, high = np.append(low, ends[:-1][full]), np.append(high, ends[1:][full])
        share = np.append(share, held[full])
    order = np.lexsort((high, low))
    low, high, share = low[order], high[order], share[order]
    # Around an atom lies its grain; between two others the edge is half way.
    after = np.where(low == high, low + grain / 2, high)[:-1]
    before = np.where(low == high, low - grain / 2, low)[1:]
    return Pieces(low, high, share / share.sum(), np.maximum.accumulate((after + before) / 2))


def _ends(values: Array, intervals: int, atoms: Array) -> Array:
    """Ends (m,) of about so many intervals over sorted `values`, none across an atom."""
    places = ndtr(np.linspace(-REACH, REACH, max(FEWEST, intervals) + 1))[1:-1]
    places = places[np.minimum(places, 1 - places) * len(values) > 3]  # an interval of fewer is a sample's own
    inner = atoms[(atoms > values[0]) & (atoms < values[-1])]
    ends: Array = np.unique(np.concatenate([np.quantile(values, (0, *places, 1)), inner]))
    return ends if len(ends) > 1 else np.append(ends, np.nextafter(ends, np.inf))
