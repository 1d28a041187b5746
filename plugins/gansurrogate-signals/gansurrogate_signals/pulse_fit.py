"""Least-squares fit of a pulse to many signals at once."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
LENGTH = 320  # samples
RISE = 3  # samples, time constant of the rise
ONSETS = (20, 260)  # searched [samples]
DECAYS = np.arange(6.0, 46.0, 2.0)  # tried first [samples]
NEWTON_STEPS = 6


def pulse(time: FloatArray, decay: FloatArray) -> FloatArray:
    """exp(-t / decay) - exp(-t / RISE) after time 0, and 0 before; all times in samples."""
    after = np.maximum(time, 0)
    result: FloatArray = np.exp(-after / decay) - np.exp(-after / RISE)
    return result


def height(decay: FloatArray) -> FloatArray:
    """The largest value of the pulse."""
    result: FloatArray = pulse(np.log(decay / RISE) * RISE * decay / (decay - RISE), decay)
    return result


def fit_pulse(x: FloatArray) -> tuple[dict[str, FloatArray], FloatArray]:
    """Fit size * pulse(t - onset, decay) to signals (n, LENGTH).

    Matched filters find onset and decay to a quarter of a sample and two samples; Gauss-Newton steps refine them.

    Returns
    -------
    dict of arrays of shape (n,)
        ``onset`` and ``decay`` [samples], and ``height`` in the signals' unit.
    array of shape (n, LENGTH)
        The residual.
    """
    onset, decay = _matched(x)
    for _ in range(NEWTON_STEPS):
        time = np.arange(LENGTH) - onset[:, None]
        after = np.maximum(time, 0)
        slow, fast = np.exp(-after / decay[:, None]), np.exp(-after / RISE)
        shape = slow - fast
        size = _size(x, shape)[:, None]
        moved = size * (slow / decay[:, None] - fast / RISE) * (time > 0)  # by the onset
        longer = size * slow * after / decay[:, None] ** 2  # by the decay
        slopes = np.stack([shape, moved, longer], 2)  # (n, LENGTH, 3)
        gram = slopes.transpose(0, 2, 1) @ slopes
        gram += 1e-4 * np.einsum("nii->n", gram)[:, None, None] * np.eye(3)
        step = np.linalg.solve(gram, slopes.transpose(0, 2, 1) @ (x - size * shape)[:, :, None])[:, :, 0]
        onset = np.clip(onset + np.clip(step[:, 1], -1, 1), 1, LENGTH - 20)
        decay = np.clip(decay + np.clip(step[:, 2], -5, 5), RISE + 0.5, 90)
    shape = pulse(np.arange(LENGTH) - onset[:, None], decay[:, None])
    size = _size(x, shape)
    found = {"onset": onset, "height": size * height(decay), "decay": decay}
    return found, x - size[:, None] * shape


def _matched(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Onset and decay (n,) of the pulse on a grid that explains most of each signal."""
    padded = 2 * LENGTH
    spectrum = np.fft.rfft(x, padded, axis=1)
    places = np.arange(*ONSETS)
    best, onset, decay = np.full(len(x), -np.inf), np.zeros(len(x)), np.zeros(len(x))
    for tried in DECAYS:
        for fraction in (0.0, 0.25, 0.5, 0.75):
            shape = pulse(np.arange(LENGTH, dtype=np.float64) - fraction, np.full(1, tried))
            product = np.fft.irfft(spectrum * np.fft.rfft(shape, padded).conj(), padded, axis=1)[:, places]
            inside = np.cumsum(shape**2)[LENGTH - 1 - places]  # the part of the pulse that the signal's end leaves
            explained = product * np.abs(product) / inside
            at = explained.argmax(1)
            value = explained[np.arange(len(x)), at]
            better = value > best
            best[better], decay[better] = value[better], tried
            onset[better] = places[at[better]] + fraction
    return onset, decay


def _size(x: FloatArray, shape: FloatArray) -> FloatArray:
    result: FloatArray = (x * shape).sum(1) / (shape**2).sum(1)
    return result
