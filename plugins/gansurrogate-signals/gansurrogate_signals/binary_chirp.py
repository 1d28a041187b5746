"""Gravitational waves of two compact stars that spiral together, in a detector's white noise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs
from gansurrogate_signals.chirp_fit import fit_chirp
from gansurrogate_signals.inspiral import chirp_mass, inspiral

FloatArray = NDArray[np.float64]
RATE, LENGTH = 1024.0, 320  # [Hz], samples
COALESCENCE = (0.28, 0.30)  # [s]
UNIT = 1e-21  # of strain
NOISE_DENSITY = 4e-24  # amplitude spectral density of the noise [1 / sqrt(Hz)]
NOISE = NOISE_DENSITY * np.sqrt(RATE / 2) / UNIT  # standard deviation of a sample


class BinaryChirp(gs.SignalGenerator):
    """h(t) = A(t) cos(2 phi(t) + phi0) + noise, 320 samples at 1024 Hz, in units of 1e-21.

    phi(t) is the orbital phase of a circular orbit at second post-Newtonian order in its closed form TaylorT3, A(t) the
    amplitude at leading order: see `inspiral`. Both end at the innermost stable orbit; merger and ring-down are not
    modelled. The time of coalescence is uniform on [0.28, 0.30] s, the phase phi0 on the circle.

    The distance is the effective one: that at which a binary seen face-on, right above the detector, would be as loud;
    it holds the orbit's inclination and the detector's pattern (Allen et al., Phys. Rev. D 85, 122006 (2012), eq. 2.3).
    The noise is white and Gaussian, of 4e-24 / sqrt(Hz) at all frequencies, about what the advanced detectors reach in
    their best band: a real detector's noise is coloured, and its data are whitened before they are looked at.
    """

    name = "binary-chirp"
    rows_per_seed = 256
    spec = gs.SignalSpec(
        shape=(LENGTH,),
        unit="1e-21",
        sampling_rate=RATE,
        conditions=(
            gs.Condition("mass1", unit="Msun", low=5.0, high=20.0, description="of one star, as the detector sees it"),
            gs.Condition("mass2", unit="Msun", low=5.0, high=20.0, description="of the other star"),
            gs.Condition("distance", unit="Mpc", low=100.0, high=400.0, description="effective distance"),
        ),
    )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> FloatArray:
        """Draw `n` signals, shape ``(n, 320)`` [1e-21]."""
        coalescence, phase = rng.uniform(*COALESCENCE, (n, 1)), rng.uniform(0, 2 * np.pi, (n, 1))
        noise = rng.standard_normal((n, LENGTH))
        mass1, mass2, distance = (conditions[name].astype(float)[:, None] for name in ("mass1", "mass2", "distance"))
        strain, doubled, _ = inspiral(coalescence - np.arange(LENGTH) / RATE, mass1, mass2, distance)
        signals: FloatArray = strain / UNIT * np.cos(doubled + phase) + NOISE * noise
        return signals

    def features(self, signals: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Chirp mass, coalescence, loudness and residual of the best matched filter, and power along the signal."""
        x = signals.astype(np.float64)
        found, residual = fit_chirp(x, RATE, chirp_mass(5.0, 5.0), chirp_mass(20.0, 20.0))
        centred = residual - residual.mean(1, keepdims=True)
        found["noise"] = np.log(residual.std(1))
        found["noise_lag1"] = (centred[:, 1:] * centred[:, :-1]).mean(1) / centred.var(1)
        found |= {f"power{i}": np.log((x[:, i : i + 64] ** 2).mean(1)) for i in range(0, LENGTH, 64)}
        found["highest"] = np.abs(x).max(1)
        return found
