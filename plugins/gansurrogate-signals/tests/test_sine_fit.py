"""The fit is as good as a fit can be."""

import numpy as np
import pytest
from gansurrogate_signals.sine_fit import fit_sine

TIME = np.linspace(-5, 5, 300)
N = 3000
NAMES = ("bias", "amplitude", "phase", "omega")
TRUE = {"bias": 3.0, "amplitude": 2.0, "phase": 0.7, "omega": 1.37}


def noisy(noise: float, n: int = N) -> np.ndarray:
    model = TRUE["amplitude"] * np.sin(TRUE["omega"] * TIME + TRUE["phase"]) + TRUE["bias"]
    return (model + noise * np.random.default_rng(0).standard_normal((n, 300))).astype(np.float32)


def smallest_errors(noise: float) -> dict[str, float]:
    """The Cramer-Rao bound: no unbiased fit has a smaller standard error."""
    angle = TRUE["omega"] * TIME + TRUE["phase"]
    slope = TRUE["amplitude"] * np.cos(angle)
    derivatives = np.stack([np.ones_like(TIME), np.sin(angle), slope, TIME * slope])
    errors = noise * np.sqrt(np.diag(np.linalg.inv(derivatives @ derivatives.T)))
    return dict(zip(NAMES, errors, strict=True))


@pytest.fixture(scope="module", params=[0.05, 0.3])
def fitted(request: pytest.FixtureRequest) -> tuple[float, dict[str, np.ndarray]]:
    return request.param, fit_sine(TIME, noisy(request.param), 0.7, 2.3)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_found_without_bias_and_with_the_smallest_possible_error(name: str, fitted: tuple) -> None:
    noise, parameters = fitted
    found, error = parameters[name], smallest_errors(noise)[name]
    assert found.mean() == pytest.approx(TRUE[name], abs=4 * error / np.sqrt(N) + 3e-4)
    assert found.std() == pytest.approx(error, rel=0.08)


def test_the_residual_is_described_as_white_normal_noise() -> None:
    found = fit_sine(TIME, noisy(0.3, 1000), 0.7, 2.3)
    assert found["noise"].mean() == pytest.approx(0.3 * np.sqrt(296 / 300), rel=0.005)  # four numbers were fitted
    assert found["noise_lag1"].mean() == pytest.approx(0, abs=0.02)
    assert found["noise_kurtosis"].mean() == pytest.approx(3, abs=0.05)


def test_coloured_noise_shows_in_its_autocorrelation() -> None:
    white = np.random.default_rng(1).standard_normal((500, 301))
    signals = noisy(0, 500) + 0.3 * (white[:, 1:] + white[:, :-1])
    assert fit_sine(TIME, signals, 0.7, 2.3)["noise_lag1"].mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("omega", [0.71, 1.0, 1.7, 2.29])
def test_any_frequency_in_the_range_is_found_exactly_without_noise(omega: float) -> None:
    signals = (4 * np.sin(omega * TIME) + 1)[None].astype(np.float32)
    found = fit_sine(TIME, signals, 0.7, 2.3)
    assert found["omega"][0] == pytest.approx(omega, abs=1e-5)
    assert found["amplitude"][0] == pytest.approx(4, abs=1e-4)


def test_signals_are_fitted_one_by_one_whatever_their_number() -> None:
    signals = noisy(0.3, 2003)  # more than a chunk
    together, alone = fit_sine(TIME, signals, 0.7, 2.3), fit_sine(TIME, signals[-2:], 0.7, 2.3)
    for name, values in together.items():
        assert values.shape == (2003,)
        np.testing.assert_allclose(values[-2:], alone[name], rtol=1e-9)
