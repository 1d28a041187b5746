"""Every command's happy path. Results on stdout, remarks on stderr."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run

Capture = pytest.CaptureFixture[str]


def result(capsys: Capture, *arguments: object) -> dict:
    """The JSON that a successful command prints."""
    assert run([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_shows_generators_recipes_and_exporters(capsys: Capture) -> None:
    found = result(capsys, "list")
    sine = next(g for g in found["signal_generators"] if g["name"] == "noisy-sine")
    assert sine["shape"] == [300]
    assert "default" in [recipe["name"] for recipe in found["recipes"]]
    assert found["exporters"] == ["fmu", "mlserver", "onnx", "reduced", "triton", "web", "wheel"]
    assert run(["list"]) == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("noisy-sine", "duffing", "default", "onnx", "0.50 USD"))


def test_plugins_shows_what_each_offers(capsys: Capture) -> None:
    signals = next(p for p in result(capsys, "plugins") if p["name"] == "signals")
    assert (signals["distribution"], signals["error"]) == ("gansurrogate-signals", "")
    assert "duffing" in signals["signal_generators"]
    assert run(["plugins"]) == 0
    assert "gansurrogate-signals" in capsys.readouterr().out


def test_inspect_shows_the_manifest(golden: Path, capsys: Capture) -> None:
    said = result(capsys, "inspect", golden)
    assert said["spec"]["shape"] == [2, 16]
    assert run(["inspect", str(golden)]) == 0
    assert "energy in [10, 500] keV; kind one of a, b, c" in " ".join(capsys.readouterr().out.split())


def test_version_and_help_go_to_stdout(capsys: Capture) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"{gs.__version__}\n"
    for command in ([], ["simulate"], ["train"], ["sample"], ["inspect"], ["doctor"], ["list"], ["plugins"], ["demo"]):
        assert run([*command, "--help"]) == 0
        assert "Usage" in capsys.readouterr().out


def test_simulate_writes_the_rows_of_the_generator(capsys: Capture) -> None:
    said = result(capsys, "simulate", "noisy-sine", "-n", 300, "--seed", 4, "--start", 7, "-o", "real.npy")
    assert said == {"output": "real.npy", "signals": 300, "shape": [300], "seed": 4}
    expected = gs.signal_generator("noisy-sine").sample(300, rng=4, start=7)
    np.testing.assert_array_equal(np.load("real.npy"), expected)


def test_simulate_sets_and_draws_conditions(capsys: Capture) -> None:
    arguments = ("simulate", "duffing", "-n", 3, "--seed", 4, "--condition", "force=1.5", "-o", "real.npz")
    result(capsys, *arguments)
    kept = np.load("real.npz")
    assert kept["force"].tolist() == [1.5] * 3
    assert len(set(kept["damping"].tolist())) == 3
    assert kept["signals"].shape == (3, 200)


def test_sample_writes_the_rows_of_the_surrogate(plain: Path, capsys: Capture) -> None:
    said = result(capsys, "sample", plain, "-n", 700, "--seed", 4, "--start", 9, "-o", "signals.npy")
    assert (said["signals"], said["shape"], said["seed"], said["start"]) == (700, [20], 4, 9)
    drawn = np.load("signals.npy")
    assert drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn, gs.load(plain).sample(700, rng=4, start=9))


def test_sample_sets_conditions_of_both_kinds(golden: Path) -> None:
    given = ["--condition", "energy=20", "--condition", "kind=b"]
    assert run(["sample", str(golden), "-n", "5", "--seed", "1", *given, "-o", "signals.npz"]) == 0
    kept = np.load("signals.npz")
    assert (kept["energy"].tolist(), kept["kind"].tolist()) == ([20] * 5, ["b"] * 5)
    expected = gs.load(golden).sample(5, conditions={"energy": 20, "kind": "b"}, rng=1)
    np.testing.assert_array_equal(kept["signals"], expected)


@pytest.mark.parametrize(("domain", "energy"), [("clip", 500), ("warn", 900), ("ignore", 900)])
def test_sample_answers_conditions_outside_the_range_as_wanted(golden: Path, domain: str, energy: float) -> None:
    given = ["--condition", "energy=900", "--condition", "kind=b", "--domain", domain]
    for output in ("signals.npz", "signals.npy"):
        assert run(["sample", str(golden), "-n", "5", "--seed", "1", *given, "-o", output]) == 0
    kept = np.load("signals.npz")
    assert kept["energy"].tolist() == [energy] * 5
    expected = gs.load(golden).sample(5, conditions={"energy": energy, "kind": "b"}, rng=1, domain="ignore")
    np.testing.assert_array_equal(kept["signals"], expected)
    np.testing.assert_array_equal(np.load("signals.npy"), expected)


def test_parts_by_rows_are_one_run_bit_for_bit(golden: Path) -> None:
    for rows, output in (("100:350", "whole"), ("100:101", "a"), ("101:200", "b"), ("200:350", "c")):
        assert run(["sample", str(golden), "--rows", rows, "--seed", "3", "-o", f"{output}.npz"]) == 0
    whole, *parts = (np.load(f"{name}.npz") for name in ("whole", "a", "b", "c"))
    for name in ("signals", "energy", "kind"):
        joined = np.concatenate([part[name] for part in parts])
        assert joined.tobytes() == whole[name].tobytes()


def test_a_seed_that_was_not_given_is_told_and_repeats_the_run(plain: Path, capsys: Capture) -> None:
    assert run(["sample", str(plain), "-n", "5", "-o", "first.npy"]) == 0
    told = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("seed "))
    assert run(["sample", str(plain), "-n", "5", "--seed", told.split()[1], "-o", "second.npy"]) == 0
    assert Path("first.npy").read_bytes() == Path("second.npy").read_bytes()


def test_train_reports_as_json_and_keeps_stdout_for_it(pulses: Path, recipe: str, capfd: Capture) -> None:
    said = result(capfd, "train", pulses, "--recipe", recipe, "--steps", 30, "-o", "pulses.onnx")
    assert (said["output"], said["run"]) == ("pulses.onnx", "runs/pulses-1")
    assert said["manifest"]["training"]["steps"] == 30
    assert sorted(path.name for path in Path().iterdir()) == ["pulses.onnx", "runs", "tiny.toml"]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_closes_the_pipe_sees_no_traceback(start, golden: Path, form: list[str]) -> None:
    for arguments in (("list",), ("inspect", golden)):
        reader, writer = os.pipe()
        os.close(reader)
        process = start(*arguments, *form, stdout=writer)
        os.close(writer)
        assert process.stderr.read() == ""
        assert process.wait() in (0, -signal.SIGPIPE)  # as `cat` would end
