"""Shot noise against Campbell's theorem."""

import numpy as np
import pytest
from gansurrogate_signals import Photomultiplier
from gansurrogate_signals.photomultiplier import CHARGE, CHARGE_SPREAD, EARLIER, ELECTRONS, LENGTH, NOISE, pulse
from scipy.stats import poisson

FINE = np.arange(0.005, 200, 0.01)  # [ns]
N = 8000


@pytest.fixture(scope="module", params=[5.0, 30.0])
def shot(request: pytest.FixtureRequest) -> tuple[float, np.ndarray]:
    """Rate [1/ns] and signals."""
    return request.param / 1000, Photomultiplier().sample(N, conditions={"rate": request.param}, rng=1).astype(float)


def test_the_pulse_has_unit_area() -> None:
    assert np.trapezoid(pulse(FINE), FINE) == pytest.approx(1, abs=1e-6)
    assert FINE[pulse(FINE).argmax()] == pytest.approx(8, abs=0.01)
    assert pytest.approx(80.1, abs=0.1) == CHARGE  # 1.6 pC on 50 ohm [mV ns]


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_cumulants_are_those_of_campbell(shot: tuple[float, np.ndarray], order: int) -> None:
    rate, signals = shot
    shape = CHARGE_SPREAD**-2
    charge = CHARGE**order * np.prod(shape + np.arange(order)) / shape**order  # moments of a gamma distribution
    expected = rate * charge * np.trapezoid(pulse(FINE) ** order, FINE) + (NOISE**2 if order == 2 else 0)
    found = signals.mean() if order == 1 else ((signals - signals.mean()) ** order).mean()
    assert found == pytest.approx(expected, rel=0.04 * order)
    drift = np.array([signals[:, part].mean() for part in (slice(0, 40), slice(-40, None))])
    np.testing.assert_allclose(drift, rate * CHARGE, rtol=0.1)


def test_the_autocorrelation_is_that_of_the_pulse(shot: tuple[float, np.ndarray]) -> None:
    rate, signals = shot
    centred = signals - rate * CHARGE
    for lag in (2, 5, 10, 20):
        overlap = np.trapezoid(pulse(FINE) * pulse(FINE + lag), FINE)
        expected = rate * CHARGE**2 * (1 + CHARGE_SPREAD**2) * overlap
        assert (centred[:, lag:] * centred[:, :-lag]).mean() == pytest.approx(expected, rel=0.08, abs=0.03)


def test_there_are_always_enough_photoelectrons() -> None:
    assert poisson.sf(ELECTRONS - 1, 0.04 * (LENGTH + EARLIER)) < 1e-25
    assert pulse(np.array([float(EARLIER)]))[0] < 1e-6 * pulse(FINE).max()
