"""Which weights can be reduced: the least harmful first, as seen in the spectrum of what that does to the signals.

The deviation of the reduced network from the float32 one is compared with the signals themselves, frequency by
frequency. If both were Gaussian, stationary and independent, log likelihood ratios of reduced against float32 signals
would have the separation

    d'^2 = sum_f (D_f / P_f)^2 + 2 sum_f |M_f|^2 / P_f,

where P is the power of the signals at a frequency f, D that of the deviation about its mean, and M the mean deviation.
S. M. Kay, "Fundamentals of Statistical Signal Processing" II, 1998, chapters 4 and 5. Signals are none of the three, so
that this says only in which order weights are tried; judges say how many of them.
"""

import math

import numpy as np
from numpy.typing import NDArray

from gansurrogate.fidelity.two_sample import ROUNDING
from gansurrogate.signals import SignalArray

COARSE = 0.5  # of the different values of the float32 signals: with fewer, steps are seen in the signals themselves


def harm(plain: SignalArray, reduced: SignalArray) -> float:
    """The separation d' of reduced signals from float32 ones of the same rows, shape (n, *shape).

    The last axis is transformed. The power is the geometric mean over the signals: what is there in the quiet ones.
    """
    deviation, own = _spectra(reduced.astype(np.float64) - plain), np.abs(_spectra(plain)) ** 2
    floor = ROUNDING * own.mean((0, 2), keepdims=True) + np.finfo(np.float64).tiny
    power, mean = np.exp(np.log(own + floor).mean(0)), deviation.mean(0)
    about, of_mean = (np.abs(deviation - mean) ** 2).mean(0) / power, np.abs(mean) ** 2 / power
    return math.sqrt(float((about**2).sum() + 2 * of_mean.sum()))


def is_coarse(plain: SignalArray, reduced: SignalArray) -> bool:
    """Whether the reduced signals take so few values that their steps can be seen."""
    return len(np.unique(reduced)) < COARSE * len(np.unique(plain))


def _spectra(signals: NDArray[np.floating]) -> NDArray[np.complex128]:
    """Spectra (n, lines, frequencies) of signals (n, *shape)."""
    return np.fft.rfft(signals.reshape(len(signals), -1, signals.shape[-1]).astype(np.float64), axis=2)
