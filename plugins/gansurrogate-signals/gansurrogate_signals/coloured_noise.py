"""Vibration: fractional noise and a narrow band, mixed anew in every signal."""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs

FloatArray = NDArray[np.float64]
RATE = 1000.0  # samples per second [Hz]
LENGTH, PERIOD = 320, 1024  # samples of a signal, and of the periodic noise it is cut from
HIGHEST = 350.0  # frequency of the fractional noise [Hz]
WIDTH = 8.0  # standard deviation of the narrow band [Hz]
LAGS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40)
EDGES = (1, 3, 6, 12, 20, 28, 36, 44, 52, 60, 70, 85, 100, 112, 130, 161)  # of the bands, in 1 / LENGTH of the rate
PEAKS = slice(20, 72)  # where the narrow band is looked for


class ColouredNoise(gs.SignalGenerator):
    """Gaussian noise whose spectrum is drawn for every signal, 320 samples at 1 kHz.

    The spectrum is that of fractional noise, f^(1 - 2H) up to 350 Hz with H uniform on [0.3, 0.95], and a Gaussian band
    of 8 Hz about a frequency uniform on [80, 200] Hz, whose share of the power is uniform on [0.1, 0.9]. The size is
    log-normal, with standard deviation 0.3 of its logarithm.
    """

    name = "coloured-noise"
    rows_per_seed = 256
    spec = gs.SignalSpec(shape=(LENGTH,), unit="m/s^2", sampling_rate=RATE)

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> FloatArray:
        """Draw `n` signals, shape ``(n, 320)`` [m/s^2]."""
        frequency = np.fft.rfftfreq(PERIOD, 1 / RATE)
        hurst, share = rng.uniform(0.3, 0.95, (n, 1)), rng.uniform(0.1, 0.9, (n, 1))
        centre, size = rng.uniform(80, 200, (n, 1)), np.exp(0.3 * rng.standard_normal((n, 1)))
        within = (frequency > 0) & (frequency <= HIGHEST)
        fractional = np.where(within, np.maximum(frequency, frequency[1]) ** (1 - 2 * hurst), 0)
        band = np.exp(-0.5 * ((frequency - centre) / WIDTH) ** 2)
        power = (1 - share) * _of_unit_sum(fractional) + share * _of_unit_sum(band)
        white = np.fft.rfft(rng.standard_normal((n, PERIOD)), axis=1)
        signals: FloatArray = np.fft.irfft(white * np.sqrt(power * PERIOD / 2), PERIOD, axis=1)[:, :LENGTH]
        return size * signals

    def features(self, signals: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Spread of the values and of their differences, autocorrelation, power in bands, and the narrow band."""
        x = signals.astype(np.float64)
        found = {f"log_spread{k}": np.log(np.diff(x, k, axis=1).std(1)) for k in range(4)}
        found["kurtosis"] = ((x - x.mean(1, keepdims=True)) ** 4).mean(1) / x.var(1) ** 2
        for lag in LAGS:
            found[f"correlation{lag}"] = (x[:, lag:] * x[:, :-lag]).mean(1) / (x * x).mean(1)
        power = np.abs(np.fft.rfft(x * np.hanning(LENGTH), axis=1)) ** 2
        power += 1e-4 * power.mean(1, keepdims=True)  # fainter power, where the noise has none, is not looked at
        for low, high in itertools.pairwise(EDGES):
            found[f"band{low}"] = np.log(power[:, low:high].mean(1))
        smooth = np.apply_along_axis(np.convolve, 1, power, np.ones(5) / 5, "same")[:, PEAKS]
        found["peak"] = (PEAKS.start + smooth.argmax(1)) * RATE / LENGTH
        found["peak_height"] = np.log(smooth.max(1) / np.median(smooth, 1))
        energy = np.log((x.reshape(len(x), 8, -1) ** 2).mean(2))
        found["unsteadiness"] = energy.std(1)
        return found


def _of_unit_sum(power: FloatArray) -> FloatArray:
    result: FloatArray = power / power.sum(1, keepdims=True)
    return result
