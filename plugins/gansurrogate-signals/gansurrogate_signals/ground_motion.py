"""Earthquake: noise in the shape of a shock, with the spectrum that source, path and site leave."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs

FloatArray = NDArray[np.float64]
RATE, LENGTH = 25.0, 384  # [Hz], samples of a signal
PADDED = 2048  # samples that are computed, so that the shock's end does not come round to its beginning
SHEAR, DENSITY, STRESS = 3.5, 2.8, 100.0  # velocity of shear waves [km/s], density [g/cm^3], stress drop [bar]
RADIATION, HORIZONTAL, SURFACE = 0.55, 2**-0.5, 2.0  # pattern, one of two components, free surface
QUALITY, QUALITY_SLOPE = 180.0, 0.45  # Q = 180 f^0.45
BODY_WAVES = 40.0  # [km], up to which the shock spreads as a sphere
KAPPA = 0.04  # [s]
EPSILON, ETA, STRETCH = 0.2, 0.05, 2.0  # of the envelope: place of its top, its height at the end, end / duration
PATH_DURATION = 0.05  # [s/km]
NOISE = 0.05  # of the instrument [cm/s^2]


class GroundMotion(gs.SignalGenerator):
    """Horizontal acceleration of the ground [cm/s^2], 384 samples at 25 Hz, by the stochastic method.

    White Gaussian noise times an envelope, filtered so that its mean square Fourier amplitude is Y(f)^2. D. M. Boore,
    "Simulation of ground motion using the stochastic method", Pure Appl. Geophys. 160, 635 (2003): `spectrum` is his
    product of source, path, site and type of motion, `envelope` the window of Saragoni and Hart as he uses it. There,
    each noise is scaled to a mean square amplitude of one; here that is so on the average of all.
    The source has one corner frequency (Brune 1970) and a stress drop of 100 bar; Q(f) and the spreading, 1/R up to
    40 km and slower beyond, are those of southern California (M. Raoof, R. B. Herrmann and L. Malagnini, Bull.
    Seismol. Soc. Am. 89, 888 (1999)). The accelerograph adds 0.05 cm/s^2 of white noise.
    """

    name = "ground-motion"
    rows_per_seed = 256
    spec = gs.SignalSpec(
        shape=(LENGTH,),
        unit="cm/s^2",
        sampling_rate=RATE,
        conditions=(
            gs.Condition("magnitude", low=5.0, high=6.5, description="moment magnitude"),
            gs.Condition("distance", unit="km", low=15.0, high=70.0, description="from the point source"),
        ),
    )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> FloatArray:
        """Draw `n` signals, shape ``(n, 384)`` [cm/s^2]."""
        magnitude, distance = (conditions[name].astype(float)[:, None] for name in ("magnitude", "distance"))
        return shocks(magnitude, distance, rng)[:, :LENGTH] + NOISE * rng.standard_normal((n, LENGTH))

    def features(self, signals: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Peak, Arias intensity, significant duration, and the spectrum in bands."""
        x = signals.astype(np.float64)
        energy = (x**2).cumsum(1)
        share = energy / energy[:, -1:]
        reached = {q: (share < q / 100).sum(1) / RATE for q in (5, 25, 50, 75, 95)}
        found = {f"time{q}": time for q, time in reached.items()}  # [s]
        found |= {"duration": reached[95] - reached[5], "log_peak": np.log(np.abs(x).max(1))}
        found["log_arias"] = np.log(np.pi / (2 * 981) * energy[:, -1] / RATE)  # [cm/s]
        power = np.abs(np.fft.rfft(x, axis=1)) ** 2
        for first, last in ((1, 6), (6, 12), (12, 24), (24, 48), (48, 96), (96, 193)):
            found[f"power{first}"] = np.log(power[:, first:last].mean(1))
        found["crossings"] = (x[:, 1:] * x[:, :-1] < 0).sum(1) / LENGTH
        found["kurtosis"] = (x**4).mean(1) / (x**2).mean(1) ** 2
        return found


def shocks(magnitude: FloatArray, distance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Whole accelerations of shape (n, PADDED) [cm/s^2], for conditions of shape (n, 1)."""
    time = np.arange(PADDED) / RATE
    frequency: FloatArray = np.fft.rfftfreq(PADDED, 1 / RATE).astype(np.float64)
    window = envelope(time, 1 / corner(magnitude) + PATH_DURATION * distance)
    window /= np.sqrt((window**2).sum(1, keepdims=True))  # then the noise has a mean square spectrum of 1
    noise = np.fft.rfft(window * rng.standard_normal((len(magnitude), PADDED)))
    filtered: FloatArray = np.fft.irfft(RATE * spectrum(frequency, magnitude, distance) * noise, PADDED)
    return filtered


def moment(magnitude: FloatArray) -> FloatArray:
    """Seismic moment [dyn cm] (Hanks and Kanamori 1979)."""
    result: FloatArray = 10 ** (1.5 * magnitude + 16.05)
    return result


def corner(magnitude: FloatArray) -> FloatArray:
    """Frequency f0 of the source's corner [Hz]."""
    result: FloatArray = 4.9e6 * SHEAR * (STRESS / moment(magnitude)) ** (1 / 3)
    return result


def envelope(time: FloatArray, duration: FloatArray) -> FloatArray:
    """(t / end)^b exp(-c t / end), brought to 1 at t = 0.2 end; it is 0.05 at its end, twice the duration [s]."""
    b = -EPSILON * np.log(ETA) / (1 + EPSILON * (np.log(EPSILON) - 1))
    c, since = b / EPSILON, time / (STRETCH * duration)
    result: FloatArray = (since / EPSILON) ** b * np.exp(b - c * since)
    return result


def spectrum(frequency: FloatArray, magnitude: FloatArray, distance: FloatArray) -> FloatArray:
    """Y(f) of the acceleration [cm/s], source * path * site * (2 pi f)^2."""
    size = RADIATION * HORIZONTAL * SURFACE / (4 * np.pi * DENSITY * (1e5 * SHEAR) ** 3)
    source = size * moment(magnitude) / (1 + (frequency / corner(magnitude)) ** 2)
    lost = np.pi * frequency ** (1 - QUALITY_SLOPE) * distance / (QUALITY * SHEAR)
    path = np.exp(-lost) * np.sqrt(np.maximum(distance / BODY_WAVES, 1)) / (1e5 * distance)
    site = np.exp(-np.pi * KAPPA * frequency)
    result: FloatArray = source * path * site * (2 * np.pi * frequency) ** 2
    return result
