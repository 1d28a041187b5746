"""The noise against its spectrum."""

import numpy as np
from gansurrogate_signals import ColouredNoise


def test_the_mean_spectrum_is_that_of_the_law() -> None:
    signals = ColouredNoise().sample(4000, rng=1)
    power = (np.abs(np.fft.rfft(signals * np.hanning(320), axis=1)) ** 2).mean(0)
    share = power / power.sum()
    frequency = np.fft.rfftfreq(320, 1e-3)
    assert share[frequency > 365].sum() < 1e-6  # nothing above the highest frequency
    # Half of the power, on average, lies in the band whose centre is uniform on [80, 200] Hz.
    random = np.random.default_rng(0)
    hurst = random.uniform(0.3, 0.95, (4000, 1))
    lines = np.fft.rfftfreq(1024, 1e-3)
    fractional = np.where((lines > 0) & (lines <= 350), np.maximum(lines, lines[1]) ** (1 - 2 * hurst), 0)
    fractional /= fractional.sum(1, keepdims=True)
    above = fractional[:, lines > 210].sum(1).mean()
    assert abs(share[frequency > 210].sum() - 0.5 * above) < 0.02


def test_sizes_are_log_normal_about_one() -> None:
    spread = ColouredNoise().features(ColouredNoise().sample(4000, rng=2))["log_spread0"]
    assert abs(np.median(spread)) < 0.05
    assert 0.3 < spread.std() < 0.4


def test_the_peak_is_found_where_most_power_is() -> None:
    time = np.arange(320) / 1000
    tone = np.sin(2 * np.pi * 150 * time)[None] + 0.1 * np.random.default_rng(0).standard_normal((5, 320))
    np.testing.assert_allclose(ColouredNoise().features(tone.astype("f4"))["peak"], 150, atol=7)
