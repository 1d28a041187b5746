"""Which chirp fits best: a bank of matched filters."""

import numpy as np
from numpy.typing import NDArray

from gansurrogate_signals.inspiral import inspiral

FloatArray = NDArray[np.float64]
TEMPLATES = 48  # chirp masses tried
CHUNK = 2000  # signals fitted at a time, to bound memory


def fit_chirp(x: FloatArray, rate: float, low: float, high: float) -> tuple[dict[str, FloatArray], FloatArray]:
    """Fit size * cos(2 phi(t) + phase) to signals (n, length), phi that of two equal stars.

    A template is a complex wave of unit power. Its product with a signal at all shifts, by one Fourier transform, gives
    size and phase at once (Allen et al., Phys. Rev. D 85, 122006 (2012), section III).

    Parameters
    ----------
    x : array of shape (n, length)
    rate : float
        [Hz]
    low, high : float
        Range of the chirp mass [Msun].

    Returns
    -------
    dict of arrays of shape (n,)
        ``chirp_mass`` [Msun], ``coalescence`` [s], and ``loudness``: root of the power of the fitted wave.
    array of shape (n, length)
        The residual.
    """
    masses = np.geomspace(low, high, TEMPLATES)
    parts = [_fit(x[i : i + CHUNK], rate, masses) for i in range(0, len(x), CHUNK)]
    found = {name: np.concatenate([part[0][name] for part in parts]) for name in parts[0][0]}
    return found, np.concatenate([part[1] for part in parts])


def _fit(x: FloatArray, rate: float, masses: FloatArray) -> tuple[dict[str, FloatArray], FloatArray]:
    n, length = x.shape
    time, middle = np.arange(length) / rate, 7 / 8 * length / rate
    spectrum = np.fft.fft(x, 2 * length)
    shifts = np.arange(-length // 8, length // 8)  # of the coalescence from `middle`, in samples
    best, mass, coalescence = np.full(n, -1.0), np.zeros(n), np.zeros(n)
    for tried in masses:
        filtered = np.fft.ifft(spectrum * np.fft.fft(_wave(middle - time, tried), 2 * length).conj())
        products = np.abs(filtered[:, shifts])
        better = products.max(1) > best
        best[better], mass[better] = products.max(1)[better], tried
        coalescence[better] = middle + shifts[products.argmax(1)[better]] / rate
    wave = _wave(coalescence[:, None] - time, mass[:, None])
    columns = np.stack([wave.real, wave.imag], 2)  # (n, length, 2)
    turned = columns.transpose(0, 2, 1)
    model = (columns @ np.linalg.solve(turned @ columns, turned @ x[:, :, None]))[:, :, 0]
    loudness = np.sqrt((model**2).sum(1))
    return {"chirp_mass": mass, "coalescence": coalescence, "loudness": loudness}, x - model


def _wave(before: FloatArray, mass: FloatArray) -> NDArray[np.complex128]:
    """The complex wave of two equal stars with this chirp mass, of unit power."""
    equal = 2**0.2 * np.asarray(mass)  # since (m m)^(3/5) / (2 m)^(1/5) = m / 2^(1/5)
    strain, doubled, _ = inspiral(before, equal, equal, 1.0)
    wave = strain * np.exp(1j * doubled)
    normalised: NDArray[np.complex128] = wave / np.linalg.norm(wave, axis=-1, keepdims=True)
    return normalised
