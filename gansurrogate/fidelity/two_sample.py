"""Classifier two-sample tests: can a classifier tell the two sets apart?

The area under its ROC curve on signals it was not trained on is 0.5 for equal distributions, 1 when it always
can. D. Lopez-Paz and M. Oquab, "Revisiting classifier two-sample tests", ICLR 2017, arXiv:1610.06545.
"""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from gansurrogate.fidelity.estimate import Array, Estimate

POINTS = 101  # of a ROC curve
ROUNDING = 1e-7  # of a channel's mean power, or of its root: below it there is rounding, not signal
Scores = Callable[[Array, NDArray[np.float64], Array], Array]


def auc(real: Array, other: Array, scores: Scores, seed: int, folds: int = 2, splits: int = 1) -> Estimate:
    """Area under the ROC curve on held-out signals, mean over folds and splits.

    Parameters
    ----------
    real, other : array of shape (n, ...)
    scores : callable
        ``scores(train, labels, test)``: train a classifier, return its scores of the test set.
    seed : int
        Of the split into halves.
    folds : int
        1 trains on one half and tests on the other; 2 also the other way round.
    splits : int
        How often the signals are halved.
    """
    x = np.concatenate([real, other])
    labels = np.repeat([0.0, 1.0], [len(real), len(other)])
    random = np.random.default_rng(seed)
    figures, rates, everywhere = [], [], np.linspace(0, 1, POINTS)
    for _ in range(splits):
        order = random.permutation(len(x))
        halves = [order[::2], order[1::2]]
        for train, test in (halves, halves[::-1])[:folds]:
            judged = labels[test], scores(x[train], labels[train], x[test])
            figures.append(roc_auc_score(*judged))
            rates.append(np.interp(everywhere, *roc_curve(*judged)[:2]))
    # As sure as one fold: what the classifier of one half learned by chance is what the other's is tested on, so the
    # folds' figures go together (correlation 0.4 to 0.5 for equal distributions, measured on 400 + 400 signals).
    found = Estimate.of_auc(float(np.mean(figures)), len(real) // 2, len(other) // 2)
    return found._replace(roc=(tuple(everywhere.tolist()), tuple(np.mean(rates, 0).tolist())))


def trees_auc(real: Array, other: Array, seed: int = 0, splits: int = 1) -> Estimate:
    """Boosted trees on features of shape (n, features): sharp on distributions of few parameters."""

    def scores(train: Array, labels: NDArray[np.float64], test: Array) -> Array:
        trees = HistGradientBoostingClassifier(
            max_iter=200, learning_rate=0.06, early_stopping=True, validation_fraction=0.15, random_state=seed
        )
        probability: Array = trees.fit(train, labels).predict_proba(test)[:, 1]
        return probability

    with threadpool_limits(1):  # OpenMP's spinning threads took 100 times as long on a busy machine
        return auc(real, other, scores, seed, splits=splits)


def spectral_auc(real: Array, other: Array, seed: int = 0) -> Estimate:
    """A dense network on log power spectrum and log spread of differences: sharp on noise."""
    tables = (spectral_features(real, real), spectral_features(other, real))
    return dense_auc(*tables, (128, 128), epochs=40, seed=seed)


def dense_auc(real: Array, other: Array, layers: tuple[int, ...], *, epochs: int, seed: int) -> Estimate:
    """A dense network on standardised tables (n, features).

    Parameters
    ----------
    layers : tuple of int
        Widths of the hidden ones.
    epochs : int
        At most so many; fewer once a tenth, kept aside, gets no better.
    """

    def scores(train: Array, labels: NDArray[np.float64], test: Array) -> Array:
        network = MLPClassifier(layers, alpha=1e-3, early_stopping=True, max_iter=epochs, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are meant as a bound
            judge = make_pipeline(StandardScaler(), network).fit(train, labels)
        probability: Array = judge.predict_proba(test)[:, 1]
        return probability

    with threadpool_limits(1):
        return auc(real, other, scores, seed)


def spectral_features(signals: Array, real: Array) -> Array:
    """Log power spectrum, and log standard deviation of the values and of their first and second differences.

    Parameters
    ----------
    signals : array of shape (n, *shape)
        The last axis is transformed.
    real : array of shape (m, *shape)
        What is added to the numbers before their logarithm is taken depends on these alone, channel by channel: sets
        that are compared get the same, and a channel in a large unit does not cover up the others.

    Returns
    -------
    array of shape (n, features)
    """
    x, added = _lines(signals), np.sqrt(_power(real))
    spreads = [np.log(np.diff(x, order, axis=2).std(2) + ROUNDING * added) for order in (0, 1, 2)]
    return np.concatenate([log_spectrum(signals, real), *spreads], 1)


def log_spectrum(signals: Array, real: Array) -> Array:
    """Log power spectrum over the last axis: (n, *shape) -> (n, features). `real` as of `spectral_features`."""
    x = _lines(signals)
    power = np.abs(np.fft.rfft(x, axis=2)) ** 2 / x.shape[2]
    spectrum: Array = np.log(power + ROUNDING * _power(real)[:, None])
    return spectrum.reshape(len(x), -1)


def _lines(signals: Array) -> NDArray[np.float64]:
    """Signals (n, *shape) as (n, channels, length)."""
    return signals.reshape(len(signals), -1, signals.shape[-1]).astype(np.float64)


def _power(signals: Array) -> NDArray[np.float64]:
    """Mean square (channels,) of the values; of a channel of zeros that of all."""
    power: NDArray[np.float64] = np.square(_lines(signals)).mean((0, 2))
    return np.where(power > 0, power, max(power.mean(), np.finfo(np.float64).tiny / ROUNDING))
