"""Anomalies: signals that an autoencoder, which has learned the real ones, does not reconstruct.

M. Sakurada and T. Yairi, "Anomaly detection using autoencoders with nonlinear dimensionality reduction", MLSDA 2014.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array
from gansurrogate.spec import check_signals
from gansurrogate.surrogate import Surrogate

RECORDING = "recording"  # name of the condition that takes the signal to reconstruct
QUANTILE = 0.99  # of the scores of unseen real signals, above which a signal is called anomalous
DROPPED = 0.1  # of a signal
SPIKE = 1.0  # height, in standard deviations of the values


def anomaly_score(
    surrogate: Surrogate, signals: Array, conditions: Mapping[str, ArrayLike] | None = None
) -> NDArray[np.float64]:
    """How badly each signal is reconstructed: about 1 for signals like those of the training.

    Parameters
    ----------
    surrogate : Surrogate
        The reconstruction file of an autoencoder (``NAME-reconstruction.onnx``).
    signals : array of shape (n, *spec.shape)
        Values outside the range of the training are scored, not refused.
    conditions : mapping, optional
        The recordings' own conditions, as for `Surrogate.sample`.

    Returns
    -------
    array of shape (n,)
        Root mean square of what the reconstruction leaves, in units of what it leaves of the training signals. Of
        unseen real signals one in a hundred lies above ``anomaly_threshold(surrogate)``.

    Raises
    ------
    ArgumentError
        If the surrogate is not such a file.
    """
    error = np.array(_entry(surrogate)["training_error"], np.float64)
    x = check_signals(signals, surrogate.spec, len(signals), "the signals to score")
    given = {**(conditions or {}), RECORDING: x}
    reconstruction = surrogate.sample(len(x), conditions=given, rng=0, domain="ignore")
    return scores(x - reconstruction, error)


def anomaly_threshold(surrogate: Surrogate) -> float:
    """The anomaly score that one in a hundred unseen real signals exceeds."""
    return float(_entry(surrogate)["threshold"])


def scores(residual: Array, error: NDArray[np.float64]) -> NDArray[np.float64]:
    """Anomaly scores (n,) of residuals (n, *shape).

    Parameters
    ----------
    error : array of one value, or of shape (*shape[:-1], 1)
        Root mean square residual of the training signals, of all values or of each channel.
    """
    squares = np.square(residual / error, dtype=np.float64).reshape(len(residual), -1)
    root: NDArray[np.float64] = np.sqrt(squares.mean(1))
    return root


def auc(real: NDArray[np.float64], anomalous: NDArray[np.float64]) -> float:
    """Area under the ROC curve of scores: the chance that an anomalous signal has the higher one."""
    labels = np.repeat([0, 1], [len(real), len(anomalous)])
    return float(roc_auc_score(labels, np.concatenate([real, anomalous])))


def _entry(surrogate: Surrogate) -> dict[str, Any]:
    inputs = {condition.name: condition.shape for condition in surrogate.spec.conditions}
    if inputs.get(RECORDING) != surrogate.spec.shape or "anomaly" not in surrogate.manifest.training:
        msg = (
            f"anomalies are scored by the reconstruction file of an autoencoder; {surrogate.manifest.name!r} is none:"
            " train with --recipe autoencoder and load NAME-reconstruction.onnx"
        )
        raise ArgumentError(msg)
    entry: dict[str, Any] = surrogate.manifest.training["anomaly"]
    return entry


def _spike(x: Array, error: NDArray[np.float64], rng: np.random.Generator) -> Array:
    """One value off by one standard deviation of all values, or of its channel's, up or down."""
    spread = x.std(None if error.size == 1 else (0, -1), keepdims=True)
    place = rng.integers(0, x[0].size, (len(x), 1)) == np.arange(x[0].size)  # (n, size)
    sign = rng.choice([-1, 1], (len(x), *(1,) * (x.ndim - 1)))
    spiked: Array = x + SPIKE * spread * sign * place.reshape(x.shape)
    return spiked


def _dropped(x: Array, error: NDArray[np.float64], rng: np.random.Generator) -> Array:
    """A tenth of the last axis reads zero."""
    length = x.shape[-1]
    width = max(1, round(DROPPED * length))
    start = rng.integers(0, length - width + 1, len(x))[:, None]
    samples = np.arange(length)
    lost = (samples >= start) & (samples < start + width)  # (n, length)
    return np.where(lost.reshape(len(x), *(1,) * (x.ndim - 2), length), 0, x)


def _frequency(x: Array, error: NDArray[np.float64], rng: np.random.Generator) -> Array:
    """Twice as fast about the middle of the last axis, mirrored at the ends."""
    length = x.shape[-1]
    middle = length // 2
    samples = np.abs(middle + 2 * (np.arange(length) - middle))
    faster: Array = x[..., np.where(samples < length, samples, 2 * (length - 1) - samples)]
    return faster


def _noise(x: Array, error: NDArray[np.float64], rng: np.random.Generator) -> Array:
    """White noise that doubles the root mean square of what a reconstruction leaves."""
    noisier: Array = x + np.sqrt(3) * error * rng.standard_normal(x.shape)
    return noisier


CORRUPTIONS: dict[str, Callable[[Array, NDArray[np.float64], np.random.Generator], Array]] = {
    "spike": _spike,
    "dropped": _dropped,
    "frequency": _frequency,
    "noise": _noise,
}
