"""The pulse, and its fit."""

import numpy as np
from gansurrogate_signals import DetectorPulse
from gansurrogate_signals.pulse_fit import fit_pulse, height, pulse
from scipy.stats import kstest


def test_the_height_of_a_pulse_is_its_largest_value() -> None:
    for decay in (8.0, 20.0, 40.0):
        top = pulse(np.linspace(0, 60, 100_001), np.asarray(decay)).max()
        assert abs(height(np.asarray(decay)) - top) < 1e-8


def test_the_fit_finds_what_made_a_pulse() -> None:
    random = np.random.default_rng(0)
    onset, decay, size = random.uniform(40, 220, 200), random.uniform(8, 40, 200), random.uniform(0.5, 2, 200)
    shape = pulse(np.arange(320) - onset[:, None], decay[:, None]) / height(decay)[:, None]
    found, residual = fit_pulse(size[:, None] * shape)
    np.testing.assert_allclose(found["onset"], onset, atol=1e-3)
    np.testing.assert_allclose(found["decay"], decay, rtol=1e-3)
    np.testing.assert_allclose(found["height"], size, rtol=1e-3)
    assert np.abs(residual).max() < 1e-3


def test_pulses_have_the_parameters_of_the_law() -> None:
    generator = DetectorPulse()
    found = generator.features(generator.sample(2000, rng=1))
    assert kstest((found["onset"] - 40) / 180, "uniform").statistic < 0.03
    assert kstest(np.log(found["height"]) / 0.4, "norm").statistic < 0.04
    assert abs(np.exp(np.median(found["noise"])) - 0.05) < 0.0005


def test_height_and_decay_can_be_asked_for() -> None:
    generator = DetectorPulse(conditional=True)
    given = generator.draw_conditions(500, rng=1)
    found = generator.features(generator.sample(500, conditions=given, rng=2))
    assert np.median(np.abs(found["height"] - given["height"])) < 0.03
    assert np.median(np.abs(found["decay"] / given["decay"] - 1)) < 0.06
    assert kstest((found["onset"] - 40) / 180, "uniform").pvalue > 1e-3
