"""The demo, with everything small."""

import json
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.cli import demo
from gansurrogate.cli.app import run


def test_the_demo_trains_samples_without_pytorch_and_judges(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "SIGNALS", 2000)
    monkeypatch.setattr(demo, "JUDGED", 600)
    assert run(["demo", "--minutes", "0.05", "--folder", "shown", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result == json.loads(Path("shown/demo.json").read_text())
    assert result["usd"] == 1000
    assert result["signals_per_second"] > 0
    assert {"trees_auc", "spectral_auc", "conv_auc", "noise_ratio"} <= {f["name"] for f in result["fidelity"]}
    signals = np.load("shown/signals.npy")
    assert signals.shape == (2000, 300)
    np.testing.assert_array_equal(signals[:20], gs.load("shown/noisy-sine.onnx").sample(20, rng=7))
    assert matplotlib.image.imread("shown/real-and-surrogate.png").std() > 0.01
