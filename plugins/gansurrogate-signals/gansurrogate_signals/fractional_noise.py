"""Noise without a scale of its own, as turbulence has it: fractional Gaussian noise of a given Hurst index."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import gansurrogate as gs

FloatArray = NDArray[np.float64]
LENGTH, RATE = 256, 1000.0  # samples, [Hz]
TRIED = np.linspace(0.02, 0.98, 97)  # Hurst indices
LAGS = (1, 2, 4, 8, 16, 32)


class FractionalNoise(gs.SignalGenerator):
    """Increments of a velocity [m/s] over 1 ms, of variance 1: 256 samples at 1 kHz.

    The noise is Gaussian with mean 0 and covariance (|k - 1|^(2H) - 2 |k|^(2H) + |k + 1|^(2H)) / 2 at k samples
    (B. B. Mandelbrot and J. W. van Ness, SIAM Review 10, 422 (1968)); its sum is fractional Brownian motion, whose
    spectrum falls as f^(-2H - 1). H = 1/3 is Kolmogorov's law for the velocity in turbulence, -5/3; H = 1/2 is white
    noise. Drawn exactly, by the circulant embedding of R. B. Davies and D. S. Harte, Biometrika 74, 95 (1987), which
    works for every H between 0 and 1 (P. F. Craigmile, J. Time Ser. Anal. 24, 505 (2003), for H below 1/2).
    """

    name = "fractional-noise"
    rows_per_seed = 256
    spec = gs.SignalSpec(
        shape=(LENGTH,),
        unit="m/s",
        sampling_rate=RATE,
        conditions=(gs.Condition("hurst", low=0.1, high=0.9, description="Hurst index H"),),
    )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> FloatArray:
        """Draw `n` signals, shape ``(n, 256)`` [m/s]."""
        power = circulant(conditions["hurst"].astype(float)[:, None])  # (n, 512)
        white = rng.standard_normal((n, 2, 2 * LENGTH))
        waves = np.sqrt(power / (2 * LENGTH)) * (white[:, 0] + 1j * white[:, 1])
        return np.fft.fft(waves).real[:, :LENGTH]

    def features(self, signals: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Hurst index by Whittle's likelihood; spread, kurtosis and structure of the summed signal."""
        x = signals.astype(np.float64)
        power = np.abs(np.fft.rfft(x, axis=1)[:, 1:-1]) ** 2 / LENGTH
        expected = circulant(TRIED[:, None])[:, 2:LENGTH:2]  # (tried, frequencies)
        # Each periodogram value is exponential about size * expected; the size of largest likelihood is put in.
        misfit = np.log((power @ (1 / expected).T) / power.shape[1]) + np.log(expected).mean(1)
        found = {"hurst": TRIED[misfit.argmin(1)], "spread": np.log(x.std(1)), "mean": x.mean(1)}
        found["kurtosis"] = (x**4).mean(1) / (x**2).mean(1) ** 2
        path = x.cumsum(1)
        for lag in LAGS:
            step = path[:, lag:] - path[:, :-lag]
            found[f"structure{lag}"] = np.log((step**2).mean(1))
            found[f"flatness{lag}"] = (step**4).mean(1) / (step**2).mean(1) ** 2
        return found


def covariance(lag: ArrayLike, hurst: ArrayLike) -> FloatArray:
    """Of fractional noise of variance 1 at `lag` samples."""
    k, twice = np.abs(np.asarray(lag, float)), 2 * np.asarray(hurst, float)
    result: FloatArray = 0.5 * (np.abs(k - 1) ** twice - 2 * k**twice + (k + 1) ** twice)
    return result


def circulant(hurst: FloatArray) -> FloatArray:
    """Eigenvalues (m, 512) of the circulant matrix that holds the covariance of 256 samples, for `hurst` (m, 1)."""
    lags = np.arange(2 * LENGTH)
    row = covariance(np.minimum(lags, 2 * LENGTH - lags), hurst)
    # None is negative but for rounding.
    return np.maximum(np.fft.fft(row).real, 0)
