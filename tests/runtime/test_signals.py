"""The base class of signal generators: rows of a stream, and the check that authors run on their own."""

import itertools
import logging

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ArgumentTypeError, ConditionError, SpecError

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


@pytest.fixture
def conditions():
    return Pulse().draw_conditions(40, rng=0)


def part(conditions, first, last):
    return {name: values[first:last] for name, values in conditions.items()}


@pytest.mark.parametrize("rows_per_seed", [1, 7])
def test_rows_do_not_depend_on_how_the_stream_is_cut(rows_per_seed, conditions):
    generator = Pulse(rows_per_seed)
    whole = generator.sample(40, conditions=conditions, rng=3)
    assert whole.dtype == np.float32
    assert len(np.unique(whole)) == whole.size
    for first, last in itertools.combinations([0, 1, 6, 7, 8, 20, 21, 39, 40], 2):
        drawn = generator.sample(last - first, conditions=part(conditions, first, last), rng=3, start=first)
        np.testing.assert_array_equal(drawn, whole[first:last])


@pytest.mark.parametrize("rows_per_seed", [1, 7])
def test_rows_of_equal_conditions_are_different_signals(rows_per_seed):
    signals = Pulse(rows_per_seed).sample(40, conditions=SET, rng=3)
    assert len(np.unique(signals)) == signals.size


@pytest.mark.parametrize(("rows_per_seed", "simulated"), [(1, 3), (7, 14)])
def test_only_the_blocks_that_are_asked_for_are_simulated(rows_per_seed, simulated):
    generator = Pulse(rows_per_seed)
    generator.sample(3, conditions=SET, rng=1, start=10**9 - 1)
    assert generator.rows <= simulated


def test_the_last_rows_of_the_stream_can_be_drawn():
    last = Pulse(7).sample(3, conditions=SET, rng=1, start=2**40 - 3)
    np.testing.assert_array_equal(last[2:], Pulse(7).sample(1, conditions=SET, rng=1, start=2**40 - 1))


@pytest.mark.parametrize("rows_per_seed", [1, 7])
def test_seeds_give_different_streams_and_equal_rng_equal_ones(rows_per_seed):
    generator = Pulse(rows_per_seed)
    seeds = [0, 1, -1, 2**63 - 1, -(2**63), 2**32, np.random.SeedSequence(1), np.random.default_rng(1), None]
    drawn = [generator.sample(3, conditions=SET, rng=seed).tobytes() for seed in seeds]
    assert len(set(drawn)) == len(seeds)
    for index, same in ((0, np.int8(0)), (6, np.random.SeedSequence(1)), (7, np.random.default_rng(1))):
        assert generator.sample(3, conditions=SET, rng=same).tobytes() == drawn[index]


def test_no_rows_are_an_empty_array():
    generator = Pulse(7)
    assert generator.sample(0, conditions=SET, rng=1, start=3).shape == (0, 5)
    assert generator.rows == 0


def test_conditions_reach_the_simulator_as_the_user_writes_them():
    signals = Pulse().sample(2, conditions={"energy": [100, 300], "kind": ["a", "b"]}, rng=1)
    np.testing.assert_allclose(signals.mean(1), [100, -300], atol=3)


def test_drawn_conditions_of_a_longer_draw_begin_alike():
    short, long = (Pulse().draw_conditions(n, rng=4) for n in (10, 50))
    for name in SET:
        np.testing.assert_array_equal(short[name], long[name][:10])


@pytest.mark.parametrize(("domain", "mean", "records"), [("warn", 600, 1), ("ignore", 600, 0), ("clip", 500, 0)])
def test_domain_says_what_happens_outside_the_range(caplog, domain, mean, records):
    with caplog.at_level(logging.DEBUG, "gansurrogate"):
        signals = Pulse().sample(2, conditions={**SET, "energy": 600}, rng=1, domain=domain)
    np.testing.assert_allclose(signals.mean(1), mean, atol=3)
    assert [(record.name, record.levelname) for record in caplog.records] == [("gansurrogate", "WARNING")] * records


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"n": -1}, ArgumentError),
        ({"n": 1.5}, ArgumentTypeError),
        ({"start": -1}, ArgumentError),
        ({"start": "0"}, ArgumentTypeError),
        ({"rng": 0.5}, ArgumentTypeError),
        ({"rng": 2**63}, ArgumentError),
        ({"domain": "x"}, ArgumentError),
        ({"conditions": None}, ConditionError),
        ({"conditions": {**SET, "energy": 501}}, ConditionError),
    ],
)
def test_impossible_arguments_are_refused_before_the_simulation(arguments, error):
    generator = Pulse()
    with pytest.raises(error):
        generator.sample(**{"n": 1, "conditions": SET, **arguments})
    assert generator.rows == 0


@pytest.mark.parametrize(
    "returned",
    [np.zeros((1, 6)), np.zeros(5), np.zeros((2, 5)), np.zeros((1, 5), complex), [["text"] * 5], None],
    ids=["length", "no rows", "too many", "complex", "text", "None"],
)
def test_a_simulator_that_returns_something_else_is_named(monkeypatch, returned):
    monkeypatch.setattr(Pulse, "simulate", lambda self, n, rng, **conditions: returned)
    with pytest.raises(SpecError, match=r"simulate\(\) of 'pulse' must give numbers of shape \(1, 5\)"):
        Pulse().sample(1, conditions=SET, rng=1)


def test_the_simulator_cannot_be_forgotten():
    class Nothing(gs.SignalGenerator):
        name, spec = "nothing", SPEC

    with pytest.raises(TypeError, match="simulate"):
        Nothing()


def test_seven_rows_of_a_larger_block_draw_alike_when_conditions_do_not_change_the_draws(conditions):
    generator = Pulse(16)
    other = {name: values.copy() for name, values in conditions.items()}
    other["energy"][20:] = 500
    whole, changed = (generator.sample(40, conditions=given, rng=3) for given in (conditions, other))
    np.testing.assert_array_equal(changed[:20], whole[:20])
    assert not np.array_equal(changed[20:], whole[20:])
