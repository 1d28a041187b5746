"""Windows as the field's own scores take them: every channel scaled to [0, 1]."""

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array

EPSILON = 1e-7  # TimeGAN's guard against constant channels


def unit(
    real: Array, other: Array, span: tuple[float, float] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Scale two sets of signals, with time before channels.

    Parameters
    ----------
    real, other : array of shape (n, length) or (n, channels, length)
        Physical values; the sets may differ in n.
    span : pair of float, optional
        What becomes 0 and 1, of all channels; each channel's lowest and highest real value if not given.

    Returns
    -------
    two arrays of shape (n, length, channels)
        The real one lies in [0, 1] unless `span` is narrower; the other may leave it.

    Raises
    ------
    ArgumentError
        If the shapes differ or do not fit, or if a value is not finite.
    """
    if real.ndim not in (2, 3) or real.shape[1:] != other.shape[1:]:
        msg = (
            "two sets of signals of the same shape are compared, (n, length) or (n, channels, length);"
            f" got {real.shape} and {other.shape}"
        )
        raise ArgumentError(msg)
    for name, signals in (("real", real), ("other", other)):
        if not np.isfinite(signals).all():
            msg = f"signals to compare must be finite; the {name} ones hold NaN or infinity: leave such signals out"
            raise ArgumentError(msg)
    x, y = (signals.reshape(len(signals), -1, signals.shape[-1]).astype(np.float64) for signals in (real, other))
    low, high = span or (x.min((0, 2), keepdims=True), x.max((0, 2), keepdims=True))
    x, y = ((side - low) / (high - low + EPSILON) for side in (x, y))
    return x.transpose(0, 2, 1).astype(np.float32), y.transpose(0, 2, 1).astype(np.float32)
