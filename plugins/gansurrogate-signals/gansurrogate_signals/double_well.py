"""A driven particle between two wells under random kicks: chaotic, and of two kinds from the start."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs

LENGTH, SAMPLING, SUBSTEPS = 256, 0.12, 12  # samples, seconds between them, steps of the integration between two
TURNS = 5.9  # of the drive, in a signal
KICKS, MEASURED = 0.1, 0.02


class DoubleWell(gs.SignalGenerator):
    """x'' = -damping x' + x - x^3 + force cos(w t) + 0.1 xi(t), 256 samples 0.12 s apart.

    xi is white noise, w such that a signal holds 5.9 turns of the drive. Starts at rest in one of the wells at -1 m and
    1 m, integrated by Euler and Maruyama in steps of 10 ms; a white measurement noise of 0.02 m is added.
    """

    name = "double-well"
    rows_per_seed = 256
    spec = gs.SignalSpec(
        shape=(LENGTH,),
        unit="m",
        axes=(gs.Axis("time", "s", start=0.0, step=SAMPLING),),
        conditions=(
            gs.Condition("force", unit="N/kg", low=0.1, high=0.6, description="amplitude of the drive"),
            gs.Condition("damping", unit="1/s", low=0.1, high=0.4, description="linear friction"),
        ),
    )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> NDArray[np.float64]:
        """Integrate `n` signals, shape ``(n, 256)`` [m]."""
        force, damping = conditions["force"].astype(float), conditions["damping"].astype(float)
        step, turning = SAMPLING / SUBSTEPS, 2 * np.pi * TURNS / (LENGTH * SAMPLING)
        x, v = rng.choice([-1.0, 1.0], n), np.zeros(n)
        signals = np.empty((n, LENGTH))
        for i in range(LENGTH * SUBSTEPS):
            if i % SUBSTEPS == 0:
                signals[:, i // SUBSTEPS] = x
            kick = KICKS * np.sqrt(step) * rng.standard_normal(n)
            v = v + step * (force * np.cos(turning * step * i) - damping * v + x - x**3) + kick
            x = x + step * v
        return signals + MEASURED * rng.standard_normal(signals.shape)

    def features(self, signals: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
        """Dwelling in the wells, crossings, speed and energy, harmonics of the drive, and noise."""
        x = signals.astype(np.float64)
        smooth = np.lib.stride_tricks.sliding_window_view(x, 5, axis=1).mean(2)
        speed = np.diff(smooth, axis=1)
        found = {"mean": x.mean(1), "spread": x.std(1), "highest": x.max(1), "lowest": x.min(1)}
        found |= {f"square_{q}": np.quantile(x**2, q, axis=1) for q in (0.1, 0.5, 0.9)}
        found |= {"right": (x > 0).mean(1), "crossings": (smooth[:, 1:] * smooth[:, :-1] < 0).sum(1).astype(float)}
        found |= {"turns": (speed[:, 1:] * speed[:, :-1] < 0).sum(1).astype(float)}
        found |= {"speed": speed.std(1), "fastest": np.abs(speed).max(1)}
        found |= {f"noise{order}": np.log(np.diff(x, order, axis=1).std(1)) for order in (1, 2, 4)}
        angle = 2 * np.pi * TURNS * np.arange(LENGTH) / LENGTH
        for harmonic in (1, 2, 3):
            found[f"cosine{harmonic}"] = (x * np.cos(harmonic * angle)).mean(1)
            found[f"sine{harmonic}"] = (x * np.sin(harmonic * angle)).mean(1)
        power = np.abs(np.fft.rfft(x, axis=1)) ** 2 / LENGTH
        for first, last in ((1, 4), (4, 8), (8, 12), (12, 18), (18, 30), (30, 60)):
            found[f"power{first}"] = np.log(power[:, first:last].mean(1))
        found |= {f"at{i}": x[:, i] for i in (10, 60, 128, 255)}
        inner, velocity = smooth[:, 1:-1], (smooth[:, 2:] - smooth[:, :-2]) / (2 * SAMPLING)
        energy = 0.5 * velocity**2 - 0.5 * inner**2 + 0.25 * inner**4
        found |= {"energy": energy.mean(1), "least_energy": energy.min(1), "most_energy": energy.max(1)}
        return found
