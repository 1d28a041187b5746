"""A detector's pulse at a random time: fast rise, exponential decay, white noise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs
from gansurrogate_signals.pulse_fit import LENGTH, RISE, fit_pulse, height, pulse

DECAYS = (8.0, 40.0)  # [us]
HEIGHTS = 0.4  # standard deviation of the logarithm


class DetectorPulse(gs.SignalGenerator):
    """x(t) = V p(t - t0) + 0.05 N(0, 1), 320 samples 1 us apart.

    The pulse p(t) = exp(-t / tau) - exp(-t / 3 us), for t > 0, is brought to height 1: a charge-sensitive amplifier
    of rise time 3 us and decay time tau (G. F. Knoll, "Radiation Detection and Measurement", 4th ed. 2010, chapter 17).
    The onset t0 is uniform on [40, 220] us, the decay time tau on [8, 40] us; the height V [V] is log-normal, with
    standard deviation 0.4 of its logarithm.

    Parameters
    ----------
    conditional : bool
        Height and decay time are conditions; onset and noise stay random.
    """

    rows_per_seed = 256

    def __init__(self, conditional: bool = False) -> None:
        self.name = "detector-pulse" + "-conditional" * conditional
        self.conditional = conditional
        knobs = (
            gs.Condition("height", unit="V", low=0.3, high=3.0, description="of the pulse: the deposited energy"),
            gs.Condition("decay", unit="us", low=DECAYS[0], high=DECAYS[1], description="time constant of the tail"),
        )
        axis = gs.Axis("time", "us", start=0.0, step=1.0)
        self.spec = gs.SignalSpec((LENGTH,), unit="V", axes=(axis,), conditions=knobs if conditional else ())

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> NDArray[np.float64]:
        """Draw `n` signals, shape ``(n, 320)`` [V]."""
        onset = rng.uniform(40, 220, (n, 1))
        if self.conditional:
            size, decay = (conditions[name].astype(float)[:, None] for name in ("height", "decay"))
        else:
            decay, size = rng.uniform(*DECAYS, (n, 1)), np.exp(HEIGHTS * rng.standard_normal((n, 1)))
        noise = rng.standard_normal((n, LENGTH))
        shape = pulse(np.arange(LENGTH) - onset, decay) / height(decay)
        signals: NDArray[np.float64] = size * shape + 0.05 * noise
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
