"""Figures of signals beside what numpy says of known ones."""

import numpy as np

from gansurrogate.guarding.features import describe


def test_moments_extremes_and_parts_of_a_ramp():
    ramp = np.arange(64, dtype=np.float32)[None]
    finite, mean, spread, skewness, kurtosis, least, most = describe(ramp)[0, :7]
    assert (finite, mean, least, most) == (1, 31.5, 0, 63)
    np.testing.assert_allclose([spread, skewness, kurtosis], [np.log(ramp.std()), 0, 1.799], atol=1e-3)
    np.testing.assert_allclose(describe(ramp)[0, 9:17], 3.5 + 8 * np.arange(8))


def test_the_octave_of_a_sine_holds_its_power():
    time = np.arange(128) / 128
    for octave, frequency in enumerate([1, 3, 5, 11, 20, 50]):
        bands = describe(np.sin(2 * np.pi * frequency * time)[None].astype(np.float32))[0, -7:]
        assert bands.argmax() == octave


def test_channels_fields_short_signals_and_values_that_are_no_numbers():
    for shape in ((1,), (2,), (3,), (2, 16), (6, 8), (2, 3, 5)):
        signals = np.random.default_rng(0).standard_normal((4, *shape)).astype(np.float32)
        signals[0, ..., -1] = np.nan
        signals[1] = np.float32(3e38)
        figures = describe(signals)
        assert figures.shape == (4, describe(signals[:1]).shape[1])
        assert np.isfinite(figures).all()
        assert figures[0, 0] < 1


def test_of_tokens_frequencies_and_repetitions():
    figures = describe(np.array([[0, 0, 2, 2], [1, 2, 1, 2]]), tokens=3)
    np.testing.assert_array_equal(figures, [[0.5, 0, 0.5, 0.5], [0, 0.5, 0.5, 0]])
