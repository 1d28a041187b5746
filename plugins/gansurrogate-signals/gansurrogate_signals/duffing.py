"""A hardening spring under periodic force and random kicks: slow, because each signal is integrated."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs


class Duffing(gs.SignalGenerator):
    """Displacement of a noise-driven Duffing oscillator, starting at rest.

    x'' + damping x' + x + x^3 = force cos(1.2 t) + s xi(t), with xi white noise held constant over 1/20 of
    a second (its intensity s is kept) so that an adaptive Runge-Kutta 4(5) integrates it between kicks.
    A white measurement noise is added.

    Parameters
    ----------
    process_noise : float
        Intensity s [m s^-3/2].
    measurement_noise : float
        Standard deviation [m].
    duration : float
        [s], sampled at 8 Hz.
    """

    name = "duffing"
    sampling_rate = 8.0  # [Hz]
    kick_rate = 20.0  # [Hz]

    def __init__(self, process_noise: float = 0.15, measurement_noise: float = 0.03, duration: float = 25.0) -> None:
        self.process_noise = process_noise
        self.measurement_noise = measurement_noise
        self.duration = duration
        self.spec = gs.SignalSpec(
            shape=(round(duration * self.sampling_rate),),
            unit="m",
            sampling_rate=self.sampling_rate,
            conditions=(
                gs.Condition("force", unit="N/kg", low=0.5, high=3.0, description="amplitude of the drive"),
                gs.Condition("damping", unit="1/s", low=0.1, high=0.5, description="linear friction"),
            ),
        )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> NDArray[np.float64]:
        """Integrate `n` signals, shape ``(n, length)`` [m]."""
        pairs = zip(conditions["force"], conditions["damping"], strict=True)
        paths = np.stack([self._path(float(force), float(damping), rng) for force, damping in pairs])
        noise: NDArray[np.float64] = self.measurement_noise * rng.standard_normal(paths.shape)
        return paths + noise

    def _path(self, force: float, damping: float, rng: np.random.Generator) -> NDArray[np.float64]:
        from scipy.integrate import solve_ivp

        times = np.arange(self.spec.shape[0]) / self.sampling_rate
        kicks = rng.standard_normal(round(self.duration * self.kick_rate) + 1)
        kicks *= self.process_noise * self.kick_rate**0.5

        def derivative(t: float, state: NDArray[np.float64]) -> tuple[float, float]:
            x, v = state
            kick = kicks[int(t * self.kick_rate)]
            return v, force * np.cos(1.2 * t) + kick - damping * v - x - x**3

        path = solve_ivp(derivative, (0, self.duration), (0.0, 0.0), t_eval=times, max_step=1 / self.kick_rate)
        displacement: NDArray[np.float64] = path.y[0]
        return displacement
