"""A discrete-event model triggers as often as the plain calls and the theory of dead time say."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from gansurrogate_signals import NoisySine

import gansurrogate as gs

RATE, DEAD_TIME, SEED = 1000.0, 2e-3, 7


@pytest.fixture
def program(example: Callable[[str, str], ModuleType]) -> ModuleType:
    return example("simpy_trigger", "simpy")


def by_hand(sampler: gs.Sampler, particles: int, threshold: float) -> int:
    """The triggers without SimPy, from one call of `sample`."""
    peaks = sampler.sample(particles, rng=SEED).max(axis=1)
    now = np.cumsum(np.random.default_rng(SEED).exponential(1 / RATE, particles))
    triggers, free_again = 0, 0.0
    for time, peak in zip(now, peaks, strict=True):
        if time >= free_again and peak > threshold:
            triggers, free_again = triggers + 1, time + DEAD_TIME
    return triggers


@pytest.mark.parametrize("kind", ["surrogate", "guarded", "signal generator"])
def test_the_model_runs_with_either_and_triggers_as_the_plain_calls_say(
    program: ModuleType, sine: Callable[..., Path], kind: str
) -> None:
    surrogate = gs.load(sine(), device="cpu", threads=1)
    simulator = NoisySine()
    simulator.spec = surrogate.spec
    samplers: dict[str, gs.Sampler] = {
        "surrogate": surrogate,
        "guarded": gs.guard(surrogate, simulator, check=0),
        "signal generator": simulator,
    }
    threshold = float(np.median(samplers[kind].sample(500, rng=1).max(axis=1)))
    counter = program.trigger_rate(samplers[kind], RATE, threshold, DEAD_TIME, 0.5, SEED)
    assert 400 < counter.particles < 600
    assert counter.triggers == by_hand(samplers[kind], counter.particles, threshold)


def test_the_rate_is_that_of_a_non_paralysable_counter(program: ModuleType, sine: Callable[..., Path]) -> None:
    """r / (1 + r t), with the rate r of signals that are high enough and the dead time t."""
    surrogate, duration = gs.load(sine(), device="cpu", threads=1), 10.0
    peaks = surrogate.sample(5000, rng=1).max(axis=1)
    threshold = float(np.quantile(peaks, 0.4))
    counter = program.trigger_rate(surrogate, RATE, threshold, DEAD_TIME, duration, SEED)
    expected = 0.6 * RATE / (1 + 0.6 * RATE * DEAD_TIME)
    spread = np.sqrt(expected / duration) / (1 + 0.6 * RATE * DEAD_TIME)  # of the rate of a renewal process
    assert counter.triggers / duration == pytest.approx(expected, abs=4 * spread + 0.02 * expected)
