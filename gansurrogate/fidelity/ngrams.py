"""N-grams: how often one, two or three tokens stand in a row, in two sets of sequences.

Shares of n-grams as a distance of distributions, which sees quality and variety at once: E. Montahaei, D. Alihosseini
and M. S. Baghshah, "Jointly measuring diversity and quality in text generation models", 2019, arXiv:1904.03971.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from gansurrogate.fidelity.curve import LEVEL
from gansurrogate.fidelity.estimate import RESAMPLES, Estimate

Ids = NDArray[np.integer]
Table = NDArray[np.float64]


def ngram_distance(real: Ids, other: Ids, *, order: int, end: int | None = None, seed: int = 0) -> Estimate:
    """Total variation distance of the shares of n-grams: so many of them would have to be others.

    Of equal distributions it is not zero: rare n-grams are found in one set only. Hence the floor.

    Parameters
    ----------
    real, other : array of shape (n, *shape)
        Ids of tokens, in the order of the last axes.
    order : int
        Tokens in a row. From two on, the beginning of a sequence counts as a token.
    end : int, optional
        The id after which a sequence has ended. It counts once.

    Returns
    -------
    Estimate
        The truth is off by no more than the distance that resampled sequences move (triangle inequality), so the
        interval errs on the wide side.
    """
    counts = counted((real, other), order, end)
    first, second = (_shares(side, np.ones(len(ids))) for side, ids in zip(counts, (real, other), strict=True))
    random, moved = np.random.default_rng(seed), []
    for _ in range(RESAMPLES):
        weights = [random.multinomial(len(ids), np.full(len(ids), 1 / len(ids))).astype(float) for ids in (real, other)]
        a, b = (_shares(side, weight) for side, weight in zip(counts, weights, strict=True))
        moved.append(_variation(b - a, second - first))
    value, error = _variation(first, second), float(np.quantile(moved, LEVEL))
    return Estimate(value, max(0.0, value - error), min(1.0, value + error))


def counted(sets: Sequence[Ids], order: int, end: int | None) -> list[csr_array]:
    """How often each n-gram occurs in each sequence: (n, n-grams) for each set, with the same columns."""
    flat = [ids.reshape(len(ids), -1).astype(np.int64) for ids in sets]
    begin = 1 + max(int(ids.max()) for ids in flat)
    codes, lives = zip(*(_codes(ids, order, begin, end) for ids in flat), strict=True)
    met = [code[live] for code, live in zip(codes, lives, strict=True)]
    known = np.unique(np.concatenate(met))
    found = []
    for live, code in zip(lives, met, strict=True):
        places = np.nonzero(live)[0], np.searchsorted(known, code)
        found.append(csr_array((np.ones(len(code)), places), shape=(len(live), len(known))))
    return found


def token_count(ids: Ids, end: int) -> NDArray[np.int64]:
    """Tokens before the end (n,)."""
    ended = ids.reshape(len(ids), -1) == end
    first: NDArray[np.int64] = np.where(ended.any(1), ended.argmax(1), ended.shape[1])
    return first


def _codes(ids: Ids, order: int, begin: int, end: int | None) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """A number for each n-gram (n, places), and whether the sequence had not ended before its last token."""
    ended = np.zeros(ids.shape, bool) if end is None else np.cumsum(ids == end, 1) > (ids == end)
    begun = ids if order == 1 else np.pad(ids, ((0, 0), (1, 0)), constant_values=begin)
    if begun.shape[1] < order:
        return np.empty((len(ids), 0), np.int64), np.empty((len(ids), 0), bool)
    windows = np.lib.stride_tricks.sliding_window_view(begun, order, 1)
    return windows @ (begin + 1) ** np.arange(order), ~ended[:, max(0, order - 2) :]


def _shares(counts: csr_array, weights: Table) -> Table:
    total = weights @ counts
    shares: Table = total / max(float(total.sum()), 1.0)
    return shares


def _variation(a: Table, b: Table) -> float:
    return float(np.abs(a - b).sum()) / 2
