"""The double well: where it rests, and what the drive and the kicks do."""

import numpy as np
from gansurrogate_signals import DoubleWell


def test_signals_start_in_either_well() -> None:
    generator = DoubleWell()
    first = generator.sample(2000, conditions=generator.draw_conditions(2000, rng=1), rng=1)[:, 0]
    np.testing.assert_allclose(np.abs(first).mean(), 1, atol=0.01)
    assert 0.46 < (first > 0).mean() < 0.54
    assert abs(np.abs(first).std() - 0.02) < 0.002  # the measurement


def test_a_stronger_drive_crosses_more_often() -> None:
    generator = DoubleWell()
    crossings = [
        generator.features(generator.sample(300, conditions={"force": force, "damping": 0.2}, rng=1))[
            "crossings"
        ].mean()
        for force in (0.1, 0.3, 0.6)
    ]
    assert crossings[0] < crossings[1] < crossings[2]


def test_a_weak_drive_swings_as_the_linear_theory_says() -> None:
    """About a well x = 1 + y: y'' = -damping y' - 2 y + force cos(w t); amplitude force / |2 - w^2 + i damping w|."""
    signals = DoubleWell().sample(2000, conditions={"force": 0.1, "damping": 0.4}, rng=3)
    turning = 2 * np.pi * 5.9 / (256 * 0.12)
    late = slice(128, 256)
    wave = np.exp(1j * turning * 0.12 * np.arange(256))[late]
    inside = signals[(np.sign(signals[:, :1]) == np.sign(signals)).all(1)]
    response = inside[inside[:, 0] > 0].mean(0)[late]
    basis = np.stack([wave.real, wave.imag, np.ones(128)], 1)
    cosine, sine, _ = np.linalg.lstsq(basis, response, rcond=None)[0]
    expected = 0.1 / abs(2 - turning**2 + 0.4j * turning)
    assert abs(np.hypot(cosine, sine) - expected) < 0.25 * expected
