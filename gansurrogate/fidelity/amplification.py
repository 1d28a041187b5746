"""How many may I draw? Up to which number generated signals tell more about the truth than those trained on.

A. Butter et al., "GANplifying event samples", SciPost Phys. 10, 139 (2021), arXiv:2008.06545: a sample estimates the
shares of quantile bins of the truth; the mean squared error of n real signals falls as 1/n, that of generated ones
levels off where the surrogate itself is wrong.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.curve import Curve, Table
from gansurrogate.fidelity.estimate import RESAMPLES, Array, Estimate

BINS = 20
SIZES = 12  # points of the curve
SAMPLES = 20  # of a size, at most, that its error is the mean of


class Amplification(NamedTuple):
    """What generated signals are worth.

    Attributes
    ----------
    limit : Estimate
        The number of real signals that infinitely many generated ones are worth. `n` generated ones are worth
        ``1 / (1/n + 1/limit)``: draw more than the limit and the surrogate's own error is larger than the statistical
        one. Infinite where no error of the surrogate was seen; `low` is then what was shown.
    gain : Estimate
        The squared error of the signals trained on, as measured, over the surrogate's own: above 1 it amplifies.
    training : float
        Squared error of the signals trained on, a level line for the plot of the curve.
    curve : Curve
        Squared error against n: what n real signals have, what n generated ones have, and the 95 % band of n real ones.
    drawn : int
        Generated signals that were judged.
    """

    limit: Estimate
    gain: Estimate
    training: float
    curve: Curve
    drawn: int

    @property
    def verdict(self) -> str:
        """The answer as a sentence."""
        if not np.isfinite(self.limit.high):
            return f"no limit seen with {self.drawn} drawn: at least {self.limit.low:.0f} may be drawn"
        better = "more" if self.gain.low > 1 else "no more" if self.gain.high < 1 else "not provably more"
        return (
            f"up to {self.limit.value:.0f} may be drawn ({self.limit.low:.0f} to {self.limit.high:.0f}); all together"
            f" they tell {better} than the signals trained on"
        )


def amplification(
    held_out: Array, generated: Array, trained_on: Array, *, seed: int = 0, bins: int = BINS
) -> Amplification:
    """Judge features of generated signals by quantile bins of held-out real ones.

    Parameters
    ----------
    held_out : array of shape (n, features)
        Features of real signals that the surrogate has not seen: the truth, the more the better. Their own statistical
        error is subtracted from every squared error.
    generated, trained_on : array of shape (n, features)
        Of as many generated signals as can be had, and of all real ones that the surrogate was trained on.
    bins : int
        Of each feature, with equal numbers of held-out signals. Errors are means over all of them.

    Raises
    ------
    ArgumentError
        If there are fewer than ten held-out signals to a bin.
    """
    if len(held_out) < 10 * bins:
        msg = f"{bins} bins need at least {10 * bins} held-out signals; got {len(held_out)}: give more, or fewer bins"
        raise ArgumentError(msg)
    random = np.random.default_rng(seed)
    places = [_bins(held_out, x, bins) for x in (held_out, generated, trained_on)]
    count = held_out.shape[1] * bins
    truth, drawn, trained = (_shares(x, count) for x in places)
    one = float((truth * (1 - truth)).mean())  # squared error of a single real signal
    chance, generated_chance = one / len(held_out), one / len(generated)

    def own(drawn: Table, truth: Table, times: int) -> float:
        """The surrogate's error, when both were drawn anew so many times."""
        return _error(drawn, truth) - times * (chance + generated_chance)

    # A sample hardly ever comes closer to the truth than a tenth of what is expected of it; few held-out signals may
    # make it seem so.
    least = 0.1 * one / len(trained_on)
    bias, training = own(drawn, truth, 1), max(_error(trained, truth) - chance, least)
    resampled = np.empty((2, RESAMPLES))
    for k in range(RESAMPLES):
        again = _shares(_rows(places[0], random), count)
        resampled[0, k] = own(_shares(_rows(places[1], random), count), again, 2)
        resampled[1, k] = max(_error(trained, again) - 2 * chance, least)
    limit = _inverse(bias, resampled[0], one)
    gain = _inverse(bias, resampled[0] / resampled[1] * training, training)
    return Amplification(limit, gain, training, _curve(places, truth, one, count, random), len(generated))


def _inverse(value: float, resampled: Table, unit: float) -> Estimate:
    """``unit / value`` with its interval; what may be zero has no upper end."""
    low, high = np.quantile(resampled, (0.025, 0.975))
    middle, least, most = (unit / x if x > 0 else float("inf") for x in (value, float(high), float(low)))
    return Estimate(middle, least, most)


def _curve(places: list[NDArray[np.intp]], truth: Table, one: float, count: int, random: np.random.Generator) -> Curve:
    held_out, generated, _ = places
    sizes = np.unique(np.geomspace(min(100, len(generated)), len(generated), SIZES).round().astype(int))
    other, band = [], []
    for n in sizes:
        parts = range(0, min(SAMPLES * n, len(generated) - n + 1), n)
        other.append(np.mean([_error(_shares(generated[k : k + n], count), truth) for k in parts]))
        real = [_error(_shares(held_out[random.integers(0, len(held_out), n)], count), truth) for _ in range(RESAMPLES)]
        band.append(np.quantile(real, (0.025, 0.975)))
    low, high = np.transpose(band)
    sides = one / sizes, np.array(other) - one / len(held_out), low, high
    return Curve("squared error of a share", "signals", sizes.astype(np.float64), *(side[None] for side in sides))


def _bins(held_out: Array, x: Array, bins: int) -> NDArray[np.intp]:
    """The bin of each feature of each signal, (n, features), numbered through all features."""
    edges = np.quantile(held_out, np.arange(1, bins) / bins, axis=0)
    found = [k * bins + np.searchsorted(edges[:, k], x[:, k], side="right") for k in range(x.shape[1])]
    return np.stack(found, 1)


def _rows(x: NDArray[np.intp], random: np.random.Generator) -> NDArray[np.intp]:
    return x[random.integers(0, len(x), len(x))]


def _shares(places: NDArray[np.intp], count: int) -> Table:
    """Share of the signals in each bin."""
    shares: Table = np.bincount(places.ravel(), minlength=count) / len(places)
    return shares


def _error(shares: Table, truth: Table) -> float:
    return float(((shares - truth) ** 2).mean())
