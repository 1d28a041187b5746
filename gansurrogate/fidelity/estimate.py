"""A measured value with its 95 % confidence interval, and where such intervals come from."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstwobign, norm, t

Array = NDArray[np.floating]
Z = float(norm.ppf(0.975))
KOLMOGOROV = float(kstwobign.ppf(0.95))
RESAMPLES = 200


class Estimate(NamedTuple):
    """A value and the ends of its 95 % confidence interval.

    Attributes
    ----------
    value : float
    low : float
    high : float
    roc : pair of tuples of float, optional
        Rates of false and of true positives, where the value is the area under this curve.
    """

    value: float
    low: float
    high: float
    roc: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    @classmethod
    def of_auc(cls, value: float, n: int, m: int) -> "Estimate":
        """An area under the ROC curve measured on `n` and `m` signals.

        The standard error is that of J. A. Hanley and B. J. McNeil, Radiology 143 (1982), p. 29; at 0.5 it is
        sqrt((n + m + 1) / (12 n m)).
        """
        q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
        variance = value * (1 - value) + (n - 1) * (q1 - value**2) + (m - 1) * (q2 - value**2)
        error = Z * float(np.sqrt(max(variance, 0.0) / (n * m)))
        return cls(value, max(0.0, value - error), min(1.0, value + error))

    @classmethod
    def of_distance(cls, value: float, n: int, m: int) -> "Estimate":
        """A Kolmogorov-Smirnov distance between samples of `n` and `m` values.

        It is off by no more than the distance of equal distributions reaches (triangle inequality).
        """
        error = KOLMOGOROV * float(np.sqrt((n + m) / (n * m)))
        return cls(value, max(0.0, value - error), min(1.0, value + error))

    @classmethod
    def of_share(cls, value: float, n: float) -> "Estimate":
        """A share measured on `n` signals, with the interval of E. B. Wilson, JASA 22 (1927), p. 209."""
        centre, scale = value + Z**2 / (2 * n), 1 + Z**2 / n
        error = Z * float(np.sqrt(value * (1 - value) / n + Z**2 / (4 * n**2)))
        return cls(value, max(0.0, (centre - error) / scale), min(1.0, (centre + error) / scale))

    @classmethod
    def of_repeats(cls, values: Sequence[float]) -> "Estimate":
        """The mean of repeated measurements, with Student's interval; a single one is sure of nothing."""
        mean, n = float(np.mean(values)), len(values)
        error = float(t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else float("inf")
        return cls(mean, mean - error, mean + error)

    @classmethod
    def of_resamples(cls, measure: Callable[[Array, Array], float], a: Array, b: Array, seed: int) -> "Estimate":
        """``measure(a, b)``, and its percentiles when the rows of both are drawn anew with replacement.

        B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3.
        """
        random = np.random.default_rng(seed)
        drawn = [
            measure(a[random.integers(0, len(a), len(a))], b[random.integers(0, len(b), len(b))])
            for _ in range(RESAMPLES)
        ]
        low, high = np.quantile(drawn, (0.025, 0.975))
        return cls(float(measure(a, b)), float(low), float(high))


def null_band(n: int, m: int) -> tuple[float, float]:
    """Where 95 % of the areas under the ROC curve lie that are measured on equal distributions."""
    error = Z * float(np.sqrt((n + m + 1) / (12 * n * m)))
    return 0.5 - error, 0.5 + error
