"""A sine of random amplitude, frequency and bias under white noise.

The experiment of P. Paialunga, "Hands-on Generative Adversarial Networks (GAN) for Signal Processing, with
Python" (Towards Data Science, 2022), where one measurement costs half a dollar and a minute.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs
from gansurrogate_signals.sine_fit import fit_sine

Range = tuple[float, float, int]


class NoisySine(gs.SignalGenerator):
    """x(t) = A sin(omega t) + b + sigma N(0, 1), with A, omega and b drawn independently.

    Parameters
    ----------
    amplitude, bias : (low, high, count)
        A and b are drawn from ``linspace(low, high, count)``: 0.1, 0.2 ... 9.9 by default.
    omega : (low, high, count)
        Angular frequency [rad/s], drawn likewise.
    noise : float
        Standard deviation sigma of the noise, independent for each sample.
    time : (start, stop, count)
        The samples lie at ``linspace(start, stop, count)`` [s].
    continuous : bool
        Draw A, omega and b uniformly between low and high instead.
    conditional : bool
        A and omega are conditions, between low and high; b and the noise stay random.
    """

    rows_per_seed = 256  # one call simulates an array of signals
    cost = gs.Cost(usd=0.50, seconds=60.0)

    def __init__(
        self,
        amplitude: Range = (0.1, 9.9, 99),
        bias: Range = (0.1, 9.9, 99),
        omega: Range = (1.0, 2.0, 1000),
        noise: float = 0.3,
        time: Range = (-5.0, 5.0, 300),
        continuous: bool = False,
        conditional: bool = False,
    ) -> None:
        self.name = "noisy-sine" + "-continuous" * continuous + "-conditional" * conditional
        self.amplitude, self.bias, self.omega = amplitude, bias, omega
        self.noise = noise
        self.continuous, self.conditional = continuous, conditional
        self.time = np.linspace(*time)
        axis = gs.Axis("time", "s", start=time[0], step=(time[1] - time[0]) / (time[2] - 1))
        conditions = (
            gs.Condition("amplitude", low=amplitude[0], high=amplitude[1]),
            gs.Condition("omega", unit="rad/s", low=omega[0], high=omega[1], description="angular frequency"),
        )
        self.spec = gs.SignalSpec(shape=(time[2],), axes=(axis,), conditions=conditions if conditional else ())

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> NDArray[np.float64]:
        """Draw `n` signals, shape ``(n, len(time))``."""
        if self.conditional:
            amplitude, omega = conditions["amplitude"][:, None], conditions["omega"][:, None]
        else:
            amplitude, omega = self._draw(self.amplitude, n, rng), self._draw(self.omega, n, rng)
        bias = self._draw(self.bias, n, rng)
        noise = rng.standard_normal((n, len(self.time)))
        signals: NDArray[np.float64] = amplitude * np.sin(omega * self.time) + bias + self.noise * noise
        return signals

    def features(self, signals: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
        """Amplitude, omega, bias, phase and noise of each signal by least squares."""
        low, high, _ = self.omega
        margin = 0.3 * (high - low)
        return fit_sine(self.time, signals, low - margin, high + margin)

    def _draw(self, values: Range, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        low, high, count = values
        if self.continuous:
            return rng.uniform(low, high, (n, 1))
        return rng.choice(np.linspace(low, high, count), (n, 1))
