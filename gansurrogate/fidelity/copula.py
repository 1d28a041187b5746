"""The untrained base line: every channel's own density, and Gaussian dependence between all values.

It knows marginals and covariances and nothing else. A surrogate that a judge likes no better than this one has not been
shown to know more.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array

Table = NDArray[np.float64]


class Copula:
    """A Gaussian of normal scores, fitted to signals (A. Sklar, 1959; R. B. Nelsen, "An Introduction to Copulas").

    Each channel's values are mapped to normal scores by their ranks, and back by the inverse: only values occur that
    the channel has taken, each as often as in the signals if the channel is stationary. A value taken more than once
    covers a stretch of ranks; a run of equal consecutive values gets one place in it, so that holds stay holds.
    Channels that copy another stay copies.

    Conditions join the Gaussian with normal scores of their own, and signals are drawn from what it says under those
    that are given: a linear regression between scores, with one covariance for all conditions (P. X.-K. Song, M. Li
    and Y. Yuan, "Joint regression analysis of correlated data using Gaussian copulas", Biometrics 65 (2009) 60).

    Parameters
    ----------
    signals : array of shape (n, *shape)
        The last axis is time; along it lie a channel's values.
    given : array of shape (n, columns), optional
        The signals' conditions as numbers; of a category one column for each level, 1 where it holds.

    Raises
    ------
    ArgumentError
        For fewer than two signals, or values that are not finite.
    """

    def __init__(self, signals: Array, seed: int = 0, given: Array | None = None) -> None:
        if len(signals) < 2 or not np.isfinite(signals).all():
            msg = f"a copula needs two signals or more, all finite; got shape {signals.shape}, or NaN or infinity in it"
            raise ArgumentError(msg)
        self.shape = signals.shape[1:]
        x = signals.reshape(len(signals), -1, signals.shape[-1])
        self.source = [next(j for j in range(i + 1) if np.array_equal(x[:, j], x[:, i])) for i in range(x.shape[1])]
        self.kept = sorted(set(self.source))
        random = np.random.default_rng(seed)
        self.channels = [_Channel(x[:, channel]) for channel in self.kept]
        scores = [channel.scores(x[:, k], random) for channel, k in zip(self.channels, self.kept, strict=True)]
        table = np.stack(scores, 1).reshape(len(x), -1)
        known = np.empty((len(x), 0)) if given is None else given
        self.conditions = [_Channel(column) for column in known.T]
        regressors = self._regressors(known)
        self.slopes = np.linalg.lstsq(regressors, table, rcond=None)[0]  # (1 + columns, kept length)
        values, vectors = np.linalg.eigh(np.cov(table - regressors @ self.slopes, rowvar=False))
        self.root = (vectors * np.sqrt(np.maximum(values, 0))).T  # (latent, kept length)

    def sample(self, n: int, rng: int | np.random.Generator | None = None, given: Array | None = None) -> Array:
        """Draw signals of shape (n, *shape), under conditions (n, columns) if the copula was fitted with such."""
        normal = np.random.default_rng(rng).standard_normal((n, len(self.root)))
        mean = self._regressors(np.empty((n, 0)) if given is None else given) @ self.slopes
        scores = (mean + normal @ self.root).reshape(n, len(self.kept), self.shape[-1])
        values = [channel.values(scores[:, k]) for k, channel in enumerate(self.channels)]
        signals: Array = np.stack([values[self.kept.index(source)] for source in self.source], 1)
        return signals.reshape(n, *self.shape)

    def _regressors(self, given: Array) -> Table:
        """A column of ones, and the normal scores of conditions."""
        columns = [each.middle(column) for each, column in zip(self.conditions, given.T, strict=True)]
        return np.stack([np.ones(len(given)), *columns], 1)


class _Channel:
    """The levels of one channel, and where the ranks of each end, as shares of all values."""

    def __init__(self, x: Array) -> None:
        self.levels, counts = np.unique(x, return_counts=True)
        self.edges = np.append(0, np.cumsum(counts)) / counts.sum()

    def scores(self, x: Array, random: np.random.Generator) -> Table:
        """Normal scores of `x` (n, length), each run of equal values at one place among its ties."""
        begins = np.concatenate([np.full((len(x), 1), True), x[:, 1:] != x[:, :-1]], 1)
        first = np.maximum.accumulate(np.where(begins, np.arange(x.shape[1]), 0), 1)  # of the run
        place = np.take_along_axis(random.random(x.shape), first, 1)
        level = np.searchsorted(self.levels, x)
        below, above = self.edges[level], self.edges[level + 1]
        scores: Table = ndtri(np.clip(below + place * (above - below), 1e-12, 1 - 1e-12))
        return scores

    def middle(self, x: Array) -> Table:
        """Normal scores of `x` (n,), each in the middle of its ties; straight lines between the levels."""
        scores: Table = np.interp(x, self.levels, ndtri((self.edges[:-1] + self.edges[1:]) / 2))
        return scores

    def values(self, scores: Table) -> Array:
        """The levels at normal scores."""
        level = np.searchsorted(self.edges, ndtr(scores), "right") - 1
        values: Array = self.levels[np.clip(level, 0, len(self.levels) - 1)]
        return values
