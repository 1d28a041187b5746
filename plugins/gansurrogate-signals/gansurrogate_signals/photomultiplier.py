"""A photomultiplier in faint light: photoelectrons at random times, each with a charge of its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs

FloatArray = NDArray[np.float64]
LENGTH = 320  # samples of 1 ns
EARLIER = 80  # [ns], from which pulses reach into the signal
ELECTRONS = 80  # at most in signal and `EARLIER`; at the highest rate there are 16 on average
CHARGE = 1e7 * 1.602176634e-19 * 50 * 1e12  # gain * e * 50 ohm [mV ns]
CHARGE_SPREAD = 0.35  # of one photoelectron, relative
PEAK, WIDTH = 8.0, 0.4  # [ns], of the logarithm of time
NOISE = 0.5  # [mV]


class Photomultiplier(gs.SignalGenerator):
    """x(t) = sum_k q_k p(t - t_k) + 0.5 mV N(0, 1), 320 samples 1 ns apart.

    Photoelectrons come at times t_k of a Poisson process. A charge q_k is that of 10^7 electrons on 50 ohm times a
    gamma-distributed number of mean 1 and standard deviation 0.35, the Polya spectrum of a chain of dynodes
    (J. R. Prescott, Nucl. Instrum. Methods 39, 173 (1966)). The pulse is log-normal, of area 1,
    p(t) ~ exp(-(ln(t / 8 ns))^2 / (2 0.4^2)) for t > 0 (the shape that S. Jetter, D. Dwyer et al. measured,
    Chin. Phys. C 36, 733 (2012)). Light is positive: the tube's negative voltage is turned round.
    """

    name = "photomultiplier"
    rows_per_seed = 256
    spec = gs.SignalSpec(
        shape=(LENGTH,),
        unit="mV",
        axes=(gs.Axis("time", "ns"),),
        conditions=(gs.Condition("rate", unit="1/us", low=2.0, high=40.0, description="photoelectrons: the light"),),
    )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> FloatArray:
        """Draw `n` signals, shape ``(n, 320)`` [mV]."""
        gaps = rng.standard_exponential((n, ELECTRONS)) / (conditions["rate"].astype(float)[:, None] / 1000)
        times = gaps.cumsum(1) - EARLIER
        shape = CHARGE_SPREAD**-2
        charges = CHARGE * rng.standard_gamma(shape, (n, ELECTRONS)) / shape
        signals = NOISE * rng.standard_normal((n, LENGTH))
        for k in range(ELECTRONS):
            if (own := times[:, k] < LENGTH).any():
                signals[own] += charges[own, k, None] * pulse(np.arange(LENGTH) - times[own, k, None])
        return signals

    def features(self, signals: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Photoelectrons by charge, peaks above threshold, their heights and distances, and noise."""
        x = signals.astype(np.float64)
        found = {"electrons": x.sum(1) / CHARGE, "spread": np.log(x.std(1)), "highest": x.max(1), "lowest": x.min(1)}
        smooth = np.lib.stride_tricks.sliding_window_view(x, 5, axis=1).mean(2)
        top = (smooth[:, 1:-1] > smooth[:, :-2]) & (smooth[:, 1:-1] >= smooth[:, 2:]) & (smooth[:, 1:-1] > 4 * NOISE)
        found["peaks"] = top.sum(1).astype(float)
        found["peak_height"] = (smooth[:, 1:-1] * top).sum(1) / np.maximum(found["peaks"], 1)
        found["dark"] = (smooth < 2 * NOISE).mean(1)
        found |= {f"quantile{q}": np.quantile(x, q / 100, axis=1) for q in (10, 30, 50, 70, 90)}
        found |= {f"step{lag}": np.log((x[:, lag:] - x[:, :-lag]).std(1)) for lag in (1, 2, 4, 8, 16, 32)}
        found["noise"] = np.log(np.median(np.abs(np.diff(x, 3, axis=1)), 1))
        steps = np.diff(smooth, axis=1)
        found |= {"steepest": steps.max(1), "fall": steps.min(1)}
        return found


def pulse(time: FloatArray) -> FloatArray:
    """The pulse of unit area [1/ns] at times [ns] after the photoelectron."""
    logarithm = np.log(np.maximum(time, 1e-9) / PEAK)
    area = PEAK * WIDTH * np.sqrt(2 * np.pi) * np.exp(0.5 * WIDTH**2)
    result: FloatArray = np.exp(-0.5 * (logarithm / WIDTH) ** 2) / area
    return result
