"""Least-squares fit of a sine to many signals at once."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
GRID_STEPS = 80
NEWTON_STEPS = 6
CHUNK = 2000  # signals fitted at a time, to bound memory


def fit_sine(time: FloatArray, signals: NDArray[np.float32], low: float, high: float) -> dict[str, FloatArray]:
    """Fit A sin(omega t + phase) + b to each signal.

    Variable projection (Golub and Pereyra 1973): for a given omega the model is linear in the other three;
    omega is found on a grid over [low, high] and refined by Gauss-Newton steps.

    Parameters
    ----------
    time : array of shape (length,)
        [s]
    signals : array of shape (n, length)
    low, high : float
        Range of omega to search [rad/s].

    Returns
    -------
    dict of arrays of shape (n,)
        ``amplitude``, ``omega`` [rad/s], ``bias``, ``phase`` [rad], and of the residual: its standard deviation
        ``noise``, lag-1 autocorrelation ``noise_lag1`` and ``noise_kurtosis``.
    """
    chunks = [_fit(time, signals[i : i + CHUNK], low, high) for i in range(0, len(signals), CHUNK)]
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def _fit(time: FloatArray, signals: NDArray[np.float32], low: float, high: float) -> dict[str, FloatArray]:
    y = signals.astype(np.float64)
    omega = _best_on_grid(time, y, np.linspace(low, high, GRID_STEPS))
    widest = (high - low) / GRID_STEPS
    for _ in range(NEWTON_STEPS):
        columns, coefficients, residual = _linear_fit(time, y, omega)
        slope = time * (coefficients[:, 1, None] * columns[:, 2] - coefficients[:, 2, None] * columns[:, 1])
        _, _, projected = _project(columns, slope)  # part of d model / d omega that the linear fit cannot mimic
        step = (projected * residual).sum(1) / ((projected**2).sum(1) + 1e-9)
        omega = np.clip(omega + np.clip(step, -widest, widest), low, high)
    _, coefficients, residual = _linear_fit(time, y, omega)
    bias, sine, cosine = coefficients.T
    centred = residual - residual.mean(1, keepdims=True)
    power = (centred**2).sum(1)
    return {
        "amplitude": np.hypot(sine, cosine),
        "omega": omega,
        "bias": bias,
        "phase": np.arctan2(cosine, sine),
        "noise": residual.std(1),
        "noise_lag1": (centred[:, 1:] * centred[:, :-1]).sum(1) / power,
        "noise_kurtosis": len(time) * (centred**4).sum(1) / power**2,
    }


def _best_on_grid(time: FloatArray, y: FloatArray, grid: FloatArray) -> FloatArray:
    """The grid frequency whose constant, sine and cosine explain most of each signal."""
    explained = np.empty((len(y), len(grid)))
    for i, omega in enumerate(grid):
        basis, _ = np.linalg.qr(np.stack([np.ones_like(time), np.sin(omega * time), np.cos(omega * time)], 1))
        explained[:, i] = ((y @ basis) ** 2).sum(1)
    best: FloatArray = grid[explained.argmax(1)]
    return best


def _linear_fit(time: FloatArray, y: FloatArray, omega: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    angle = omega[:, None] * time
    return _project(np.stack([np.ones_like(angle), np.sin(angle), np.cos(angle)], 1), y)


def _project(columns: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fit each row of `y` (n, length) by its own columns (n, 3, length): columns, coefficients, residual."""
    gram = columns @ columns.transpose(0, 2, 1)  # (n, 3, 3)
    moment = (columns @ y[:, :, None])[..., 0]  # (n, 3)
    coefficients: FloatArray = np.linalg.solve(gram, moment[..., None])[..., 0].astype(np.float64)
    return columns, coefficients, y - (coefficients[:, None] @ columns)[:, 0]
