"""Cheap figures of signals, by which real ones and a surrogate's may be told apart."""

import numpy as np
from numpy.typing import NDArray

from gansurrogate.signals import SignalArray

PARTS = 8
TOKENS = 32  # of a vocabulary, whose frequencies are counted
TINY = 1e-30

Features = NDArray[np.float64]


def describe(signals: SignalArray, tokens: int = 0) -> Features:
    """Figures of each signal.

    Of numbers: mean, logarithm of the standard deviation, skewness, kurtosis, extremes; mean and spread of eight parts;
    spread and kurtosis of the differences between neighbours along the last axis; logarithm of the power in octaves of
    frequency; the share of values that are finite. Of ids: how frequent each of the first 32 is, and repetitions.

    Parameters
    ----------
    signals : array of shape (n, *shape)
    tokens : int
        Size of the vocabulary, if these are ids of tokens.

    Returns
    -------
    array of shape (n, figures)
    """
    n = len(signals)
    if tokens:
        ids = signals.reshape(n, -1)
        counts = [(ids == i).mean(1) for i in range(min(tokens, TOKENS))]
        return np.stack([*counts, (ids[:, 1:] == ids[:, :-1]).sum(1) / ids.shape[1]], 1)
    finite = np.isfinite(signals)
    x = np.where(finite, signals, 0).reshape(n, -1, signals.shape[-1]).astype(np.float64)  # (n, channels, length)
    flat = x.reshape(n, -1)
    columns = [finite.reshape(n, -1).mean(1), flat.mean(1), *_moments(flat), flat.min(1), flat.max(1)]
    edges = np.unique(np.arange(PARTS) * flat.shape[1] // PARTS)
    sizes = np.diff(np.append(edges, flat.shape[1]))
    means = np.add.reduceat(flat, edges, 1) / sizes
    squares = np.add.reduceat(flat**2, edges, 1) / sizes - means**2
    steps = np.diff(x, axis=2).reshape(n, -1) if x.shape[2] > 1 else np.zeros((n, 1))
    spread, _, tails = _moments(steps)
    power = (np.abs(np.fft.rfft(x - x.mean(2, keepdims=True))) ** 2).mean(1)[:, 1:]  # (n, frequencies)
    octaves = 2 ** np.arange(power.shape[1].bit_length())
    bands = np.log(np.add.reduceat(power, octaves - 1, 1) + TINY) if len(octaves) else np.zeros((n, 0))
    return np.column_stack([*columns, spread, tails, means, np.log(np.maximum(squares, 0) + TINY), bands])


def _moments(values: NDArray[np.float64]) -> tuple[Features, Features, Features]:
    """Logarithm of the standard deviation, skewness and kurtosis of each row."""
    centred = values - values.mean(1, keepdims=True)
    squares = centred * centred
    variance = squares.mean(1) + TINY
    skewness, kurtosis = (squares * centred).mean(1) / variance**1.5, (squares * squares).mean(1) / variance**2
    return np.log(variance) / 2, skewness, kurtosis
