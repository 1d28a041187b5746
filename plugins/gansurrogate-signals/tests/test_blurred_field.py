"""Blurred fields against the law they are drawn from."""

import numpy as np
import pytest
from gansurrogate_signals import BlurredField
from scipy.stats import ks_2samp, kstest, norm

N = 500


@pytest.fixture(scope="module")
def generator() -> BlurredField:
    return BlurredField(size=24, radii=(3.0, 5.0))


@pytest.fixture(scope="module")
def blurred(generator: BlurredField) -> np.ndarray:
    return generator.draw_conditions(N, rng=3)["blurred"]


@pytest.fixture(scope="module")
def fields(generator: BlurredField, blurred: np.ndarray) -> np.ndarray:
    return generator.sample(N, conditions={"blurred": blurred}, rng=4)


def test_fields_shown_again_leave_white_noise(generator: BlurredField, blurred: np.ndarray, fields: np.ndarray) -> None:
    still = BlurredField(size=24, radii=(3.0, 5.0), noise=1e-9)
    rest = (blurred - still.show(fields.astype(float), np.random.default_rng(0))) / generator.noise
    assert kstest(rest.ravel()[::7], norm.cdf).pvalue > 1e-3
    power = (np.abs(np.fft.fft2(rest)) ** 2).mean(0) / rest[0].size
    np.testing.assert_allclose(power, 1, atol=6 * np.sqrt(2 / N))


@pytest.mark.parametrize(
    "statistic",
    [
        lambda x: x[:, 3, 5],
        lambda x: x.std((1, 2)),
        lambda x: x.max((1, 2)),
        lambda x: np.abs(np.diff(x, axis=1)).max((1, 2)),
        lambda x: np.abs(np.diff(x, axis=1)).mean((1, 2)),
    ],
    ids=["value", "spread", "highest", "steepest", "slope"],
)
def test_fields_that_fit_random_pictures_are_random_fields(
    statistic: object, generator: BlurredField, fields: np.ndarray
) -> None:
    free = generator.fields(N, np.random.default_rng(1))
    assert ks_2samp(statistic(fields), statistic(free)).pvalue > 1e-3


def test_a_sharp_and_quiet_instrument_leaves_nothing_open() -> None:
    clear = BlurredField(size=16, spread=1e-3, noise=1e-3)
    shown = clear.draw_conditions(10, rng=1)["blurred"]
    np.testing.assert_allclose(clear.sample(10, conditions={"blurred": shown}, rng=2), shown, atol=0.01)


def test_without_a_disc_the_mean_field_is_the_wiener_filters() -> None:
    smooth = BlurredField(size=16, contrast=0.0)
    shown = smooth.draw_conditions(1, rng=1)["blurred"]
    draws = smooth.sample(640, conditions={"blurred": shown[0]}, rng=2)
    frequency = 2 * np.pi * np.fft.fftfreq(16)
    square = frequency[:, None] ** 2 + frequency**2
    power, transfer = np.exp(-12.5 * square), np.exp(-2 * square)
    power /= power.mean()
    wiener = power * transfer / (power * transfer**2 + 0.3**2)
    expected = np.fft.ifft2(wiener * np.fft.fft2(shown[0])).real
    assert np.abs(draws.mean(0) - expected).max() < 5 * draws.std(0).max() / np.sqrt(640)


def test_pictures_depend_on_seed_and_row_only(generator: BlurredField) -> None:
    whole = generator.draw_conditions(150, rng=1)["blurred"]
    assert np.array_equal(generator.draw_conditions(30, rng=1, start=100)["blurred"], whole[100:130])
    assert generator.draw_conditions(0, rng=1)["blurred"].shape == (0, 24, 24)


def test_pictures_keep_to_the_range_of_the_condition() -> None:
    generator = BlurredField()
    (condition,) = generator.spec.conditions
    shown = generator.draw_conditions(1000, rng=1)["blurred"]
    assert condition.low < 2 * shown.min()
    assert shown.max() < 0.8 * condition.high
