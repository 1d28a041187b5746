"""The chirp against general relativity, as far as its closed forms go."""

import numpy as np
import pytest
from gansurrogate_signals import BinaryChirp
from gansurrogate_signals.inspiral import SUN_SECONDS, chirp_mass, inspiral
from scipy import constants
from scipy.stats import kstest

PAIRS = [(1.4, 1.4), (5.0, 20.0), (10.0, 10.0), (20.0, 12.0)]
SUN = 1.98847e30  # [kg]


@pytest.mark.parametrize("masses", PAIRS)
def test_the_frequency_is_the_rate_of_the_phase(masses: tuple[float, float]) -> None:
    before = np.geomspace(1, 0.02, 50)
    step = 1e-4 * before
    phases = [inspiral(before + sign * step, *masses, 1.0)[1] for sign in (1, -1)]
    rate = (phases[1] - phases[0]) / (2 * step) / (2 * np.pi)
    np.testing.assert_allclose(rate, inspiral(before, *masses, 1.0)[2], rtol=1e-6)


@pytest.mark.parametrize("masses", PAIRS)
def test_the_frequency_rises_as_the_energy_balance_says_to_second_order(masses: tuple[float, float]) -> None:
    # Blanchet, Damour, Iyer, Will and Wiseman, Phys. Rev. Lett. 74, 3515 (1995): dF/dt to order v^4. What TaylorT3
    # leaves out comes with v^5.
    total, eta = sum(masses) * SUN_SECONDS, masses[0] * masses[1] / sum(masses) ** 2

    def difference(speed: float) -> float:
        """Relative, where the wave's frequency is about speed^3 / (pi M)."""
        before = 5 * total / (256 * eta * speed**8)
        frequency = inspiral(np.array([before]), *masses, 1.0)[2][0]
        around = inspiral(before * np.array([1 - 1e-4, 1 + 1e-4]), *masses, 1.0)[2]
        v = (np.pi * total * frequency) ** (1 / 3)
        series = 1 - (743 / 336 + 11 / 4 * eta) * v**2 + 4 * np.pi * v**3
        series += (34103 / 18144 + 13661 / 2016 * eta + 59 / 18 * eta**2) * v**4
        expected = 96 / (5 * np.pi) * eta * v**11 / total**2 * series
        return abs((around[0] - around[1]) / (2e-4 * before) / expected - 1)

    orders = np.log2(difference(0.1) / difference(0.05))
    assert orders == pytest.approx(5, abs=0.35)


def test_the_amplitude_is_that_of_two_masses_in_newtons_orbit() -> None:
    mass, frequency, metres = chirp_mass(10, 15) * SUN, 60.0, 200e6 * constants.parsec
    expected = 4 / metres * (constants.G * mass) ** (5 / 3) * (np.pi * frequency) ** (2 / 3) / constants.c**4
    before = np.linspace(0.05, 1, 2000)
    strain, _, found = inspiral(before, 10.0, 15.0, 200.0)
    assert np.interp(frequency, found[::-1], strain[::-1]) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("masses", [(5.0, 5.0), (5.0, 20.0), (20.0, 20.0)])
def test_the_wave_ends_at_the_innermost_stable_orbit(masses: tuple[float, float]) -> None:
    strain, _, frequency = inspiral(np.linspace(0.3, -0.01, 50_000), *masses, 100.0)
    alive = strain > 0
    assert (np.diff(alive.astype(int)) <= 0).all()
    assert frequency[alive][-1] == pytest.approx(4397 / sum(masses), rel=2e-3)  # [Hz]
    assert (np.diff(frequency[alive]) > 0).all()


def test_far_binaries_leave_white_noise_of_the_stated_density() -> None:
    given = {"mass1": 10.0, "mass2": 10.0, "distance": 1e9}
    noise = BinaryChirp().sample(500, conditions=given, rng=1, domain="ignore")
    density = 2 * (np.abs(np.fft.rfft(noise)) ** 2).mean() / 320 / 1024  # one-sided
    assert np.sqrt(density) * 1e-21 == pytest.approx(4e-24, rel=0.01)
    assert kstest(noise.ravel()[::5] / noise.std(), "norm").pvalue > 1e-3


def test_loud_binaries_are_found_by_their_chirp_mass_and_distance() -> None:
    generator = BinaryChirp()
    given = generator.draw_conditions(500, rng=1)
    given["mass2"] = given["mass1"]  # as the templates are
    near = {**given, "distance": np.full(500, 50.0)}
    found, louder = (
        generator.features(generator.sample(500, conditions=c, rng=2, domain="ignore"))
        for c in (near, {**near, "distance": np.full(500, 25.0)})
    )
    true = np.array([chirp_mass(m, m) for m in given["mass1"]])
    assert np.median(np.abs(found["chirp_mass"] / true - 1)) < 0.02
    assert found["coalescence"].mean() == pytest.approx(0.29, abs=2e-3)
    np.testing.assert_allclose(np.median(louder["loudness"] / found["loudness"]), 2, rtol=0.02)
