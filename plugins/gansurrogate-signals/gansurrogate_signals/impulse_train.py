"""A machine's recording: a ringing impulse at each turn, not quite evenly, under white noise."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs

LENGTH, NOISE = 320, 0.15
RINGING, DECAY = 0.15, 11.0  # cycles per sample, samples
JITTER, HEIGHTS = 0.04, 0.4
PERIODS = (45.0, 75.0)
BANDS = (1, 10, 25, 38, 44, 52, 58, 70, 100, 130, 161)  # edges, in bins of the spectrum


class ImpulseTrain(gs.SignalGenerator):
    """x(t) = sum_k a_k r(t - t_k) + 0.15 N(0, 1), 320 samples 0.1 ms apart.

    The ring r(u) = exp(-u / 11) sin(2 pi 0.15 u), for u > 0 in samples. Each signal has a period, uniform on [45, 75]
    samples, and a random phase; each distance t_k+1 - t_k scatters by 4 % about the period, and the heights a_k [g] are
    log-normal, with standard deviation 0.4 of the logarithm.
    """

    name = "impulse-train"
    rows_per_seed = 256
    spec = gs.SignalSpec(shape=(LENGTH,), unit="g", axes=(gs.Axis("time", "ms", start=0.0, step=0.1),))

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> NDArray[np.float64]:
        """Draw `n` signals, shape ``(n, 320)`` [g]."""
        period = rng.uniform(*PERIODS, (n, 1))
        distances = period * (1 + JITTER * rng.standard_normal((n, 10)))
        # From one period before the recording to beyond its end.
        times = distances.cumsum(1) - distances[:, :1] * (1 + rng.uniform(0, 1, (n, 1)))
        heights = np.exp(HEIGHTS * rng.standard_normal(times.shape))
        signals = NOISE * rng.standard_normal((n, LENGTH))
        for k in range(times.shape[1]):
            since = np.arange(LENGTH) - times[:, k, None]
            ring = np.exp(-np.maximum(since, 0) / DECAY) * np.sin(2 * np.pi * RINGING * since)
            signals += heights[:, k, None] * np.where(since > 0, ring, 0)
        return signals

    def features(self, signals: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
        """Moments, power in bands, and what the envelope of a matched filter says of the impulses."""
        x = signals.astype(np.float64)
        found: dict[str, NDArray[np.float64]] = {}
        for order in (0, 1, 2):
            values = np.diff(x, order, axis=1)
            centred = values - values.mean(1, keepdims=True)
            found[f"spread{order}"] = np.log(values.std(1))
            found[f"kurtosis{order}"] = (centred**4).mean(1) / values.var(1) ** 2
        power = np.abs(np.fft.rfft(x, axis=1)) ** 2 / LENGTH
        for first, last in pairwise(BANDS):
            found[f"power{first}"] = np.log(power[:, first:last].mean(1))
        for lag in (1, 2, 3, 5, 7, 13):
            found[f"product{lag}"] = (x[:, lag:] * x[:, :-lag]).mean(1) / x.var(1)
        envelope = _matched(x)
        centred = envelope - envelope.mean(1, keepdims=True)
        returns = np.fft.irfft(np.abs(np.fft.rfft(centred, 1024, axis=1)) ** 2, axis=1)[:, :160]
        returns /= returns[:, :1]
        once = returns[:, 35:90]
        found |= {"return": once.max(1), "period": 35.0 + once.argmax(1), "second_return": returns[:, 90:150].max(1)}
        found |= {"between": returns[:, 15:35].min(1), "envelope_spread": np.log(centred.std(1))}
        found |= {"envelope_kurtosis": (centred**4).mean(1) / centred.var(1) ** 2, "highest": envelope.max(1)}
        return found


def _matched(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Envelope (n, length) of the output of a filter matched to the ring."""
    since = np.arange(40)
    ring = np.exp(-since / DECAY) * np.exp(2j * np.pi * RINGING * since)
    size = LENGTH + len(ring)
    product = np.fft.fft(x, size, axis=1) * np.conj(np.fft.fft(ring, size))
    envelope: NDArray[np.float64] = np.abs(np.fft.ifft(product, axis=1))[:, :LENGTH]
    return envelope
