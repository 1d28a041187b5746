"""`evaluate --with`: labelled images of an IDX file, read by a LeNet and judged by CaloChallenge's classifier."""

import json
import struct
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from gansurrogate_onnx import export
from torch import Tensor

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.fidelity import calochallenge
from gansurrogate.latent import Latent
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.trained import TrainedGenerator

SIDE, N = 12, 300
LABEL = gs.Condition("label", levels=(0, 1, 2))


def bars(places: list[int]) -> np.ndarray:
    """Dark images, each with a bright bar two rows high at one of `places`: (len(places), 12, 12)."""
    rows = np.arange(SIDE) - np.array(places)[:, None]
    return np.where((rows == 0) | (rows == 1), 180.0, 40.0)[:, :, None] * np.ones(SIDE)


class Bars(GeneratorNetwork):
    """Bars under noise; the bar of label 2 is where that of label 1 belongs."""

    templates: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.latents = (Latent("normal", SIDE * SIDE),)
        self.register_buffer("templates", torch.from_numpy(bars([1, 5, 5])).float().flatten(1))

    def forward(self, latent: Tensor, label: Tensor) -> Tensor:
        """Images (n, 12, 12)."""
        chosen = torch.stack([label == level for level in range(3)], 1).float()
        return (chosen @ self.templates + 15 * latent).reshape(-1, SIDE, SIDE)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Bars at three places, with their labels in a file beside them."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, N)
    pictures = bars([1, 5, 9])[labels] + 15 * random.standard_normal((N, SIDE, SIDE))
    for name, values in (("images-idx3-ubyte", pictures), ("labels-idx1-ubyte", labels)):
        array = values.round().clip(0, 255).astype(np.uint8)
        header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (tmp_path / name).write_bytes(header + array.tobytes())
    return tmp_path / "images-idx3-ubyte"


def test_a_class_that_is_drawn_as_another_is_seen_by_both(
    images: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    export(TrainedGenerator("bars", gs.SignalSpec((SIDE, SIDE), conditions=(LABEL,)), Bars(), {}), "bars.onnx")
    # The challenge's width and epochs would take minutes.
    small = partial(calochallenge.calochallenge, width=64, epochs=10)
    monkeypatch.setattr(calochallenge, "calochallenge", small)
    command = [
        "evaluate",
        "bars.onnx",
        "--against",
        str(images),
        "--with",
        "lenet",
        "--with",
        "calochallenge",
        "--json",
    ]
    assert run(command) == 0
    figures = {figure["name"]: figure for figure in json.loads(capsys.readouterr().out)["fidelity"]}
    assert figures["read_as_asked"]["floor"] > 0.95
    low, high = figures["read_as_asked"]["interval"]
    assert low < 2 / 3 < high < 0.8
    assert figures["lenet_fid"]["value"] > 3 * figures["lenet_fid"]["floor"]
    assert figures["class_divergence"]["value"] > 0.3 > 0.05 > figures["class_divergence"]["floor"]
    # The best possible: a third of the real ones is never met among the others, and what is left is 1 : 1 and 1 : 2.
    assert figures["calochallenge_auc"]["value"] == pytest.approx(1 / 3 + 5 / 18 + 1 / 9, abs=0.12)
    assert figures["calochallenge_auc"]["floor"] < 0.6
    assert figures["panel_auc"]["value"] >= figures["calochallenge_auc"]["value"]
