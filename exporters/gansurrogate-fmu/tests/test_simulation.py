"""The unit in FMPy: its outputs are what Python draws, bit for bit."""

from pathlib import Path

import fmpy
import numpy as np
import pytest
from fmpy.fmi2 import FMU2Slave, fmi2CallbackFunctions, fmi2CallbackLoggerTYPE
from fmpy.validation import validate_fmu

import gansurrogate as gs

STEP, SAMPLES = 1e-6, 16  # of golden's time [s]
KINDS = {"a": 1, "b": 2, "c": 3}  # FMI counts levels from 1


def simulate(folder: Path, names: list[str], step: float = STEP, stop: float | None = None, **start: object):
    """Times, and an array of shape (outputs, times)."""
    result = fmpy.simulate_fmu(str(folder), start_values=start, output=names, output_interval=step, stop_time=stop)
    return result["time"], np.array([result[name] for name in names])


def opened(folder: Path, messages: list[str] | None = None) -> FMU2Slave:
    """A unit as a host that does everything itself opens it; `messages` collects what the unit says."""
    description = fmpy.read_model_description(str(folder))
    identifier = description.coSimulation.modelIdentifier
    unit = FMU2Slave(guid=description.guid, unzipDirectory=str(folder), modelIdentifier=identifier, instanceName="unit")
    callbacks = fmi2CallbackFunctions()
    said = [] if messages is None else messages
    callbacks.logger = fmi2CallbackLoggerTYPE(lambda *arguments: said.append(arguments[-1].decode()))
    unit.instantiate(callbacks=callbacks)
    return unit


def references(folder: Path) -> dict[str, int]:
    return {v.name: v.valueReference for v in fmpy.read_model_description(str(folder)).modelVariables}


def started(unit: FMU2Slave, at: float = 0.0) -> FMU2Slave:
    unit.setupExperiment(startTime=at)
    unit.enterInitializationMode()
    unit.exitInitializationMode()
    return unit


@pytest.mark.parametrize("name", ["golden", "fields", "text"])
def test_fmpy_finds_the_description_sound(unit, name: str) -> None:
    assert validate_fmu(str(unit(name))) == []


@pytest.mark.parametrize(
    ("seed", "row", "energy", "kind"), [(0, 0, 10.0, "a"), (7, 123_456, 41.5, "c"), (-(2**31), 2**31 - 1, 500.0, "b")]
)
def test_outputs_are_the_row_that_python_draws(unit, golden: gs.Surrogate, seed, row, energy, kind) -> None:
    given = {"seed": seed, "row": row, "energy": energy, "kind": KINDS[kind]}
    time, drawn = simulate(unit("golden"), ["signal[1]", "signal[2]"], **given)
    (expected,) = golden.sample(1, conditions={"energy": energy, "kind": kind}, rng=seed, start=row)
    assert np.allclose(time, golden.spec.coordinates["time"], rtol=1e-12)
    assert np.array_equal(drawn, expected.astype(np.float64))


def test_without_anything_set_it_is_row_0_of_seed_0_in_the_middle_of_the_ranges(unit, golden: gs.Surrogate) -> None:
    _, drawn = simulate(unit("golden"), ["signal[1]", "signal[2]"])
    assert np.array_equal(drawn, golden.sample(1, conditions={"energy": 255, "kind": "a"}, rng=0)[0])


@pytest.mark.parametrize("step", [0.3 * STEP, 0.7 * STEP, 1.7 * STEP])
def test_between_samples_the_last_one_is_held(unit, golden: gs.Surrogate, step: float) -> None:
    time, (drawn,) = simulate(unit("golden"), ["signal[1]"], step, stop=15 * STEP, seed=5)
    held = np.floor(time / STEP + 1e-6).astype(int)
    assert len(set(held)) > 7
    expected = golden.sample(1, conditions={"energy": 255, "kind": "a"}, rng=5)[0, 0]
    assert np.array_equal(drawn, expected[held])


def test_after_the_end_the_last_sample_is_held_or_the_next_row_begins(unit, golden: gs.Surrogate) -> None:
    stop = (3 * SAMPLES - 1) * STEP
    rows = golden.sample(3, conditions={"energy": 255, "kind": "a"}, rng=0, start=8)[:, 1]
    _, (held,) = simulate(unit("golden"), ["signal[2]"], stop=stop, row=8)
    assert np.array_equal(held, np.concatenate([rows[0], np.full(2 * SAMPLES, rows[0, -1])]))
    _, (repeated,) = simulate(unit("golden"), ["signal[2]"], stop=stop, row=8, repeat=True)
    assert np.array_equal(repeated, rows.ravel())


def test_the_signal_begins_when_the_simulation_begins(unit, golden: gs.Surrogate) -> None:
    host = started(opened(unit("golden")), at=3.0)
    host.doStep(3.0, 4 * STEP)
    expected = golden.sample(1, conditions={"energy": 255, "kind": "a"}, rng=0)[0, 0]
    assert host.getReal([5]) == [expected[4]]
    host.freeInstance()


def test_two_instances_reset_and_parameters_changed_on_the_way(unit, golden: gs.Surrogate) -> None:
    names = references(unit("golden"))
    expected = golden.sample(3, conditions={"energy": 255, "kind": "a"}, rng=0)[:, 0]
    other = golden.sample(1, conditions={"energy": 20, "kind": "b"}, rng=9)[0, 0]
    one, two = opened(unit("golden")), opened(unit("golden"))
    two.setInteger([names["row"]], [2])
    started(one), started(two)
    for k in range(1, SAMPLES):
        for host, row in ((one, expected[0]), (two, expected[2])):
            host.doStep((k - 1) * STEP, STEP)
            assert host.getReal([names["signal[1]"]]) == [row[k]]
    one.setInteger([names["seed"], names["kind"]], [9, KINDS["b"]])
    one.setReal([names["energy"]], [20])
    assert one.getReal([names["signal[1]"], names["energy"]]) == [other[-1], 20]
    assert two.getReal([names["signal[1]"]]) == [expected[2, -1]]
    one.reset()
    assert one.getInteger([names["seed"], names["row"], names["kind"]]) == [0, 0, 1]
    started(one)
    one.doStep(0, STEP)
    assert one.getReal([names["signal[1]"]]) == [expected[0, 1]]
    one.freeInstance(), two.freeInstance()


def test_a_host_can_go_back_to_a_state(unit, golden: gs.Surrogate) -> None:
    host = started(opened(unit("golden")))
    host.doStep(0, 2 * STEP)
    kept, before = host.getFMUstate(), host.getReal([5, 6])
    written = host.serializeFMUstate(kept)
    host.setInteger([0], [77])
    host.doStep(2 * STEP, 5 * STEP)
    assert host.getReal([5, 6]) != before
    host.setFMUstate(kept)
    assert host.getReal([5, 6]) == before
    host.freeFMUstate(kept)
    host.setInteger([0], [77])
    again = host.deSerializeFMUstate(written)
    host.setFMUstate(again)
    assert (host.getReal([5, 6]), host.getInteger([0])) == (before, [0])
    host.freeFMUstate(again)
    host.freeInstance()


@pytest.mark.parametrize(
    ("kind", "reference", "value", "message"),
    [
        ("Real", 3, 9.0, "energy is 9, outside its range; expected energy in [10, 500] keV"),
        ("Real", 3, 500.1, "energy is 500.1, outside its range"),
        ("Real", 3, float("nan"), "energy is nan, outside its range"),
        ("Integer", 4, 0, "kind has no level 0; expected 1 (a), 2 (b), 3 (c)"),
        ("Integer", 1, -1, "row is -1; rows begin at 0"),
        ("Real", 4, 1.0, "kind is set as Integer"),
        ("Real", 5, 1.0, "no Real with value reference 5 can be set"),
    ],
)
def test_bad_parameters_are_errors_with_a_message(unit, golden: gs.Surrogate, kind, reference, value, message) -> None:
    messages: list[str] = []
    host = started(opened(unit("golden"), messages))
    before = host.getReal([5])
    with pytest.raises(fmpy.fmi1.FMICallException):
        getattr(host, f"set{kind}")([reference], [value])
    assert message in messages[-1]
    assert host.getReal([5]) == before  # the refused value left nothing behind
    host.freeInstance()


def test_an_array_condition_is_a_row_of_scalars(unit, file) -> None:
    """Also over millimetres: the last axis is played, half a millimetre in half a second."""
    surrogate = gs.load(file("fields"), device="cpu")
    field = np.random.default_rng(0).random((6, 8), np.float32)
    mask = np.array(["in", "out"] * 3)
    given = {f"blurred[{i + 1},{j + 1}]": field[i, j] for i in range(6) for j in range(8)}
    given |= {f"mask[{i + 1}]": {"out": 1, "in": 2}[level] for i, level in enumerate(mask)}
    names = [f"signal[{i + 1}]" for i in range(6)]
    time, drawn = simulate(unit("fields"), names, 0.5, seed=3, row=11, gain=2.5, **given)
    expected = surrogate.sample(1, conditions={"blurred": field, "mask": mask, "gain": 2.5}, rng=3, start=11)[0]
    assert np.allclose(time, np.arange(8) / 2)
    assert np.array_equal(drawn, expected)


def test_tokens_are_integers(unit, file) -> None:
    surrogate = gs.load(file("text"), device="cpu")
    levels = {level: number for number, level in enumerate(surrogate.spec.conditions[0].levels, 1)}
    given = {"prefix[1]": levels["you"], "prefix[2]": levels["like"]}
    _, (drawn,) = simulate(unit("text"), ["signal"], 1.0, seed=1, row=4, **given)
    prefix = ["you", "like", "any", "any", "any"]
    assert np.array_equal(drawn, surrogate.sample(1, conditions={"prefix": prefix}, rng=1, start=4)[0])
