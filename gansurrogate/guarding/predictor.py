"""Which of two signals is the real one? Learnt pair after pair."""

import numpy as np
from numpy.typing import NDArray

MEMORY = 1000  # pairs, over which older ones are forgotten: simulators change
RIDGE = 10.0  # pairs of pure chance that the regression begins with
MOST = 4.0  # standard deviations, beyond which a figure counts no more

Array = NDArray[np.float64]


class Predictor:
    """Linear discrimination of pairs: ridge regression of "the first one is real" on what differs within a pair.

    A pair is described antisymmetrically: the differences of its figures, and these multiplied by the pair's mean of
    the figure (which shows differences of spread) and by each condition. Swapping the two signals turns the sign of
    the prediction, so where real and surrogate follow one law it is right half of the time, whatever was learnt before.
    """

    def __init__(self) -> None:
        self._pairs = 0.0  # learnt from, old ones counting less
        self._mean: Array = np.zeros(1)
        self._variance: Array = np.zeros(1)  # of a pair's mean
        self._apart: Array = np.zeros(1)  # mean square of a pair's difference
        self._products: Array = np.zeros((1, 1))
        self._sums: Array = np.zeros(1)
        self._weights: Array = np.zeros(1)

    def predict(self, first: Array, second: Array, conditions: Array) -> Array:
        """Above 0 for each pair whose first signal seems to be the real one; 0 if nothing is known.

        Parameters
        ----------
        first, second : array of shape (n, figures)
        conditions : array of shape (n, conditions)
            From -1 to 1.
        """
        return self._describe(first, second, conditions) @ self._weights if self._pairs else np.zeros(len(first))

    def learn(self, real: Array, drawn: Array, conditions: Array) -> None:
        """Take in what these pairs turned out to be."""
        kept = (1 - 1 / MEMORY) ** len(real)
        self._pairs = kept * self._pairs + len(real)
        share = len(real) / self._pairs
        middle = (real + drawn) / 2
        self._mean = self._mean + share * (middle.mean(0) - self._mean)
        self._variance = self._variance + share * (((middle - self._mean) ** 2).mean(0) - self._variance)
        self._apart = self._apart + share * (((real - drawn) ** 2).mean(0) - self._apart)
        x = self._describe(real, drawn, conditions)
        self._products = kept * self._products + x.T @ x
        self._sums = kept * self._sums + x.sum(0)
        regular = self._products + RIDGE * np.eye(x.shape[1])
        self._weights = np.linalg.solve(regular, self._sums).astype(np.float64)

    def _describe(self, first: Array, second: Array, conditions: Array) -> Array:
        """A pair's antisymmetric figures, shape (n, figures * (2 + conditions))."""
        tiny = np.finfo(float).tiny
        apart = np.clip((first - second) / np.sqrt(self._apart + tiny), -MOST, MOST)
        middle = np.clip(((first + second) / 2 - self._mean) / np.sqrt(self._variance + tiny), -MOST, MOST)
        return np.concatenate([apart, apart * middle, *(apart * c[:, None] for c in conditions.T)], 1)
