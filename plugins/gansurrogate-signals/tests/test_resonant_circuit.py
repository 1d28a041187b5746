"""The circuit's noise against thermodynamics, its spectrum, and another solution of its equation."""

import numpy as np
import pytest
from gansurrogate_signals import ResonantCircuit
from scipy import constants
from scipy.linalg import expm

N = 4000
COIL, HEAT = 1e-3, constants.k * 300.0
PAIRS = [(50.0, 2.0), (500.0, 0.5), (500.0, 5.0)]  # [ohm], [nF]


def density(frequency: np.ndarray, resistance: float, capacitance: float) -> np.ndarray:
    """One-sided, of the capacitor's voltage [V^2/Hz]."""
    omega = 2 * np.pi * frequency
    return 4 * HEAT * resistance / ((1 - omega**2 * COIL * capacitance) ** 2 + (omega * resistance * capacitance) ** 2)


@pytest.mark.parametrize("pair", [*PAIRS, (5000.0, 1.0)])  # the last one is overdamped
def test_the_solution_is_that_of_matrix_exponentials(pair: tuple[float, float]) -> None:
    resistance, capacitance = pair[0], 1e-9 * pair[1]
    step, spread, kick = (a[0] for a in ResonantCircuit().solution(np.array([resistance]), np.array([capacitance])))
    drift = np.array([[0, 1 / capacitance], [-1 / COIL, -resistance / COIL]])
    np.testing.assert_allclose(step / spread[:, None] * spread, expm(1e-6 * drift) / spread[:, None] * spread)
    # C. Van Loan, IEEE Trans. Autom. Control 23, 395 (1978): covariance of the kicks from one larger exponential.
    drift = drift / spread[:, None] * spread
    driving = np.diag([0, 2 * HEAT * resistance / COIL**2 / spread[1] ** 2])
    large = expm(1e-6 * np.block([[-drift, driving], [np.zeros((2, 2)), drift.T]]))
    covariance = kick @ kick.T / np.outer(spread, spread)
    np.testing.assert_allclose(covariance, large[2:, 2:].T @ large[:2, 2:], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("pair", PAIRS)
def test_every_sample_has_the_energy_of_one_degree_of_freedom(pair: tuple[float, float]) -> None:
    signals = ResonantCircuit().sample(N, conditions={"resistance": pair[0], "capacitance": pair[1]}, rng=1)
    energy = 0.5 * 1e-9 * pair[1] * (1e-6 * signals[:, ::80].astype(float)) ** 2
    np.testing.assert_allclose(energy.mean(0), HEAT / 2, rtol=5 * np.sqrt(2 / N))


@pytest.mark.parametrize("pair", PAIRS)
def test_the_power_spectrum_is_the_analytic_one_folded_at_half_the_rate(pair: tuple[float, float]) -> None:
    resistance, capacitance = pair[0], 1e-9 * pair[1]
    signals = ResonantCircuit().sample(N, conditions={"resistance": pair[0], "capacitance": pair[1]}, rng=2)
    window = np.hanning(320)
    power = 2 * (np.abs(np.fft.rfft(1e-6 * signals * window)) ** 2).mean(0) / (window**2).sum() / 1e6
    # What the window makes of the density: its own power spectrum, about 6 kHz wide, is smeared over it.
    fine = np.arange(-8e6, 8e6, 500.0)
    folded = density(np.abs(fine), resistance, capacitance).reshape(-1, 2000).sum(0)  # at 0 to 1 MHz
    smear = np.abs(np.fft.fft(window, 2000)) ** 2
    smeared = np.fft.ifft(np.fft.fft(folded) * np.fft.fft(smear / smear.sum())).real
    at = np.fft.rfftfreq(320, 1e-6)[3:-3]
    expected = np.interp(at, np.arange(2000) * 500.0, smeared)
    np.testing.assert_allclose(power[3:-3], expected, rtol=6 / np.sqrt(N))


def test_the_features_find_the_capacitor_and_the_resonance() -> None:
    generator = ResonantCircuit()
    found = generator.features(generator.sample(500, conditions={"resistance": 50.0, "capacitance": 1.0}, rng=3))
    assert np.median(1 / found["capacitance"]) == pytest.approx(1, rel=0.1)
    assert np.median(found["resonance"]) == pytest.approx(159.2, abs=4)  # 1 / (2 pi sqrt(L C)) [kHz]
