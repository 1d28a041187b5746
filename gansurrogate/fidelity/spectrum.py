"""Mean power spectra: the difference in decibel at each frequency."""

import numpy as np

from gansurrogate.fidelity.curve import Curve, Table, compare_means, lines
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.two_sample import ROUNDING


def spectrum_difference(real: Array, other: Array, *, seed: int = 0) -> tuple[Estimate, Curve]:
    """Largest difference of the mean power spectra [dB], and the spectra.

    Parameters
    ----------
    real, other : array of shape (n, *shape)
        The last axis is transformed, from frequency zero on.

    Returns
    -------
    Estimate
        Over all channels and frequencies. A ten-millionth of a channel's mean power is added to both spectra: in
        bands that are empty in both they agree, and one of them cannot be filled unseen.
    Curve
        Power [dB of the squared unit of the values] against the frequency [cycles per sample].
    """
    first, second = lines(real, other)
    length = first.shape[2]

    def decibel(power: Table) -> Table:
        level: Table = 10 * np.log10(power + empty)
        return level

    found = []
    for channel in range(first.shape[1]):
        a, b = (np.abs(np.fft.rfft(x[:, channel].astype(np.float64))) ** 2 / length for x in (first, second))
        empty = ROUNDING * max(a.mean(), np.finfo(np.float64).tiny)
        found.append(compare_means(a, b, decibel, seed=seed))
    estimates, sides = zip(*found, strict=True)
    frequencies = np.arange(length // 2 + 1) / length
    return max(estimates), Curve("power [dB]", "frequency [1/sample]", frequencies, *np.stack(sides, 1))
