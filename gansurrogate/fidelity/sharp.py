"""A sharper recurrent judge than TimeGAN's: more units, and it sees the steps between values."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.recurrent import classify
from gansurrogate.fidelity.unit import unit

UNITS = 16


def sharp_auc(real: Array, other: Array, *, repeats: int = 5, seed: int = 0, iterations: int = 1000) -> Estimate:
    """Area under the ROC curve of a recurrent layer of 16 units on values and on their first differences.

    Trained and tested like TimeGAN's judge. Values count in standard deviations of their channel; so do differences,
    of which the inverse hyperbolic sine is taken: the heavy tails that recorded steps have would rule the judge.

    Parameters
    ----------
    real, other : array of shape (n, length) or (n, channels, length)
    repeats : int
        Judges, each with weights and a split of its own.
    seed : int
    iterations : int

    Returns
    -------
    Estimate
        Mean over the judges, with Student's interval.

    Raises
    ------
    ArgumentError
        If the sets differ in shape, or hold values that are not finite.
    """
    x, y = unit(real, other)
    mean, spread, step = x.mean((0, 1)), x.std((0, 1)), np.diff(x, axis=1).std((0, 1))
    spread, step = (np.where(size > 0, size, 1) for size in (spread, step))

    def seen(windows: NDArray[np.float32]) -> NDArray[np.float32]:
        steps = np.arcsinh(np.diff(windows, axis=1, prepend=windows[:, :1]) / step)
        return np.concatenate([(windows - mean) / spread, steps], 2).astype(np.float32)

    logits = classify(seen(x), seen(y), units=UNITS, iterations=iterations, repeats=repeats, seed=seed)
    areas = []
    for scores in zip(*logits, strict=True):
        labels = np.repeat([1, 0], [len(side) for side in scores])
        areas.append(float(roc_auc_score(labels, np.concatenate([side.numpy() for side in scores]))))
    return Estimate.of_repeats(areas)
