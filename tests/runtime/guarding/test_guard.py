"""A guarded surrogate gives its own rows where it was trained and the simulator's elsewhere."""

import inspect
import pickle
from itertools import pairwise

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ArgumentTypeError, ConditionError, SpecError

N = 60


@pytest.fixture
def simulator(physics):
    return physics()


@pytest.fixture
def guarded(golden, simulator):
    with gs.guard(golden, simulator, check=0) as guarded:
        yield guarded


@pytest.fixture
def given(simulator):
    """Conditions of which the surrogate covers about a third."""
    return simulator.draw_conditions(N, rng=4)


def covered(given):
    return (given["energy"] >= 10) & (given["energy"] <= 500) & (given["kind"] != "d")


def part(given, rows):
    return {name: values[rows] for name, values in given.items()}


def mean_of_the_host(sampler: gs.Sampler, n: int) -> float:
    """A host program: it takes whatever gives signals."""
    conditions = sampler.draw_conditions(n, rng=3)
    signals = np.concatenate(
        [sampler.sample(n, conditions=conditions, rng=3), sampler.sample(n, conditions=conditions)]
    )
    return float(signals.mean()) if signals.shape[1:] == sampler.spec.shape else np.nan


def test_rows_come_in_order_from_whoever_covers_them(guarded, golden, physics, given):
    signals, inside = guarded.sample(N, conditions=given, rng=5), covered(given)
    assert 10 < inside.sum() < 50
    real = physics().sample(N, conditions=given, rng=5)
    np.testing.assert_array_equal(signals[~inside], real[~inside], strict=True)
    safe = part(given, inside)
    for row, first in zip(np.flatnonzero(inside), range(inside.sum()), strict=True):
        one = golden.sample(1, conditions=part(safe, slice(first, first + 1)), rng=5, start=int(row))
        np.testing.assert_array_equal(signals[row], one[0])


@pytest.mark.parametrize("rows_per_seed", [1, 4, 100])
def test_a_row_depends_on_seed_row_and_its_conditions_only(golden, physics, given, rows_per_seed):
    guarded = gs.guard(golden, physics(rows_per_seed=rows_per_seed), check=0.1)
    whole = guarded.sample(N, conditions=given, rng=6)
    np.testing.assert_array_equal(guarded.sample(5, conditions=part(given, slice(5)), rng=6), whole[:5])
    for cuts in ([0, 1, 2, 30, N], [0, 7, 8, 59, N], [*range(N + 1)]):
        parts = [guarded.sample(b - a, conditions=part(given, slice(a, b)), rng=6, start=a) for a, b in pairwise(cuts)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
    guarded.close()


def test_one_value_for_all_rows(guarded, golden, physics):
    for i in range(5):
        inside, outside = {"energy": 100.0, "kind": "b"}, {"energy": 100.0, "kind": "d"}
        one = golden.sample(2, conditions=inside, rng=1, start=i)
        np.testing.assert_array_equal(guarded.sample(2, conditions=inside, rng=1, start=i), one)
        one = physics().sample(2, conditions=outside, rng=1, start=i)
        np.testing.assert_array_equal(guarded.sample(2, conditions=outside, rng=1, start=i), one)
    assert guarded.report.simulated == 10


def test_what_was_done_is_counted(guarded, given):
    guarded.sample(N, conditions=given, rng=5)
    guarded.sample(10, conditions={"energy": 20, "kind": "a"}, rng=5)
    outside = int((~covered(given)).sum())
    report = guarded.report
    assert (report.rows, report.simulated, report.checked) == (N + 10, outside, 0)
    assert report.share == outside / (N + 10)
    assert f"{outside} ({outside / (N + 10):.2%}) simulated" in str(report)


def test_neighbours_are_simulated_together_and_others_not_at_all(guarded, simulator):
    energy = np.full(40, 100.0)
    energy[[3, 4, 5, 20, 21, 39]] = 700.0
    guarded.sample(40, conditions={"energy": energy, "kind": "a"}, rng=1)
    assert sum(simulator.calls) == 6


def test_a_host_runs_with_the_surrogate_its_simulator_and_the_guard(guarded, golden, simulator):
    wanted = inspect.signature(gs.Sampler.sample).parameters
    for sampler in (golden, simulator, guarded):
        assert isinstance(sampler, gs.Sampler)
        parameters = inspect.signature(sampler.sample).parameters
        assert {name: parameters[name].default for name in wanted if name != "self"} == {
            name: wanted[name].default for name in wanted if name != "self"
        }
        assert np.isfinite(mean_of_the_host(sampler, 50))
    assert not isinstance(np.random.default_rng(), gs.Sampler)


def test_fresh_rows_and_rows_of_a_generator(guarded, given):
    first, second = (guarded.sample(N, conditions=given) for _ in range(2))
    assert not (first == second).any(axis=(1, 2)).any()
    rng, again = np.random.default_rng(1), np.random.default_rng(1)
    for _ in range(2):
        np.testing.assert_array_equal(
            guarded.sample(N, conditions=given, rng=rng), guarded.sample(N, conditions=given, rng=again)
        )


def test_no_rows(guarded):
    assert guarded.sample(0, conditions={"energy": [], "kind": []}, rng=1).shape == (0, 2, 16)
    assert guarded.sample(0, conditions={"energy": 900.0, "kind": "d"}, rng=1).shape == (0, 2, 16)


def test_the_simulators_own_range_holds(guarded, physics):
    beyond = {"energy": 2000.0, "kind": "a"}
    with pytest.raises(ConditionError, match=r"energy in \[1, 1000\] keV"):
        guarded.sample(2, conditions=beyond, rng=1)
    expected = physics().sample(2, conditions={"energy": 1000.0, "kind": "a"}, rng=1)
    np.testing.assert_array_equal(guarded.sample(2, conditions=beyond, rng=1, domain="clip"), expected)
    with pytest.raises(ConditionError, match="missing condition 'kind'"):
        guarded.sample(2, conditions={"energy": 1.0}, rng=1)


def test_array_conditions(fields):
    class Fields(gs.SignalGenerator):
        name, rows_per_seed = "fields", 4
        spec = gs.SignalSpec(
            fields.spec.shape,
            unit=fields.spec.unit,
            axes=fields.spec.axes,
            conditions=[gs.Condition("blurred", low=0, high=2, shape=(6, 8)), *fields.spec.conditions[1:]],
        )

        def simulate(self, n, rng, *, blurred, mask, gain):
            return blurred + gain[:, None, None] * rng.standard_normal((n, 6, 8))

    guarded = gs.guard(fields, Fields(), check=0)
    given = fields.draw_conditions(20, rng=1)
    given["blurred"][[2, 3, 11], 0, 5] = 1.5
    signals = guarded.sample(20, conditions=given, rng=1)
    np.testing.assert_array_equal(signals[[2, 3, 11]], Fields().sample(20, conditions=given, rng=1)[[2, 3, 11]])
    safe = [i for i in range(20) if i not in (2, 3, 11)]
    expected = fields.sample(20, conditions={**given, "blurred": given["blurred"].clip(0, 1)}, rng=1)
    np.testing.assert_array_equal(signals[safe], expected[safe])
    assert guarded.report.simulated == 3


def test_a_copy_in_another_process_counts_anew(golden, physics, given):
    guarded = gs.guard(golden, physics(), check=0.5, tolerance=0.9)
    whole = guarded.sample(N, conditions=given, rng=5)
    guarded.wait()
    copy = pickle.loads(pickle.dumps(guarded))
    assert copy.report.rows == copy.report.checked == 0
    np.testing.assert_array_equal(copy.sample(N, conditions=given, rng=5), whole)
    guarded.close()
    copy.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (2, 17)}, r"differ in shape: \(2, 16\) and \(2, 17\)"),
        ({"unit": "mV"}, "differ in unit: 'V' and 'mV'"),
        ({"conditions": ()}, r"differ in conditions: \['energy', 'kind'\] and \[\]"),
        (
            {"conditions": (gs.Condition("energy", "eV", 10, 500), gs.Condition("kind", levels=("a", "b")))},
            "differ in unit of condition 'energy': 'keV' and 'eV'",
        ),
        (
            {"conditions": (gs.Condition("energy", "keV", 20, 900), gs.Condition("kind", levels=("a", "b", "c")))},
            r"has energy in \[20, 900\] keV, which is less than the surrogate's energy in \[10, 500\] keV",
        ),
        (
            {"conditions": (gs.Condition("energy", "keV", 1, 900), gs.Condition("kind", levels=("a", "b")))},
            "the simulator has kind one of a, b, which is less than the surrogate's kind one of a, b, c",
        ),
        (
            {"conditions": (gs.Condition("energy", "keV", 10, 500), gs.Condition("kind", low=0, high=1))},
            "differ in kind of condition 'kind': 'category' and 'continuous'",
        ),
    ],
)
def test_a_simulator_of_something_else_is_refused(golden, physics, change, message):
    with pytest.raises(SpecError, match=message):
        gs.guard(golden, physics(**change))


@pytest.mark.parametrize(
    "options",
    [
        {"check": 1.5},
        {"false_alarm": 0},
        {"tolerance": 0.4},
        {"on_drift": "shout"},
        {"check": "all"},
        {"tolerance": None},
    ],
)
def test_impossible_options_are_refused(golden, simulator, options):
    with pytest.raises(ArgumentError):
        gs.guard(golden, simulator, **options)


def test_a_path_is_no_surrogate(simulator):
    with pytest.raises(ArgumentTypeError, match="a surrogate and a signal generator, loaded; got str"):
        gs.guard("noisy-sine.onnx", simulator)


def test_the_other_way_round_is_told(golden, simulator):
    with pytest.raises(ArgumentTypeError, match="takes the surrogate first"):
        gs.guard(simulator, golden)
