"""The Frechet distance between two tables of features."""

import numpy as np

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array


def frechet_distance(a: Array, b: Array) -> float:
    """Squared Frechet (2-Wasserstein) distance of the Gaussians with the mean and covariance of each table.

    ``|m - n|^2 + tr(A + B - 2 (A B)^(1/2))``: D. C. Dowson and B. V. Landau, J. Multivariate Anal. 12 (1982); as a
    measure of generators, M. Heusel et al., NeurIPS 2017, arXiv:1706.08500. The trace of the square root is taken from
    the eigenvalues of the symmetric ``A^(1/2) B A^(1/2)``, which are those of ``A B``: no complex numbers arise when a
    covariance is singular, as it is with fewer rows than features.

    Parameters
    ----------
    a, b : array of shape (n, features)
        The tables may differ in n.

    Returns
    -------
    float
        Grows as 1 / n for equal distributions: compare at equal n, and with the real-vs-real value.

    Raises
    ------
    ArgumentError
        If the tables differ in width, or have fewer than two rows.
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        msg = (
            "the Frechet distance compares two tables (n, features) of the same width with two rows or more;"
            f" got {a.shape} and {b.shape}"
        )
        raise ArgumentError(msg)
    x, y = a.astype(np.float64), b.astype(np.float64)
    first, second = (np.atleast_2d(np.cov(table, rowvar=False)) for table in (x, y))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    crossed = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second @ root), 0)).sum()
    means = np.square(x.mean(0) - y.mean(0)).sum()
    return max(0.0, float(means + np.trace(first) + np.trace(second) - 2 * crossed))  # rounding may go below
