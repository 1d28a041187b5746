"""An autoencoder from the command line to a host that scores anomalies without torch."""

import json
import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run

RECIPE = """
base = "autoencoder"
codes = 2
width = 32
batch_size = 64
checks = 1
steps = 500
"""
HOST = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ("torch", "onnx", "onnxscript", "typer", "rich", "gansurrogate_onnx"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import numpy as np
import gansurrogate as gs
from gansurrogate.fidelity import anomaly_score, anomaly_threshold
given = np.load("given.npz")
x, conditions = given["signals"], {"energy": given["energy"], "kind": given["kind"].tolist()}
parts = ("-encoder", "-decoder", "-reconstruction", "")
encoder, decoder, both, drawn = (gs.load(f"pulses{part}.onnx") for part in parts)
for surrogate in (encoder, decoder, both, drawn):
    surrogate.self_test()
codes = encoder.sample(len(x), conditions={**conditions, "recording": x}, rng=1, domain="ignore")
np.savez(
    "host.npz",
    codes=codes,
    decoded=decoder.sample(len(x), conditions={**conditions, "codes": codes}, rng=2, domain="ignore"),
    reconstruction=both.sample(len(x), conditions={**conditions, "recording": x}, rng=3, domain="ignore"),
    scores=anomaly_score(both, x, conditions),
    threshold=anomaly_threshold(both),
    drawn=drawn.sample(len(x), conditions=conditions, rng=4),
)
"""


def test_an_autoencoder_is_four_files_that_work_without_torch(pulses: Path, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(RECIPE)
    assert run(["train", str(pulses), "--recipe", "small.toml", "--run", "run", "-o", "pulses.onnx"]) == 0
    assert {path.name for path in Path().glob("*.onnx")} == {
        "pulses.onnx", "pulses-encoder.onnx", "pulses-decoder.onnx", "pulses-reconstruction.onnx",
    }  # fmt: skip
    given = dict(np.load(pulses))
    given["signals"][::2, 12] += 3  # every other one is corrupted
    np.savez("given.npz", **given)
    done = subprocess.run([sys.executable, "-c", HOST], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    host = np.load("host.npz")
    assert host["codes"].shape == (300, 2)
    np.testing.assert_allclose(host["decoded"], host["reconstruction"], atol=1e-5)
    assert (host["scores"][::2] > host["threshold"]).mean() > 0.9
    assert (host["scores"][1::2] > host["threshold"]).mean() < 0.1
    up = given["kind"] == "up"
    assert host["drawn"][up, 8].mean() > 0 > host["drawn"][~up, 8].mean()

    manifest = gs.load("pulses-reconstruction.onnx").manifest
    figures = manifest.fidelity
    assert figures["reconstruction_rms"]["value"] < figures["pca_rms"]["value"]
    assert manifest.spec.conditions[-1].shape == manifest.spec.shape == (24,)
    assert manifest.training["anomaly"]["training_error"] < 1.5 * figures["reconstruction_rms"]["value"]


def test_codes_are_counted_on_the_command_line(pulses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["codes", str(pulses), "--up-to", "2", "--steps", "20", "-o", "codes.png", "--json"]
    assert run(command) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["codes"] == [1, 2]
    assert len(result["autoencoder"]) == len(result["pca"]) == 2
    assert matplotlib.image.imread("codes.png").std() > 0.01


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--share", "1.5"], "--share is a number between 0 and 1"),
        (["--up-to", "0"], "--up-to"),
        (["--recipe", "default"], "the recipe 'default' makes none"),
        (["--window", "5"], "noisy-sine is a signal generator"),
    ],
)
def test_wrong_options_of_codes_are_told(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["codes", "noisy-sine", *options]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
