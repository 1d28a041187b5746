"""The sequential test: how seldom it is wrong, and how soon it sees what there is to see."""

from math import comb

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.guarding.drift import DriftTest

CONTINUOUS = (gs.Condition("energy", low=0, high=1), gs.Condition("kind", levels=("a", "b")))


def sine(rng, n, noise=0.3, length=300):
    """Sines of random amplitude, frequency and phase under white noise."""
    amplitude, omega, phase = (rng.uniform(low, high, (n, 1)) for low, high in ((1, 10), (1, 2), (0, 6.28)))
    return amplitude * np.sin(omega * np.linspace(-5, 5, length) + phase) + noise * rng.standard_normal((n, length))


def pairs_until_alarm(test, real, drawn, conditions=None, at_a_time=8):
    """How many pairs it took, or None."""
    for i in range(0, len(real), at_a_time):
        part = slice(i, i + at_a_time)
        if test.add(real[part], drawn[part], {name: v[part] for name, v in (conditions or {}).items()}):
            return i + at_a_time
    return None


def test_false_alarms_are_as_rare_as_promised():
    """Of 300 tests of 120 pairs each, under conditions that the signals depend on."""
    spec, alpha, tests = gs.SignalSpec((16,), conditions=CONTINUOUS), 0.1, 300
    alarms = 0
    for seed in range(tests):
        rng = np.random.default_rng(seed)
        given = spec.encode_conditions(spec.draw_conditions(120, seed), 120)
        level = (3 * given["energy"] + given["kind"])[:, None]
        real, drawn = (level + rng.standard_normal((120, 16)) * (1 + level) for _ in range(2))
        alarms += pairs_until_alarm(DriftTest(spec, alpha, 0.5), real, drawn, given, at_a_time=40) is not None
    most = 0  # what 999 of 1000 experiments stay below, if every test raises an alarm with probability alpha
    while sum(comb(tests, k) * alpha**k * (1 - alpha) ** (tests - k) for k in range(most)) < 0.999:
        most += 1
    assert alarms < most


@pytest.mark.parametrize(("noise", "within"), [(0.33, 200), (1e-9, 60)], ids=["a tenth more noise", "no noise"])
def test_another_noise_is_seen_within_a_stated_number_of_pairs(noise, within):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        test = DriftTest(gs.SignalSpec((300,)), 0.01, 0.6)
        assert pairs_until_alarm(test, sine(rng, 400), sine(rng, 400, noise)) <= within


def test_another_response_to_a_condition_is_seen_though_the_mean_and_spread_are_the_same():
    rng = np.random.default_rng(1)
    spec = gs.SignalSpec((16,), conditions=CONTINUOUS)
    given = spec.encode_conditions(spec.draw_conditions(600, 1), 600)
    level, noise = 0.6 * (2 * given["energy"][:, None] - 1), rng.standard_normal((2, 600, 16))
    real, drawn = level + noise[0], noise[1] - level
    assert pairs_until_alarm(DriftTest(spec, 0.01, 0.5), real, drawn, given) <= 200
    blind = {name: np.zeros_like(v) for name, v in given.items()}
    assert pairs_until_alarm(DriftTest(spec, 0.01, 0.5), real, drawn, blind) is None


def test_a_drift_that_begins_late_is_seen():
    rng = np.random.default_rng(2)
    test = DriftTest(gs.SignalSpec((64,)), 0.01, 0.6)
    assert pairs_until_alarm(test, sine(rng, 1000, length=64), sine(rng, 1000, length=64)) is None
    assert pairs_until_alarm(test, sine(rng, 600, length=64), sine(rng, 600, 0.45, length=64)) <= 300


def test_what_is_tolerated_raises_no_alarm():
    """Of two normal values 0.36 apart in the mean the greater one tells which is which in 60 % of the pairs."""
    rng = np.random.default_rng(3)
    real, drawn = rng.standard_normal((2000, 1)) + 0.36, rng.standard_normal((2000, 1))
    assert 0.57 < (real > drawn).mean() < 0.63
    assert pairs_until_alarm(DriftTest(gs.SignalSpec((1,)), 0.01, 0.65), real, drawn) is None
    assert pairs_until_alarm(DriftTest(gs.SignalSpec((1,)), 0.01, 0.5), real, drawn) is not None


def test_tokens_and_values_that_are_no_numbers():
    rng = np.random.default_rng(4)
    words = gs.SignalSpec((20,), tokens=("i", "you", "they"))
    real, drawn = (rng.choice(3, (300, 20), p=p) for p in ([0.3, 0.3, 0.4], [0.4, 0.3, 0.3]))
    assert pairs_until_alarm(DriftTest(words, 0.01, 0.5), real, drawn) is not None
    broken = rng.standard_normal((100, 16))
    broken[:, 3] = np.nan
    assert pairs_until_alarm(DriftTest(gs.SignalSpec((16,)), 0.01, 0.6), rng.standard_normal((100, 16)), broken) <= 60


def test_signals_that_are_the_same_say_nothing():
    test, signals = DriftTest(gs.SignalSpec((16,)), 0.01, 0.6), np.random.default_rng(5).standard_normal((80, 16))
    assert pairs_until_alarm(test, signals, signals) is None
    assert test.wager.wealth == 1
