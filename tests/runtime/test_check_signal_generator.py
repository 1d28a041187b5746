"""The check that authors run on their own signal generators: good ones pass, each fault is named."""

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import PluginError
from gansurrogate.testing import check_signal_generator

SPEC = gs.SignalSpec(
    shape=(5,),
    unit="V",
    conditions=(gs.Condition("energy", "keV", low=10, high=500), gs.Condition("kind", levels=("a", "b"))),
)
SET = {"energy": 100.0, "kind": "a"}


class Pulse(gs.SignalGenerator):
    name = "pulse"
    spec = SPEC

    def __init__(self, rows_per_seed=1):
        self.rows_per_seed = rows_per_seed
        self.rows = 0

    def simulate(self, n, rng, *, energy, kind):
        assert energy.shape == kind.shape == (n,)
        assert set(kind.tolist()) <= {"a", "b"}
        self.rows += n
        noise = rng.standard_normal((n, 5))
        return energy[:, None] * np.where(kind == "a", 1, -1)[:, None] + noise


@pytest.mark.parametrize("block", [1, 3, 16, 1000])
def test_the_check_accepts_a_good_signal_generator(block):
    check_signal_generator(Pulse(block))


class GlobalState(Pulse):
    def simulate(self, n, rng, **conditions):
        return np.random.standard_normal((n, 5))  # noqa: NPY002


class FreshEntropy(Pulse):
    def simulate(self, n, rng, **conditions):
        return np.random.default_rng().standard_normal((n, 5))


class OneSeed(Pulse):
    def simulate(self, n, rng, **conditions):
        return np.random.default_rng(1).standard_normal((n, 5))


class DrawsByCondition(Pulse):
    def __init__(self):
        super().__init__(rows_per_seed=8)

    def simulate(self, n, rng, *, energy, kind):
        return np.stack([rng.standard_normal(5 + int(e))[-5:] for e in energy])


class Memory(Pulse):
    def simulate(self, n, rng, **conditions):
        self.rows += n
        return rng.standard_normal((n, 5)) + self.rows


class NotANumber(Pulse):
    def simulate(self, n, rng, **conditions):
        return np.where(rng.random((n, 5)) < 0.5, np.nan, 1)


class WrongShape(Pulse):
    def simulate(self, n, rng, **conditions):
        return rng.standard_normal((n, 4))


class WrongFeatures(Pulse):
    def features(self, signals):
        return {"mean": signals.mean(1), "first": signals[:, :1]}


class NoFeatures(Pulse):
    def features(self, signals):
        return None


class OtherConditions(Pulse):
    def draw_conditions(self, n, *, rng=None, start=0):
        return {"energy": np.full(n, 50.0)}


class NoRowsPerSeed(Pulse):
    def __init__(self):
        super().__init__(rows_per_seed=0)


class Nameless(gs.SignalGenerator):
    spec = SPEC

    def simulate(self, n, rng, **conditions):
        return rng.standard_normal((n, 5))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (GlobalState, "other signals for the same seed"),
        (FreshEntropy, "other signals for the same seed"),
        (Memory, "other signals for the same seed"),
        (OneSeed, "the same signals for another seed"),
        (DrawsByCondition, "depends on how many are drawn, or on the conditions of others"),
        (NotANumber, "gives NaN or infinity"),
        (WrongFeatures, r"feature 'first' of 'pulse' has shape \(8, 1\); expected \(8,\)"),
        (NoFeatures, "features"),
        (OtherConditions, r"draw_conditions\(\) of 'pulse' gives \['energy'\]; the spec has \['energy', 'kind'\]"),
        (NoRowsPerSeed, "rows_per_seed"),
        (Nameless, "Nameless has no 'name'"),
        (WrongShape, r"simulate\(\) of 'pulse' must give numbers of shape"),
    ],
)
def test_the_check_refuses_and_says_why(bad, message):
    with pytest.raises(gs.SurrogateError, match=message):
        check_signal_generator(bad())


def test_the_check_wants_an_instance():
    with pytest.raises(PluginError, match="not an instance"):
        check_signal_generator(Pulse)
