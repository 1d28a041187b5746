"""What --resume goes on with, and a training whose reader has gone."""

import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run


@pytest.fixture
def finished(pulses: Path, recipe: str) -> Path:
    """A run folder named `run`, of recordings that lie in `pulses.npz`."""
    Path("pulses.npz").write_bytes(pulses.read_bytes())
    assert run(["train", "pulses.npz", "--recipe", recipe, "--steps", "40", "--run", "run", "-o", "first.onnx"]) == 0
    return Path("run")


def test_resuming_a_finished_run_exports_it_again(finished: Path) -> None:
    assert run(["train", "pulses.npz", "--resume", "--run", "run", "-o", "again.onnx"]) == 0
    first, again = gs.load("first.onnx"), gs.load("again.onnx")
    given = first.draw_conditions(20, rng=1)
    np.testing.assert_array_equal(
        first.sample(20, conditions=given, rng=1), again.sample(20, conditions=given, rng=1), strict=True
    )


def test_an_export_that_fails_says_how_to_export_the_training_again(
    pulses: Path, recipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", str(pulses), "--recipe", recipe, "--steps", "40", "-o", "model.onnx", "--option", "gate=2"]
    assert run(command) == 2
    said = capsys.readouterr().err
    _, *again = shlex.split(said.partition("perhaps with other options: ")[2].splitlines()[0])
    assert again[-2:] == ["--option", "gate=2"]
    assert run([*again[:-1], "gate=0.6"]) == 0
    assert gs.load("model.onnx").manifest.training["steps"] == 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["noisy-sine"], "the run in run trains on 'pulses', not on 'noisy-sine'"),
        (["pulses.npz", "--steps", "80"], "leave them out"),
        (["pulses.npz", "--seed", "2"], "leave them out"),
        (["pulses.npz", "--recipe", "default"], "leave them out"),
    ],
)
def test_resuming_something_else_is_refused(
    finished: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", *arguments, "--resume", "--run", "run", "-o", "x.onnx"]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not Path("x.onnx").exists()


def test_training_goes_on_when_nobody_reads_its_progress(start, pulses: Path, recipe: str) -> None:
    process = start("train", pulses, "--recipe", recipe, "--steps", 40, "--run", "run", "-o", "x.onnx",
                    stdout=subprocess.DEVNULL)  # fmt: skip
    assert process.stderr is not None
    process.stderr.readline()
    process.stderr.close()  # as `2>&1 | head -1` does
    assert process.wait(120) == 0
    gs.load("x.onnx").self_test()


def test_simulating_from_the_middle_of_a_seed_simulates_each_group_once(monkeypatch: pytest.MonkeyPatch) -> None:
    noisy_sine = gs.signal_generator("noisy-sine")
    calls: list[int] = []
    simulate = noisy_sine.simulate
    monkeypatch.setattr(noisy_sine, "simulate", lambda n, rng: calls.append(n) or simulate(n, rng))
    assert run(["simulate", "noisy-sine", "-n", "600", "--start", "100", "--seed", "1", "-o", "x.npy"]) == 0
    assert len(calls) == 3  # rows 0 to 767 in groups of 256
    np.testing.assert_array_equal(np.load("x.npy"), noisy_sine.sample(600, rng=1, start=100), strict=True)
