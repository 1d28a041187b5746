"""The inspiral of two point masses on circular orbits, to second post-Newtonian order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
SUN_SECONDS = 4.925490947e-6  # G Msun / c^3 [s]
SPEED_OF_LIGHT = 299792458.0  # [m/s]
MEGAPARSEC = 3.0856775814913673e22  # [m]
INNERMOST = 6**-1.5 / np.pi  # frequency of the wave at the innermost stable orbit, in c^3 / (G M)
TURN = 1.0  # theta beyond which the series for the frequency falls again


def chirp_mass(mass1: float, mass2: float) -> float:
    """(m1 m2)^(3/5) / (m1 + m2)^(1/5): what the phase depends on first."""
    return float((mass1 * mass2) ** 0.6 / (mass1 + mass2) ** 0.2)


def inspiral(
    before: FloatArray, mass1: ArrayLike, mass2: ArrayLike, distance: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The wave at some times before coalescence.

    With M the total mass in seconds, eta = m1 m2 / (m1 + m2)^2 and theta = (eta before / 5 M)^(-1/8), the orbital
    phase and the frequency of the wave are TaylorT3 of Buonanno, Iyer, Ochsner, Pan and Sathyaprakash, Phys. Rev. D 80,
    084043 (2009), equations 3.10a and 3.10b, up to theta^4:

        phi = -1 / (eta theta^5) (1 + p2 theta^2 + p3 theta^3 + p4 theta^4)
        F = theta^3 / (8 pi M) (1 + f2 theta^2 + f3 theta^3 + f4 theta^4)

    and the strain is that of a binary seen face-on, 4 eta M v^2 / distance with v^3 = pi M F.

    Parameters
    ----------
    before : array
        Time until coalescence [s]; where it is negative there is no wave.
    mass1, mass2 : array_like
        [Msun], broadcast against `before`.
    distance : array_like
        [Mpc]

    Returns
    -------
    strain, doubled, frequency : arrays like `before`
        Amplitude, twice the orbital phase [rad] and frequency of the wave [Hz]; the strain is 0 from the innermost
        stable orbit on, where M F = 6^(-3/2) / pi. Stars more unlike than 4:1 do not reach it by this series: they
        end at theta = 1, where the frequency turns back.
    """
    first, second = np.asarray(mass1, float), np.asarray(mass2, float)
    total, eta = (first + second) * SUN_SECONDS, first * second / (first + second) ** 2
    theta = (eta * np.maximum(before, 1e-6) / (5 * total)) ** -0.125
    p2 = 3715 / 8064 + 55 / 96 * eta
    p3 = -3 / 4 * np.pi
    p4 = 9275495 / 14450688 + 284875 / 258048 * eta + 1855 / 2048 * eta**2
    phi = -1 / (eta * theta**5) * (1 + p2 * theta**2 + p3 * theta**3 + p4 * theta**4)
    f2 = 743 / 2688 + 11 / 32 * eta
    f3 = -3 / 10 * np.pi
    f4 = 1855099 / 14450688 + 56975 / 258048 * eta + 371 / 2048 * eta**2
    frequency = theta**3 / (8 * np.pi * total) * (1 + f2 * theta**2 + f3 * theta**3 + f4 * theta**4)
    speed2 = (np.pi * total * np.abs(frequency)) ** (2 / 3)
    strain = 4 * eta * total * SPEED_OF_LIGHT * speed2 / (np.asarray(distance, float) * MEGAPARSEC)
    ended = (before <= 0) | (theta >= TURN) | (frequency >= INNERMOST / total)
    return np.where(ended, 0.0, strain), 2 * phi, frequency
