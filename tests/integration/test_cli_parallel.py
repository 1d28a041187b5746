"""Trainings that use more than one process, and what watches them."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run

COMMAND = Path(sysconfig.get_path("scripts"), "gansurrogate")
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--no-python", "--"]


def log(folder: str) -> list[dict[str, float]]:
    return [json.loads(line) for line in Path(folder, "log.jsonl").read_text().splitlines()]


def test_torchrun_trains_in_two_processes_as_in_one(recipe: str) -> None:
    command = [str(COMMAND), "train", "noisy-sine", "--recipe", recipe, "--steps", "50"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for folder, launch in (("one", []), ("two", TORCHRUN)):
        arguments = [*launch, *command, "--run", folder, "-o", f"{folder}.onnx"]
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("run folder") == 1
    for one, two in zip(log("one"), log("two"), strict=True):
        assert two["generator"] == pytest.approx(one["generator"], rel=1e-3)
    gs.load("two.onnx").self_test()


def test_fresh_signals_are_simulated_in_workers(recipe: str) -> None:
    arguments = ["--recipe", recipe, "--steps", "40", "--workers", "2", "--run", "run", "-o", "sine.onnx"]
    assert run(["train", "noisy-sine", *arguments]) == 0
    training = gs.load("sine.onnx").manifest.training
    assert (training["signals"], training["fresh_signals"]) == (300, 40 * 32)
    assert json.loads(Path("run", "run.json").read_text())["workers"] == 2


def test_workers_are_refused_for_a_file(pulses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", str(pulses), "--workers", "2", "-o", "x.onnx"]) == 2
    assert "is a file of recordings: leave the option out" in " ".join(capsys.readouterr().err.split())


def test_a_missing_gpu_is_refused_before_anything_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "noisy-sine", "--device", "cuda:99", "-o", "x.onnx"]) == 2
    assert "'cuda:99' is asked for" in " ".join(capsys.readouterr().err.split())
    assert not Path("runs").exists()


def test_tensorboard_gets_the_log(recipe: str) -> None:
    pytest.importorskip("tensorboard")
    arguments = ["--recipe", recipe, "--steps", "40", "--tensorboard", "--run", "run", "-o", "sine.onnx"]
    assert run(["train", "noisy-sine", *arguments]) == 0
    assert list(Path("run", "tensorboard").glob("events.*"))
