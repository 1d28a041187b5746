"""The oscillator against its equation."""

import numpy as np
import pytest
from gansurrogate_signals import Duffing
from scipy.integrate import solve_ivp

DRIVE = 1.2  # [rad/s]
GIVEN = {"force": 2.0, "damping": 0.3}


def still(**arguments: float) -> Duffing:
    return Duffing(process_noise=0, measurement_noise=0, **arguments)


@pytest.mark.parametrize(("force", "damping"), [(0.5, 0.1), (2.0, 0.3), (3.0, 0.5)])
def test_without_noise_it_follows_its_differential_equation(force: float, damping: float) -> None:
    generator = still()
    times = generator.spec.coordinates["time"]

    def derivative(t: float, state: np.ndarray) -> tuple[float, float]:
        x, v = state
        return v, force * np.cos(DRIVE * t) - damping * v - x - x**3

    exact = solve_ivp(derivative, (0, times[-1]), (0, 0), t_eval=times, rtol=1e-10, atol=1e-12).y[0]
    signal = generator.sample(1, conditions={"force": force, "damping": damping}, rng=1)[0]
    np.testing.assert_allclose(signal, exact, atol=1e-3)
    assert signal[0] == 0


@pytest.mark.parametrize("damping", [0.3, 0.5])
def test_under_a_small_force_it_swings_like_a_linear_oscillator(damping: float) -> None:
    force, generator = 0.01, still(duration=60)
    given = {"force": force, "damping": damping}
    signal = generator.sample(1, conditions=given, rng=1, domain="ignore")[0]
    times = generator.spec.coordinates["time"]
    late = times > 40  # the start has died away
    waves = np.stack([np.cos(DRIVE * times), np.sin(DRIVE * times)], 1)[late]
    amplitude = np.hypot(*np.linalg.lstsq(waves, signal[late])[0])
    expected = force / np.hypot(1 - DRIVE**2, damping * DRIVE)
    assert amplitude == pytest.approx(expected, rel=0.02)


def test_measurement_noise_is_added_white() -> None:
    generator = Duffing(process_noise=0, measurement_noise=0.2)
    noise = generator.sample(8, conditions=GIVEN, rng=1) - still().sample(8, conditions=GIVEN, rng=1)
    assert noise.std() == pytest.approx(0.2, rel=0.06)
    assert abs(np.mean(noise[:, 1:] * noise[:, :-1])) < 0.2**2 * 0.1


def test_signals_differ_more_the_stronger_the_kicks() -> None:
    spread = [
        Duffing(process_noise=s, measurement_noise=0, duration=6).sample(12, conditions=GIVEN, rng=1).std(0).mean()
        for s in (0.0, 0.05, 0.15, 0.45)
    ]
    assert spread[0] < 1e-6
    assert (np.diff(spread) > 0).all()


def test_weak_kicks_spread_it_as_white_noise_of_the_stated_intensity() -> None:
    # A free particle under white noise: var x(t) = s^2 t^3 / 3 while spring and friction are too slow to act.
    generator = Duffing(process_noise=0.1, measurement_noise=0, duration=1)
    signals = generator.sample(300, conditions={"force": 0.5, "damping": 0.1}, rng=1)
    late = generator.spec.coordinates["time"][3]
    assert signals[:, 3].std() == pytest.approx(0.1 * np.sqrt(late**3 / 3), rel=0.15)


@pytest.mark.parametrize("change", [{"force": 2.01}, {"damping": 0.31}])
def test_each_condition_changes_the_signal(change: dict[str, float]) -> None:
    first, second = (Duffing().sample(1, conditions=given, rng=1) for given in (GIVEN, GIVEN | change))
    assert np.abs(first - second).max() > 1e-3


def test_the_spec_follows_the_duration() -> None:
    spec = Duffing(duration=10).spec
    assert (spec.shape, spec.unit, spec.sampling_rate) == ((80,), "m", 8.0)
    assert [(c.name, c.low, c.high, c.unit) for c in spec.conditions] == [
        ("force", 0.5, 3.0, "N/kg"),
        ("damping", 0.1, 0.5, "1/s"),
    ]
