"""A detector's pulse at a random time: fast rise, exponential decay, white noise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs
from gansurrogate_signals.pulse_fit import LENGTH, RISE, fit_pulse, height, pulse


class DetectorPulse(gs.SignalGenerator):
    """x(t) = V p(t - t0) + 0.05 N(0, 1), 320 samples 1 us apart.

    The pulse p(t) = exp(-t / tau) - exp(-t / 3 us), for t > 0, is brought to height 1. The onset t0 is uniform on
    [40, 220] us, the decay time tau on [8, 40] us; the height V [V] is log-normal, with standard deviation 0.4 of its
    logarithm.
    """

    name = "detector-pulse"
    rows_per_seed = 256
    spec = gs.SignalSpec(shape=(LENGTH,), unit="V", axes=(gs.Axis("time", "us", start=0.0, step=1.0),))

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> NDArray[np.float64]:
        """Draw `n` signals, shape ``(n, 320)`` [V]."""
        onset, decay = rng.uniform(40, 220, (n, 1)), rng.uniform(8, 40, (n, 1))
        size = np.exp(0.4 * rng.standard_normal((n, 1))) / height(decay)
        noise = rng.standard_normal((n, LENGTH))
        signals: NDArray[np.float64] = size * pulse(np.arange(LENGTH) - onset, decay) + 0.05 * noise
        return signals

    def features(self, signals: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
        """Onset, height, decay time and residual of the least-squares fit, and the rise.

        Around the onset the residual's mean and spread are taken over short stretches.
        """
        x = signals.astype(np.float64)
        found, residual = fit_pulse(x)
        size = found["height"]
        found["noise"] = np.log(residual.std(1))
        found["noise_lag1"] = (residual[:, 1:] * residual[:, :-1]).mean(1) / residual.var(1)
        steps = np.diff(x, axis=1)
        found |= {"steepest": steps.max(1), "fall": steps.min(1), "step_spread": np.log(steps.std(1))}
        found |= {"rise": steps.max(1) / size, "maximum": x.max(1), "area": x.sum(1), "tail": x[:, -40:].mean(1)}
        smooth = (x[:, 2:] + x[:, 1:-1] + x[:, :-2]) / 3
        found["smooth_rise"] = np.diff(smooth, axis=1).max(1) / size
        start = found["onset"].round().astype(int)[:, None]
        for first, last in ((-8, -3), (-3, 0), (0, RISE), (RISE, 8), (8, 20), (20, 50)):
            near = np.take_along_axis(residual, (start + np.arange(first, last)).clip(0, LENGTH - 1), axis=1)
            found[f"mean{first}"], found[f"spread{first}"] = near.mean(1), np.log(near.std(1))
        return found
