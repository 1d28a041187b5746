"""Electrocardiogram: a point that runs round a circle once per beat and is pushed up and down on its way."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs

FloatArray = NDArray[np.float64]
RATE, LENGTH, SUBSTEPS = 128, 320, 4  # [Hz], samples, steps of the integration between two
BEFORE = 3 * RATE  # samples in which z forgets that it began at 0
# P, Q, R, S and T: place on the circle [rad], strength, width [rad] (table I).
ANGLES = np.pi * np.array([-1 / 3, -1 / 12, 0, 1 / 12, 1 / 2])
STRENGTHS = np.array([1.2, -5.0, 30.0, -7.5, 0.75])
WIDTHS = np.array([0.25, 0.1, 0.1, 0.1, 0.4])
GAIN = 27.0  # [mV], brings a beat at 60 per minute to 1.6 mV from lowest to highest
BASELINE, BREATHING = 0.15, 0.25  # [mV], [Hz]
# Of the RR intervals: centres and width of the rhythms of blood pressure and breath [Hz], and shares of the variance.
RHYTHMS, RHYTHM_WIDTH, SHARES = (0.1, 0.25), 0.01, (1 / 3, 2 / 3)
WAVES = 8  # in each rhythm
NOISE = 0.02  # [mV]
AROUND = (-40, -21, -10, -5, -3, -1, 1, 3, 5, 10, 20, 32, 40)  # samples from the highest peak


class Electrocardiogram(gs.SignalGenerator):
    """dz/dt = -sum_i a_i d_i exp(-d_i^2 / 2 b_i^2) - (z - z0), 320 samples at 128 Hz, with 0.02 mV of white noise.

    d_i is the angle, in [-pi, pi], from wave i (P, Q, R, S, T) to a point on the unit circle whose angular velocity is
    2 pi / RR(t); z0 = 0.15 mV sin(2 pi 0.25 Hz t + phase) is the breath. P. E. McSharry, G. D. Clifford, L. Tarassenko
    and L. A. Smith, IEEE Trans. Biomed. Eng. 50, 289 (2003): equations 1, 2 and 4 with the values of table I. The point
    starts anywhere on the circle, where their equations for x and y keep it, so its angle and z are all there is to
    integrate. As they scale a recording to a span of 1.6 mV, the a_i are multiplied by 27 mV * heart_rate / (60 / min).
    """

    name = "electrocardiogram"
    rows_per_seed = 256
    spec = gs.SignalSpec(
        shape=(LENGTH,),
        unit="mV",
        sampling_rate=RATE,
        conditions=(
            gs.Condition("heart_rate", unit="1/min", low=50.0, high=110.0, description="mean rate of beats"),
            gs.Condition("rr_spread", unit="ms", low=5.0, high=60.0, description="standard deviation of RR(t)"),
        ),
    )

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> FloatArray:
        """Integrate `n` signals, shape ``(n, 320)`` [mV]."""
        rate, spread = (conditions[name].astype(float)[:, None] for name in ("heart_rate", "rr_spread"))
        start, breath = rng.uniform(-np.pi, np.pi, (n, 1)), rng.uniform(-np.pi, np.pi, (n, 1))
        time = np.arange(-BEFORE * SUBSTEPS, LENGTH * SUBSTEPS) / (RATE * SUBSTEPS)
        # RR changes slowly: it is held from sample to sample.
        held = np.repeat(intervals(time[::SUBSTEPS], 60 / rate, spread / 1000, rng), SUBSTEPS, axis=1)
        theta = start + _integral(2 * np.pi / held, time)
        baseline = BASELINE * np.sin(2 * np.pi * BREATHING * time + breath)
        # dz/dt = g - z is solved by z = exp(-t) times the integral of exp(t) g.
        z = np.exp(-time) * _integral(np.exp(time) * (GAIN * rate / 60 * push(theta) + baseline), time)
        noise: FloatArray = NOISE * rng.standard_normal((n, LENGTH))
        return z[:, BEFORE * SUBSTEPS :: SUBSTEPS] + noise

    def features(self, signals: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Heart rate, the beat about its highest peak, extremes, baseline and noise."""
        x = signals.astype(np.float64)
        slopes = np.diff(x, axis=1)
        beats = _beats(x)
        count, first, last = beats.sum(1), beats.argmax(1), LENGTH - 1 - beats[:, ::-1].argmax(1)
        found = {"beats": count.astype(float), "first_beat": first / RATE}
        found["heart_rate"] = 60 * RATE * (count - 1) / np.maximum(last - first, 1)
        beats[np.arange(len(x)), first] = beats[np.arange(len(x)), last] = False
        second, last_but_one = beats.argmax(1), LENGTH - 1 - beats[:, ::-1].argmax(1)
        found["lengthening"] = ((last - last_but_one) - (second - first)) / RATE * (count > 2)  # of intervals
        top = (48 + x[:, 48:272].argmax(1))[:, None]
        found["height"] = np.take_along_axis(x, top, 1)[:, 0]
        beat = np.take_along_axis(x, top + np.array(AROUND), 1)
        found |= {f"beat{k}": beat[:, i] for i, k in enumerate(AROUND)}
        found |= {"lowest": x.min(1), "median": np.median(x, 1), "steepest": slopes.max(1), "fall": slopes.min(1)}
        found["noise"] = np.log(np.median(np.abs(np.diff(x, 2, axis=1)), 1))
        return found


def push(theta: FloatArray) -> FloatArray:
    """-sum_i a_i d_i exp(-d_i^2 / 2 b_i^2) at angles `theta`."""
    total = np.zeros_like(theta)
    for angle, strength, width in zip(ANGLES, STRENGTHS, WIDTHS, strict=True):
        d = theta - angle
        d -= 2 * np.pi * np.round(d / (2 * np.pi))
        total -= strength * d * np.exp(-0.5 * (d / width) ** 2)
    return total


def intervals(time: FloatArray, mean: FloatArray, spread: FloatArray, rng: np.random.Generator) -> FloatArray:
    """RR(t) of shape (n, len(time)) [s]: `mean` and two rhythms with a joint standard deviation of `spread`.

    The power spectrum is that of equation 3, two Gaussians about 0.1 and 0.25 Hz: cosines of random phase whose
    frequencies are drawn from it.
    """
    scatter = np.zeros((len(mean), len(time)))
    for centre, share in zip(RHYTHMS, SHARES, strict=True):
        for _ in range(WAVES):
            frequency, phase = rng.normal(centre, RHYTHM_WIDTH, mean.shape), rng.uniform(0, 2 * np.pi, mean.shape)
            scatter += np.sqrt(2 * share / WAVES) * np.cos(2 * np.pi * frequency * time + phase)
    result: FloatArray = mean + spread * scatter
    return result


def _beats(x: FloatArray) -> NDArray[np.bool_]:
    """Where the R waves of signals (n, LENGTH) have their tops."""
    padded = np.pad(x, ((0, 0), (20, 20)), constant_values=-np.inf)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 41, axis=1).max(2)
    tops: NDArray[np.bool_] = (x == highest) & (x > 0.55)
    return tops


def _integral(values: FloatArray, time: FloatArray) -> FloatArray:
    """By trapezoids from the first of `time` on."""
    step = time[1] - time[0]
    result: FloatArray = step * (np.cumsum(values, axis=1) - 0.5 * values - 0.5 * values[:, :1])
    return result
