"""A simulator that knows more than the golden surrogate was trained on."""

import threading

import numpy as np
import pytest

import gansurrogate as gs

KINDS = ("a", "b", "c", "d")
NARROW = (gs.Condition("energy", unit="keV", low=10, high=500), gs.Condition("kind", levels=KINDS[:3]))
WIDE = (gs.Condition("energy", unit="keV", low=1, high=1000), gs.Condition("kind", levels=KINDS))


class Physics(gs.SignalGenerator):
    """A signal of the golden surrogate's kind: a level that rises with the energy, under noise."""

    name = "physics"

    def __init__(self, conditions=WIDE, rows_per_seed=1, noise=1.0, slope=0.0, shape=(2, 16), unit="V"):
        self.spec = gs.SignalSpec(shape=shape, unit=unit, sampling_rate=1e6, conditions=conditions)
        self.rows_per_seed, self.noise, self.slope = rows_per_seed, noise, slope
        self.calls, self.threads = [], set()

    def simulate(self, n, rng, *, energy, kind):
        self.calls.append(n)
        self.threads.add(threading.current_thread().name)
        level = (energy / 100 + np.char.equal(kind, "b") + self.slope * (energy - 255) / 245).reshape(n, 1, 1)
        return level + self.noise * rng.standard_normal((n, *self.spec.shape))


class Held(Physics):
    """In any thread but the host's it waits until it is released."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.begun, self.released = threading.Event(), threading.Event()

    def simulate(self, n, rng, **conditions):
        if threading.current_thread() is not threading.main_thread():
            self.begun.set()
            assert self.released.wait(60)
        return super().simulate(n, rng, **conditions)


@pytest.fixture
def physics():
    return Physics


@pytest.fixture
def held():
    return Held


@pytest.fixture
def narrow():
    """The conditions of the golden surrogate; `Physics` has wider ones."""
    return NARROW
