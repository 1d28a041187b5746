"""Autocorrelation: how a value goes with those after it in the same signal."""

import numpy as np

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.curve import Curve, Table, compare_means, lines
from gansurrogate.fidelity.estimate import Array, Estimate

LAG = 64  # samples


def autocorrelation_difference(
    real: Array, other: Array, *, seed: int = 0, lag: int | None = None
) -> tuple[Estimate, Curve]:
    """Largest difference of the mean autocorrelations up to a lag, and the autocorrelations.

    Parameters
    ----------
    real, other : array of shape (n, *shape)
        The last axis is the time. Each signal is taken about its own mean and to its own variance, divided by its
        whole length at every lag; a constant one has no autocorrelation and counts as zero.
    lag : int, optional
        The largest, in samples; 64 or what the length allows by default.

    Raises
    ------
    ArgumentError
        If the lag does not lie between 1 and the length less one.
    """
    first, second = lines(real, other)
    length = first.shape[2]
    last = min(LAG, length - 1) if lag is None else lag
    if not 1 <= last < length:
        msg = f"the lag lies between 1 and {length - 1} samples in signals of {length}; got {last}"
        raise ArgumentError(msg)
    found = []
    for channel in range(first.shape[1]):
        a, b = (_autocorrelations(x[:, channel], last) for x in (first, second))
        found.append(compare_means(a, b, seed=seed))
    estimates, sides = zip(*found, strict=True)
    lags = np.arange(1, last + 1, dtype=np.float64)
    return max(estimates), Curve("autocorrelation", "lag [samples]", lags, *np.stack(sides, 1))


def _autocorrelations(x: Array, last: int) -> Table:
    """Of each signal (n, length) at the lags 1 to `last`, by the transform of its power (Wiener and Khinchin)."""
    centred = x.astype(np.float64) - x.mean(1, keepdims=True)
    power = np.abs(np.fft.rfft(centred, 2 * x.shape[1])) ** 2  # zeros behind: no wrapping round
    products = np.fft.irfft(power)[:, : last + 1]
    variance = products[:, :1]
    found: Table = np.where(variance > 0, products[:, 1:] / np.where(variance > 0, variance, 1), 0)
    return found
