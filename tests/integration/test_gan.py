"""A classical GAN, from the command line to a host program that has no torch."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.plugins import exporter
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.gan.networks import Generator
from gansurrogate.train.gan.recipe import OBJECTIVE

RECIPE = """
base = "mlp-gan-1"
latent_size = 3
generator_widths = [64, 64]
discriminator_widths = [64, 64]
learning_rate = 1e-3
checks = 1
steps = 600
"""
HOST = """
import json, sys
for heavy in ("torch", "onnx", "onnxscript", "scipy", "sklearn", "matplotlib", "typer", "rich", "gansurrogate_onnx"):
    sys.modules[heavy] = None
import numpy as np
import gansurrogate as gs
surrogate = gs.load("pulses.onnx")
surrogate.self_test()
np.save("host.npy", surrogate.sample(1000, conditions=json.loads(sys.argv[1]), rng=7))
"""


def test_a_gan_with_conditions_is_trained_for_its_recipes_steps_and_sampled_without_torch(
    pulses: Path, tmp_path: Path
) -> None:
    (tmp_path / "gan.toml").write_text(RECIPE)
    assert run(["train", str(pulses), "--recipe", "gan.toml", "--run", "run", "-o", "pulses.onnx"]) == 0
    assert gs.load("pulses.onnx").manifest.training["steps"] == 600
    for name in ("signals.png", "gallery.png", "progress.gif", "curves.png"):
        assert (tmp_path / "run" / name).stat().st_size > 1000
    given = {"energy": np.linspace(1.5, 4.5, 1000).tolist(), "kind": ["down", "up"] * 500}
    done = subprocess.run([sys.executable, "-c", HOST, json.dumps(given)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    drawn = np.load("host.npy")
    assert drawn[1::2, 8].mean() > 0.5 > -0.5 > drawn[::2, 8].mean()
    assert np.corrcoef(np.abs(drawn[:, 8]), given["energy"])[0, 1] > 0.5


def test_signals_of_one_value_are_exported(tmp_path: Path) -> None:
    torch.manual_seed(0)
    trained = TrainedGenerator("value", gs.SignalSpec((1,)), Generator((1,), (), OBJECTIVE, (-3.0, 5.0)))
    exporter("onnx")(trained, tmp_path / "value.onnx", tile=64)
    drawn = gs.load(tmp_path / "value.onnx").sample(200, rng=7)
    np.testing.assert_allclose(drawn, trained.rows(7, range(200)), atol=1e-4)
    assert drawn.shape == (200, 1)
    assert drawn.std() > 0
