"""Marginals: the distribution of the values, of a whole channel and of each sample of the signals."""

from typing import NamedTuple

import numpy as np
from scipy.stats import ks_2samp, kstwobign

from gansurrogate.fidelity.curve import LEVEL, Curve, Table, compare_means, lines
from gansurrogate.fidelity.estimate import Array, Estimate

# Shares of the values at which distribution functions are compared: equal steps, and finer ones in the tails.
SHARES = np.unique(np.concatenate([np.linspace(0, 1, 513), 1 / (1 + np.exp(-np.linspace(-14, 14, 128)))]))


class Marginals(NamedTuple):
    """How the distributions of the values differ.

    Attributes
    ----------
    distance : Estimate
        Kolmogorov-Smirnov distance, the largest of the channels; resolved to 0.004.
    transport : Estimate
        Wasserstein-1 distance in units of the channel's real standard deviation, the largest of the channels.
    curve : Curve
        Distribution functions of each channel against the share of all values, real and other, that lie below.
    """

    distance: Estimate
    transport: Estimate
    curve: Curve


def marginals(real: Array, other: Array, *, seed: int = 0) -> Marginals:
    """Distributions of the values of each channel, wherever they lie in signals of shape (n, *shape).

    Intervals and band draw whole signals anew: the values of one signal go with each other.
    """
    first, second = lines(real, other)
    distances, transports, curves = [], [], []
    for channel in range(first.shape[1]):
        a, b = first[:, channel], second[:, channel]
        places = np.quantile(np.concatenate([a.ravel(), b.ravel()]), SHARES)
        steps = np.diff(places) / max(float(a.std()), np.finfo(np.float64).tiny)

        def transport(difference: Table, steps: Table = steps) -> Table:
            gap = np.abs(difference)
            area: Table = (gap[..., 1:] + gap[..., :-1]) @ steps / 2
            return area

        a, b = (_distribution(x, places) for x in (a, b))
        distance, sides = compare_means(a, b, seed=seed)
        distances.append(distance)
        curves.append(sides)
        transports.append(compare_means(a, b, size=transport, seed=seed)[0])
    curve = Curve("share below", "share of all values", SHARES, *np.stack(curves, 1))
    return Marginals(max(distances), max(transports), curve)


def position_distance(real: Array, other: Array, *, seed: int = 0) -> tuple[Estimate, Curve]:
    """Largest of the Kolmogorov-Smirnov distances at each sample of the signals, and all of them.

    Parameters
    ----------
    real, other : array of shape (n, *shape)
    seed : int
        Not used: nothing is drawn.

    Returns
    -------
    Estimate
        Its interval is that of the largest distance which equal distributions reach anywhere in the signal, were the
        samples independent; where they are not it is too wide.
    Curve
        Distance against the sample, one line per channel. `real` is what equal distributions give on average.
    """
    first, second = lines(real, other)
    found = np.asarray(ks_2samp(first, second, axis=0, method="asymp").statistic)  # (channels, length)
    scale = np.sqrt((len(real) + len(other)) / (len(real) * len(other)))
    reach = float(kstwobign.ppf(LEVEL ** (1 / found.size)) * scale)
    value, every = float(found.max()), np.ones_like(found)
    samples = np.arange(found.shape[1], dtype=np.float64)
    curve = Curve(
        "Kolmogorov-Smirnov distance", "sample", samples, every * float(kstwobign.mean()) * scale, found, 0 * every,
        every * reach,
    )  # fmt: skip
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach)), curve


def _distribution(x: Array, places: Array) -> Array:
    """Share of the values of each signal (n, length) that do not lie above each place: (n, places)."""
    n, length = x.shape
    slots = np.searchsorted(places, x.ravel(), side="left")  # the first place that is not below the value
    flat = np.repeat(np.arange(n), length) * (len(places) + 1) + slots
    counts = np.bincount(flat, minlength=n * (len(places) + 1)).reshape(n, -1)[:, : len(places)]
    shares: Array = (counts.cumsum(1) / length).astype(np.float32)
    return shares
