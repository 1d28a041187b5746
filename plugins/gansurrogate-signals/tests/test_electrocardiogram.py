"""The heart against its three differential equations."""

import numpy as np
import pytest
from gansurrogate_signals import Electrocardiogram, electrocardiogram
from scipy.integrate import solve_ivp


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Electrocardiogram:
    """Without the amplifier's noise."""
    monkeypatch.setattr(electrocardiogram, "NOISE", 0.0)
    return Electrocardiogram()


@pytest.mark.parametrize("rate", [50.0, 75.0, 110.0])
def test_a_steady_heart_follows_the_equations_of_mcsharry(still: Electrocardiogram, rate: float) -> None:
    given = {"heart_rate": np.array([rate]), "rr_spread": np.array([0.0])}
    signal = still.simulate(1, np.random.default_rng(3), **given)[0]
    start, breath = np.random.default_rng(3).uniform(-np.pi, np.pi, 2)
    omega, strengths = 2 * np.pi * rate / 60, 27 * rate / 60 * np.array([1.2, -5, 30, -7.5, 0.75])
    places, widths = np.pi * np.array([-1 / 3, -1 / 12, 0, 1 / 12, 1 / 2]), np.array([0.25, 0.1, 0.1, 0.1, 0.4])

    def derivative(t: float, state: np.ndarray) -> tuple[float, float, float]:
        x, y, z = state
        alpha, angle = 1 - np.hypot(x, y), np.arctan2(y, x) - places
        d = np.arctan2(np.sin(angle), np.cos(angle))
        base = 0.15 * np.sin(2 * np.pi * 0.25 * t + breath)
        rise = -(strengths * d * np.exp(-(d**2) / (2 * widths**2))).sum() - (z - base)
        return alpha * x - omega * y, alpha * y + omega * x, rise

    times, begin = np.arange(320) / 128, (np.cos(start), np.sin(start), 0.0)
    exact = solve_ivp(derivative, (-3, times[-1]), begin, t_eval=times, max_step=0.01, rtol=1e-8).y[2]
    np.testing.assert_allclose(signal, exact, atol=0.006)


def test_intervals_have_the_stated_mean_spread_and_rhythms() -> None:
    time, ones = np.arange(0, 400, 0.5), np.ones((300, 1))
    series = electrocardiogram.intervals(time, 0.8 * ones, 0.05 * ones, np.random.default_rng(1))
    assert series.mean() == pytest.approx(0.8, abs=1e-3)
    assert series.std() == pytest.approx(0.05, rel=0.03)
    power = (np.abs(np.fft.rfft(series - 0.8)) ** 2).mean(0)
    frequency = np.fft.rfftfreq(len(time), 0.5)
    slow, fast = (power[np.abs(frequency - centre) < 0.05].sum() for centre in (0.1, 0.25))
    assert slow / fast == pytest.approx(0.5, rel=0.08)
    assert slow + fast > 0.97 * power[1:].sum()


def test_the_beats_are_found_at_the_heart_rate() -> None:
    generator = Electrocardiogram()
    given = {**generator.draw_conditions(400, rng=1), "rr_spread": np.full(400, 5.0)}
    found = generator.features(generator.sample(400, conditions=given, rng=2))
    assert np.quantile(np.abs(found["heart_rate"] / given["heart_rate"] - 1), 0.95) < 0.03
    restless = generator.features(generator.sample(400, conditions=given | {"rr_spread": 60.0}, rng=2))
    assert restless["lengthening"].std() > 4 * found["lengthening"].std()


def test_a_beat_spans_1_6_millivolts(still: Electrocardiogram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(electrocardiogram, "BASELINE", 0.0)
    signals = still.sample(256, conditions={"heart_rate": 60.0, "rr_spread": 5.0}, rng=1)
    assert np.quantile(np.ptp(signals, axis=1), 0.9) == pytest.approx(1.6, abs=0.03)  # most miss a top
