"""Shocks against the spectrum they are made for."""

import numpy as np
import pytest
from gansurrogate_signals import GroundMotion
from gansurrogate_signals.ground_motion import PADDED, RATE, corner, envelope, shocks, spectrum

FREQUENCY = np.fft.rfftfreq(PADDED, 1 / RATE)


@pytest.mark.parametrize(("magnitude", "distance"), [(5.0, 15.0), (6.5, 70.0)])
def test_the_mean_square_fourier_amplitude_is_the_spectrum(magnitude: float, distance: float) -> None:
    n = 600
    shape = (n, 1)
    signals = shocks(np.full(shape, magnitude), np.full(shape, distance), np.random.default_rng(1))
    amplitude2 = (np.abs(np.fft.rfft(signals) / RATE) ** 2).mean(0)
    bands = np.array_split(np.arange(5, len(FREQUENCY)), 12)
    expected = spectrum(FREQUENCY, np.array(magnitude), np.array(distance)) ** 2
    ratio = np.array([(amplitude2[band] / expected[band]).mean() for band in bands])
    np.testing.assert_allclose(ratio, 1, atol=0.06)


def test_the_source_has_one_corner_where_brune_puts_it() -> None:
    # Magnitude 6 is 10^25.05 dyn cm: 4.9e6 * 3.5 km/s * (100 bar / 10^25.05)^(1/3).
    assert corner(np.array(6.0)) == pytest.approx(0.3555, rel=1e-3)
    assert corner(np.array(5.0)) / corner(np.array(6.0)) == pytest.approx(10**0.5)


def test_far_below_the_corner_the_displacement_shows_the_moment() -> None:
    # Displacement 0.55 / sqrt(2) * 2 M0 / (4 pi rho beta^3 R), here in SI units, at 20 km for magnitude 5.
    moment = 10 ** (1.5 * 5 + 9.05)  # [N m]
    expected = 0.55 * 2**0.5 * moment / (4 * np.pi * 2800 * 3500**3 * 20e3)  # [m s]
    f = 1e-5
    found = spectrum(np.array(f), np.array(5.0), np.array(20.0)) / (2 * np.pi * f) ** 2
    assert found / 100 == pytest.approx(expected, rel=2e-3)


def test_above_the_corner_kappa_and_q_take_the_high_frequencies_away() -> None:
    near, far = (spectrum(np.array([4.0, 8.0]), np.array(6.5), np.array(r)) for r in (15.0, 60.0))
    lost = np.pi * np.array([4.0, 8.0]) ** 0.55 * 45 / (180 * 3.5)
    np.testing.assert_allclose(far / near, np.exp(-lost) / 4 * np.sqrt(60 / 40))
    flat = near[1] / near[0] * np.exp(np.pi * 0.04 * 4) * np.exp(np.pi * (8**0.55 - 4**0.55) * 15 / (180 * 3.5))
    assert flat == pytest.approx(1, abs=0.01)  # Brune's source: constant acceleration


def test_the_envelope_is_1_at_its_top_and_a_twentieth_at_its_end() -> None:
    values = envelope(np.array([0.0, 4.0, 20.0]), np.array(10.0))
    np.testing.assert_allclose(values, (0, 1, 0.05), atol=1e-12)


def test_before_the_end_of_a_short_shock_only_the_instrument_is_left() -> None:
    signals = GroundMotion().sample(300, conditions={"magnitude": 5.0, "distance": 15.0}, rng=1)
    assert signals[:, -50:].std() == pytest.approx(0.05, rel=0.03)
    assert np.abs(signals).max(1).mean() > 10
