"""What trees look at where nobody says which parameters to recover."""

import numpy as np
from scipy.linalg import eigh

from gansurrogate.fidelity.estimate import Array

COMPONENTS = 16

Pair = tuple[Array, Array]


def with_components(tables: Pair, signals: Pair) -> Pair:
    """Two tables (n, features), with coefficients of the signals' leading principal components and their roughness.

    The components are those of both sides together, so that neither is at an advantage.

    Parameters
    ----------
    tables : pair of arrays of shape (n, features)
    signals : pair of arrays of shape (n, *shape)
    """
    x = np.concatenate([side.reshape(len(side), -1, side.shape[-1]) for side in signals]).astype(np.float64)
    flat = x.reshape(len(x), -1) - x.reshape(len(x), -1).mean(0)
    size = flat.shape[1]
    components = eigh(flat.T @ flat, subset_by_index=(max(0, size - COMPONENTS), size - 1))[1]
    roughness = [np.log(np.diff(x, order, axis=2).std(2) + 1e-9 * x.std()) for order in (0, 1, 2) if order < x.shape[2]]
    seen = np.concatenate([flat @ components[:, ::-1], *roughness], 1)
    halves = np.split(seen, [len(signals[0])])
    return np.concatenate([tables[0], halves[0]], 1), np.concatenate([tables[1], halves[1]], 1)
