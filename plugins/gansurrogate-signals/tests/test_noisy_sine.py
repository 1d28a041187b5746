"""The facts of the article, read back from the signals."""

import numpy as np
import pytest
from gansurrogate_signals import NoisySine

N = 3000
TIME = np.linspace(-5, 5, 300)


@pytest.fixture(scope="module")
def clean() -> dict[str, np.ndarray]:
    """Parameters of signals without noise."""
    generator = NoisySine(noise=0)
    return generator.features(generator.sample(N, rng=1))


def off_grid(values: np.ndarray, low: float, high: float, count: int) -> np.ndarray:
    """Distance to the nearest of ``linspace(low, high, count)``, in steps."""
    steps = (values - low) / (high - low) * (count - 1)
    return np.abs(steps - np.clip(steps.round(), 0, count - 1))


def test_the_time_axis_is_ten_seconds_in_300_samples() -> None:
    spec = NoisySine().spec
    assert (spec.shape, spec.conditions, spec.axes[0].unit) == ((300,), (), "s")
    np.testing.assert_allclose(spec.coordinates["time"], TIME, atol=1e-12)


@pytest.mark.parametrize("name", ["amplitude", "bias"])
def test_amplitude_and_bias_lie_on_the_grid_of_tenths(clean: dict[str, np.ndarray], name: str) -> None:
    assert off_grid(clean[name], 0.1, 9.9, 99).max() < 1e-3
    assert len(np.unique(clean[name].round(1))) == 99


def test_omega_lies_on_a_thousand_values_between_one_and_two(clean: dict[str, np.ndarray]) -> None:
    assert off_grid(clean["omega"], 1, 2, 1000).max() < 0.02
    assert len(np.unique(((clean["omega"] - 1) * 999).round())) > 900


def test_the_phase_is_zero_at_time_zero(clean: dict[str, np.ndarray]) -> None:
    assert np.abs(clean["phase"]).max() < 1e-4


def test_amplitude_omega_and_bias_are_independent_and_uniform(clean: dict[str, np.ndarray]) -> None:
    drawn = np.stack([clean[name] for name in ("amplitude", "omega", "bias")])
    assert np.abs(np.corrcoef(drawn)[np.triu_indices(3, 1)]).max() < 4 / np.sqrt(N)
    for values, (low, high) in zip(drawn, [(0.1, 9.9), (1, 2), (0.1, 9.9)], strict=True):
        counts = np.histogram(values, np.linspace(low - 1e-3, high + 1e-3, 6))[0]
        assert np.abs(counts / N - 0.2).max() < 0.04


def test_the_noise_is_white_normal_of_three_tenths() -> None:
    generator, still = NoisySine(), NoisySine(noise=0)
    noise = generator.sample(N, rng=1) - still.sample(N, rng=1)  # the same draws
    assert noise.std() == pytest.approx(0.3, rel=0.01)
    assert np.abs(noise.mean(0)).max() < 5 * 0.3 / np.sqrt(N)
    assert np.mean(noise[:, 1:] * noise[:, :-1]) / 0.09 == pytest.approx(0, abs=0.01)
    assert np.mean(noise**4) / 0.3**4 == pytest.approx(3, rel=0.02)


def test_the_continuous_variant_draws_between_the_grid_values() -> None:
    generator = NoisySine(noise=0, continuous=True)
    drawn = generator.features(generator.sample(N, rng=1))
    for name, grid in {"amplitude": (0.1, 9.9, 99), "bias": (0.1, 9.9, 99), "omega": (1, 2, 1000)}.items():
        assert 0.2 < off_grid(drawn[name], *grid).mean() < 0.3  # uniform between the values: a quarter of a step
        assert grid[0] - 1e-3 < drawn[name].min() < drawn[name].max() < grid[1] + 1e-3


def test_the_conditional_variant_obeys_amplitude_and_omega_and_draws_the_rest() -> None:
    generator, random = NoisySine(conditional=True), np.random.default_rng(2)
    assert [c.describe() for c in generator.spec.conditions] == ["amplitude in [0.1, 9.9]", "omega in [1, 2] rad/s"]
    given = {"amplitude": random.uniform(0.1, 9.9, 1000), "omega": random.uniform(1, 2, 1000)}
    found = generator.features(NoisySine(conditional=True, noise=0).sample(1000, conditions=given, rng=1))
    np.testing.assert_allclose(found["amplitude"], given["amplitude"], atol=1e-4)
    np.testing.assert_allclose(found["omega"], given["omega"], atol=1e-3)
    assert len(np.unique(found["bias"].round(1))) == 99
    noisy = generator.features(generator.sample(1000, conditions=given, rng=1))
    assert noisy["noise"].mean() == pytest.approx(0.3 * np.sqrt(296 / 300), rel=0.01)


def test_the_arguments_set_every_number() -> None:
    generator = NoisySine(amplitude=(2, 3, 2), bias=(-1, -1, 1), omega=(4, 5, 2), noise=0, time=(0, 4, 50))
    found = generator.features(generator.sample(200, rng=1))
    assert set(found["amplitude"].round(3)) == {2, 3}
    assert set(found["bias"].round(3)) == {-1}
    assert set(found["omega"].round(3)) == {4, 5}
    np.testing.assert_allclose(generator.spec.coordinates["time"], np.linspace(0, 4, 50))
