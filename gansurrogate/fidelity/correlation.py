"""The correlational score: do the channels correlate with each other as the real ones do?"""

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.unit import unit

SHARE = 5  # each repeat draws a fifth of the windows of both sides, with replacement


def correlational_score(real: Array, other: Array, *, repeats: int = 5, seed: int = 0) -> Estimate:
    """Sum over pairs of channels of the absolute difference of their correlations, over ten.

    S. Liao et al., "Conditional Sig-Wasserstein GANs for time series generation", arXiv:2006.05421; on fifths of the
    windows, as X. Yuan and Y. Qiao, ICLR 2024, published their table. It grows with the square of the number of
    channels: sets with different ones do not compare.

    Parameters
    ----------
    real, other : array of shape (n, channels, length)
        At least five of each.
    repeats : int
        Pairs of random fifths.
    seed : int

    Returns
    -------
    Estimate
        Mean over the repeats, with Student's interval.

    Raises
    ------
    ArgumentError
        If there is a single channel, if there are fewer than five windows, if the shapes differ, or if values are not
        finite.
    """
    x, y = unit(real, other)
    if x.shape[2] < 2 or min(len(x), len(y)) < SHARE:
        msg = (
            f"the correlational score compares channels, on at least {SHARE} windows; got {len(x)} and {len(y)} with"
            f" {x.shape[2]} channel(s): leave it out for a single one"
        )
        raise ArgumentError(msg)
    random = np.random.default_rng(seed)
    size = len(x) // SHARE
    values = []
    for _ in range(repeats):
        first, second = (_correlations(side[random.integers(0, len(side), size)]) for side in (x, y))
        values.append(float(np.abs(first - second).sum() / 10))
    return Estimate.of_repeats(values)


def _correlations(windows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Correlation of every pair of channels of windows (n, length, channels); none of a constant one."""
    table = windows.reshape(-1, windows.shape[2]).astype(np.float64)
    table -= table.mean(0)
    spread = np.sqrt(np.square(table).mean(0))
    table /= np.where(spread > 0, spread, 1)
    correlations: NDArray[np.float64] = (table.T @ table / len(table))[np.tril_indices(table.shape[1], -1)]
    return correlations
