"""Training on files of recordings: the options of the command line reach the reader, the manifest and a resumed run."""

from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.cli.reading import read_options
from gansurrogate.errors import ArgumentError

RANDOM = np.random.default_rng(0)


def write_walk() -> None:
    rows = np.column_stack([0.5 * np.arange(400), RANDOM.standard_normal((400, 2)).cumsum(0)])
    np.savetxt("walk.csv", rows, "%.4f", ",", header="time,x [mm],y [mm]", comments="")


def test_windows_of_a_table_too_large_to_be_copied(
    recipe: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gansurrogate.train.run_folder.MOST_BYTES", 0)
    write_walk()
    command = ["train", "walk.csv", "--run", "run", "-o"]
    options = ["--window", "16", "--stride", "2", "--recipe", recipe, "--steps", "10"]
    assert run([*command, "first.onnx", *options]) == 0
    surrogate = gs.load("first.onnx")
    axes = (gs.Axis("channel"), gs.Axis("time", "s", 0.0, 0.5))
    assert surrogate.spec == gs.SignalSpec((2, 16), "mm", 2.0, axes)
    said = surrogate.manifest.training
    assert {name: said[name] for name in ("file", "window", "stride", "channels")} == {
        "file": "walk.csv", "window": 16, "stride": 2, "channels": ["x [mm]", "y [mm]"],
    }  # fmt: skip
    assert surrogate.manifest.name == "walk"

    assert not Path("run/recordings.npz").exists()
    assert run([*command, "again.onnx", "--resume"]) == 0
    np.testing.assert_array_equal(surrogate.sample(5, rng=1), gs.load("again.onnx").sample(5, rng=1), strict=True)
    write_walk()
    assert run([*command, "other.onnx", "--resume"]) == 2
    assert "checkpoint.pt belongs to other recordings" in capsys.readouterr().err


def test_options_become_the_arguments_of_from_file() -> None:
    assert read_options("x.npy", None, None, None, None, False, False) == {}
    assert read_options("x.h5", None, None, "shots/voltage", "energy, kind", False, True) == {
        "dataset": "shots/voltage", "conditions": ["energy", "kind"], "channels_last": True,
    }  # fmt: skip
    assert read_options("x.npy", 16, 2, None, None, True, False) == {"window": 16, "stride": 2, "conditions": []}
    with pytest.raises(ArgumentError, match="give one of them"):
        read_options("x.npy", None, None, None, "energy", True, False)
    with pytest.raises(ArgumentError, match=r"noisy-sine is a signal generator; .*: window"):
        read_options("noisy-sine", 16, None, None, None, False, False)
