"""Thermal noise of a resonant circuit: a coil, a capacitor and a resistor whose electrons are never at rest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs

FloatArray = NDArray[np.float64]
BOLTZMANN = 1.380649e-23  # [J/K]
RATE, LENGTH = 1e6, 320  # [Hz], samples
LAGS = (1, 2, 3, 4, 6, 8, 12, 16)


class ResonantCircuit(gs.SignalGenerator):
    """Voltage of the capacitor in a series circuit, L q'' + R q' + q / C = e(t), 320 samples at 1 MHz.

    e(t) is the resistor's thermal noise, white with a (one-sided) spectral density of 4 k T R: J. B. Johnson and
    H. Nyquist, Phys. Rev. 32, 97 and 110 (1928). The voltage u = q / C has the spectral density
    4 k T R / ((1 - w^2 L C)^2 + (w R C)^2) and the variance k T / C. The circuit is in thermal equilibrium from the
    start and goes from sample to sample by the exact solution of its linear equation, as D. T. Gillespie does it for
    one variable, Phys. Rev. E 54, 2084 (1996).

    Parameters
    ----------
    inductance : float
        L [H].
    temperature : float
        T [K].
    """

    name = "resonant-circuit"
    rows_per_seed = 256

    def __init__(self, inductance: float = 1e-3, temperature: float = 300.0) -> None:
        self.inductance, self.temperature = inductance, temperature
        self.spec = gs.SignalSpec(
            shape=(LENGTH,),
            unit="uV",
            axes=(gs.Axis("time", "us", start=0.0, step=1e6 / RATE),),
            conditions=(
                gs.Condition("resistance", unit="ohm", low=50.0, high=500.0, description="R: width of the resonance"),
                gs.Condition("capacitance", unit="nF", low=0.5, high=5.0, description="C: place of the resonance"),
            ),
        )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> FloatArray:
        """Draw `n` signals, shape ``(n, 320)`` [uV]."""
        resistance, capacitance = (conditions[name].astype(float) for name in ("resistance", "capacitance"))
        step, spread, kick = self.solution(resistance, 1e-9 * capacitance)
        white = rng.standard_normal((LENGTH, n, 2))
        state = spread * white[0]  # voltage [V] and current [A], (n, 2)
        signals = np.empty((n, LENGTH))
        for k in range(LENGTH):
            if k:
                state = (step @ state[:, :, None] + kick @ white[k, :, :, None])[:, :, 0]
            signals[:, k] = state[:, 0]
        return 1e6 * signals

    def solution(self, resistance: FloatArray, capacitance: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What leads from one sample to the next: state' = step @ state + kick @ white.

        With the drift F of d(u, i)/dt = (i / C, -(u + R i - e) / L), step = exp(F / rate). In equilibrium u and i are
        independent, of variances P = (k T / C, k T / L); so the kicks' covariance is P - step P step^T.

        Returns
        -------
        step, spread, kick : arrays of shape (n, 2, 2), (n, 2) and (n, 2, 2)
            `spread` holds the standard deviations in equilibrium, `kick` is a lower triangle.
        """
        coil, time = self.inductance, 1 / RATE
        drift = np.zeros((len(resistance), 2, 2))
        drift[:, 0, 1], drift[:, 1, 0], drift[:, 1, 1] = 1 / capacitance, -1 / coil, -resistance / coil
        damping = resistance / (2 * coil)
        turning = np.emath.sqrt(1 / (coil * capacitance) - damping**2)  # imaginary if it is overdamped
        cosine, sine = (np.real(f) for f in (np.cos(turning * time), np.sin(turning * time) / turning))
        rest = drift + damping[:, None, None] * np.eye(2)
        step = np.exp(-damping * time)[:, None, None] * (cosine[:, None, None] * np.eye(2) + sine[:, None, None] * rest)
        variance = BOLTZMANN * self.temperature / np.stack([capacitance, np.full_like(capacitance, coil)], 1)
        scale = np.sqrt(variance)  # to numbers near 1, for the Cholesky decomposition
        step_scaled = step / scale[:, :, None] * scale[:, None, :]
        kick = scale[:, :, None] * np.linalg.cholesky(np.eye(2) - step_scaled @ step_scaled.transpose(0, 2, 1))
        return step, scale, kick

    def features(self, signals: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Variance, resonance and its width from a fit of two poles, autocorrelation, kurtosis and power in bands."""
        x = signals.astype(np.float64)
        variance = (x**2).mean(1)
        found = {"capacitance": 1e21 * BOLTZMANN * self.temperature / variance, "log_spread": 0.5 * np.log(variance)}
        found["kurtosis"] = (x**4).mean(1) / variance**2
        for lag in LAGS:
            found[f"correlation{lag}"] = (x[:, lag:] * x[:, :-lag]).mean(1) / variance
        power = np.abs(np.fft.rfft(x * np.hanning(LENGTH), axis=1)) ** 2
        found["resonance"] = power.argmax(1) * RATE / LENGTH / 1000  # [kHz]
        for first, last in ((1, 12), (12, 24), (24, 36), (36, 48), (48, 64), (64, 90), (90, 161)):
            found[f"power{first}"] = np.log(power[:, first:last].mean(1))
        total = power.sum(1)
        centre = power @ np.arange(power.shape[1]) / total
        found["width"] = np.sqrt((power * (np.arange(power.shape[1]) - centre[:, None]) ** 2).sum(1) / total)
        return found
