"""Ctrl-C and SIGTERM: exit code 130, nothing half-written, and a way to go on."""

import shlex
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run

BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)


def interrupted(process: subprocess.Popen[str], number: signal.Signals, after: str, writing: bool = False) -> str:
    """Send a signal once `process` has said `after` on stderr, and is `writing`; all that it says."""
    said = ""
    for line in process.stderr:
        said += line
        if after in line:
            break
    while writing and not list(Path().glob(".*.part")) and process.poll() is None:
        pass
    process.send_signal(number)
    said += process.stderr.read()
    assert process.stdout.read() == ""
    assert "Traceback" not in said
    assert process.wait() == 130, said
    return said


def test_an_interrupted_training_prints_the_command_that_goes_on_with_it(start, pulses: Path, recipe: str) -> None:
    model = "my models/pulses.onnx"
    Path("my models").mkdir()
    command = ("train", pulses, "--recipe", recipe, "--steps", 4000, "--run", "my run", "-o", model)
    said = interrupted(start(*command), signal.SIGINT, after="step")
    assert list(Path("my models").iterdir()) == []
    assert not list(Path("my run").glob("*.part"))
    # Here the rest is cut short, or it would take seconds.
    config = Path("my run", "run.json")
    config.write_text(config.read_text().replace('"steps": 4000', '"steps": 100'))
    program, *again = shlex.split(said.partition("to go on: ")[2].splitlines()[0])
    assert program == "gansurrogate"
    assert run(again) == 0
    assert gs.load(model).manifest.training["steps"] >= 100


def test_a_training_ended_by_the_scheduler_is_saved_too(start, pulses: Path, recipe: str) -> None:
    command = ("train", pulses, "--recipe", recipe, "--steps", 10**6, "-o", "pulses.onnx")
    said = interrupted(start(*command), signal.SIGTERM, after="step")
    assert "to go on: gansurrogate train" in said
    assert Path("runs/pulses-1/checkpoint.pt").is_file()
    assert not Path("pulses.onnx").exists()


def test_a_killed_training_goes_on_to_the_signals_of_an_uninterrupted_one(start, pulses: Path, recipe: str) -> None:
    command = ["train", str(pulses), "--recipe", recipe, "--steps", "200"]
    assert run([*command, "--run", "whole", "-o", "whole.onnx"]) == 0
    process = start(*command, "--run", "killed", "-o", "killed.onnx")
    while not Path("killed", "checkpoint.pt").exists():  # half of the steps are done
        assert process.poll() is None
    process.kill()
    process.wait()
    assert run(["train", str(pulses), "--resume", "--run", "killed", "-o", "killed.onnx"]) == 0
    whole, killed = gs.load("whole.onnx"), gs.load("killed.onnx")
    given = whole.draw_conditions(20, rng=1)
    signals = [surrogate.sample(20, conditions=given, rng=1) for surrogate in (whole, killed)]
    np.testing.assert_array_equal(*signals, strict=True)


@BOTH
@pytest.mark.parametrize("model", ["plain", "golden"])  # without and with conditions
def test_an_interrupted_sampling_into_npz_leaves_no_file(
    start, request: pytest.FixtureRequest, model: str, number: signal.Signals
) -> None:
    process = start("sample", request.getfixturevalue(model), "-n", 10**11, "-o", "signals.npz")
    assert "interrupted" in interrupted(process, number, after="seed")
    assert list(Path().iterdir()) == []


@BOTH
def test_an_interrupted_simulation_leaves_the_old_file(start, number: signal.Signals) -> None:
    np.save("real.npy", np.arange(3))
    process = start("simulate", "noisy-sine", "-n", 10**8, "-o", "real.npy")
    assert "interrupted" in interrupted(process, number, after="seed", writing=True)
    assert [path.name for path in Path().iterdir()] == ["real.npy"]
    assert np.load("real.npy").tolist() == [0, 1, 2]
