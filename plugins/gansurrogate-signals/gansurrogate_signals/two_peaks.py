"""Signals of one value whose density is known: small enough to look at a whole game of networks."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import gansurrogate as gs

SHARE, MEANS, WIDTHS = 0.4, (-2.0, 1.5), (0.5, 0.8)  # of the left peak; of both


class TwoPeaks(gs.SignalGenerator):
    """One value, drawn from 0.4 N(-2, 0.5) + 0.6 N(1.5, 0.8); the second number is the standard deviation."""

    name = "two-peaks"
    rows_per_seed = 1024
    spec = gs.SignalSpec(shape=(1,))

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> NDArray[np.float64]:
        """Draw `n` values, shape ``(n, 1)``."""
        right = (rng.random((n, 1)) > SHARE).astype(int)
        values: NDArray[np.float64] = rng.normal(np.take(MEANS, right), np.take(WIDTHS, right))
        return values

    @staticmethod
    def density(x: ArrayLike) -> NDArray[np.float64]:
        """The probability density at `x`."""
        peaks = [
            share * np.exp(-0.5 * ((np.asarray(x) - mean) / width) ** 2) / (width * np.sqrt(2 * np.pi))
            for share, mean, width in zip((SHARE, 1 - SHARE), MEANS, WIDTHS, strict=True)
        ]
        total: NDArray[np.float64] = peaks[0] + peaks[1]
        return total
