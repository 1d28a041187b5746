"""SciPy's `rvs`: a surrogate as the null hypothesis of a Monte-Carlo test.

python scipy_rvs.py noisy-sine.onnx
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import monte_carlo_test

import gansurrogate as gs


class Variable:
    """A random variable: `figure` of a signal, a number. Every call of `rvs` takes the next rows of one stream."""

    def __init__(self, sampler: gs.Sampler, figure: Callable[[NDArray[Any]], NDArray[Any]], seed: int) -> None:
        self.sampler, self.figure, self.seed, self.next_row = sampler, figure, seed, 0

    def rvs(self, size: int | tuple[int, ...] = 1) -> NDArray[Any]:
        """Values in an array of shape `size`."""
        n = int(np.prod(size))
        signals = self.sampler.sample(n, rng=self.seed, start=self.next_row)
        self.next_row += n
        return self.figure(signals).reshape(size)


def peak(signals: NDArray[Any]) -> NDArray[Any]:
    """The highest value of each signal."""
    return np.asarray(signals.reshape(len(signals), -1).max(axis=1), float)


def p_value(recordings: NDArray[Any], sampler: gs.Sampler, resamples: int, seed: int) -> float:
    """How likely peaks as high as those of `recordings` are, on average, if they follow the sampler's law."""
    null = Variable(sampler, peak, seed)
    found = monte_carlo_test(peak(recordings), null.rvs, np.mean, n_resamples=resamples, alternative="greater")
    return float(found.pvalue)


if __name__ == "__main__":
    recordings = gs.signal_generator("noisy-sine").sample(50, rng=1) + 1.0  # a shift that is to be found
    print(f"p = {p_value(recordings, gs.load(sys.argv[1]), 999, seed=7):.3f}")
