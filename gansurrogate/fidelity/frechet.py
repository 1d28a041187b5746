"""The Frechet distance of two normal distributions that have the tables' means and covariances."""

import numpy as np

from gansurrogate.fidelity.estimate import Array


def frechet_distance(a: Array, b: Array) -> float:
    """|mean a - mean b|^2 + trace(A + B - 2 sqrt(A B)), A and B being covariances of tables (n, features).

    D. C. Dowson and B. V. Landau, "The Frechet distance between multivariate normal distributions", 1982; of
    features it is the FID of M. Heusel et al., arXiv:1706.08500. Small tables give too large a distance: only those of
    one size compare.
    """
    first, second = (np.atleast_2d(np.cov(x, rowvar=False, dtype=np.float64)) for x in (a, b))
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    # The eigenvalues of A B are those of sqrt(A) B sqrt(A), which is symmetric.
    common = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    shift = ((a.mean(0, dtype=np.float64) - b.mean(0, dtype=np.float64)) ** 2).sum()
    return float(shift + np.trace(first) + np.trace(second) - 2 * common)
