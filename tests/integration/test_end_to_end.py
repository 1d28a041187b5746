"""From signals to signals: simulate, train, export, and sample where there is no PyTorch."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.train import Budget, RunFolder, TrainedGenerator, train
from gansurrogate.train.conditions import as_tensors
from gansurrogate.train.recipes import find_recipe

N = 40
# What a host simulation does, on a machine that has nothing but the runtime.
HOST = """
import json, sys
for heavy in ("torch", "onnx", "onnxscript", "scipy", "sklearn", "matplotlib", "typer", "rich", "gansurrogate_onnx"):
    sys.modules[heavy] = None
import numpy as np
import gansurrogate as gs
surrogate = gs.load(sys.argv[1])
surrogate.self_test()
np.save("host.npy", surrogate.sample(int(sys.argv[2]), conditions=json.loads(sys.argv[3]), rng=7))
"""


def trained_by(folder: Path) -> TrainedGenerator:
    """The PyTorch network of a finished run."""
    finished = RunFolder(folder, resume=True)
    config, recipe = finished.config(), find_recipe(str(folder / "recipe.toml"))
    return train(finished.recordings(), finished, recipe=recipe, budget=Budget(steps=config["steps"]),
                 seed=config["seed"])  # fmt: skip


def host_samples(model: str, conditions: dict[str, object]) -> np.ndarray:
    program = [sys.executable, "-c", HOST, model, str(N), json.dumps(conditions)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return np.load("host.npy")


def check_agreement(model: str, conditions: dict[str, list]) -> np.ndarray:
    """The host's signals are those of the trained network."""
    trained = trained_by(Path("run"))
    encoded = trained.spec.encode_conditions(conditions, N)
    expected = trained.rows(7, range(N), as_tensors(trained.spec.conditions, encoded))
    drawn = host_samples(model, conditions)
    np.testing.assert_allclose(drawn, expected, rtol=0, atol=1e-4 * expected.std())
    return drawn


def test_a_signal_generator_becomes_a_file_that_gives_its_signals_anywhere(recipe: str) -> None:
    assert run(["simulate", "noisy-sine", "-n", "300", "--seed", "1", "-o", "real.npz"]) == 0
    assert run(["train", "real.npz", "--recipe", recipe, "--steps", "60", "--run", "run", "-o", "sine.onnx"]) == 0
    drawn = check_agreement("sine.onnx", {})
    spec, real = gs.load("sine.onnx").spec, np.load("real.npz")["signals"]
    assert spec == gs.signal_generator("noisy-sine").spec
    assert drawn.shape == (N, 300)
    assert drawn.mean() == pytest.approx(real.mean(), abs=float(real.std()))


def test_recordings_with_conditions_become_a_surrogate_that_obeys_them(pulses: Path, recipe: str) -> None:
    command = ["train", str(pulses), "--recipe", recipe, "--steps", "1000", "--run", "run", "-o", "pulses.onnx"]
    assert run(command) == 0
    energy = np.linspace(1.1, 4.9, N)
    drawn = check_agreement("pulses.onnx", {"energy": energy.tolist(), "kind": ["down", "up"] * (N // 2)})
    sizes = np.abs(drawn).max(1)
    assert np.corrcoef(sizes, energy)[0, 1] > 0.5
    assert drawn[1::2, 8].mean() > 0 > drawn[::2, 8].mean()
    manifest = gs.load("pulses.onnx").manifest
    assert [c.describe() for c in manifest.spec.conditions][1] == "kind one of down, up"
    assert manifest.training["file"] == "pulses.npz"
    assert str(pulses.parent) not in manifest.to_json()
