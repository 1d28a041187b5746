"""An export that fails says why and leaves nothing behind."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from gansurrogate_onnx import export
from torch import Tensor

import gansurrogate as gs
from gansurrogate.errors import ExportError, OutputError
from gansurrogate.plugins import exporter
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.default.basis import BasisGenerator

SPEC = gs.SignalSpec((20,))


class Unfaithful(BasisGenerator):
    """Computes something else while it is being exported."""

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        signal = super().forward(latent, *conditions)
        return signal * 1.01 if torch.compiler.is_compiling() else signal


class Unexportable(BasisGenerator):
    """Takes a path that depends on the values."""

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        signal = super().forward(latent, *conditions)
        return signal if signal.sum() > 0 else -signal


class Together(BasisGenerator):
    """Centres the signals of one call: a row depends on its neighbours."""

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        signal = super().forward(latent, *conditions)
        return signal - signal.mean(0)


@pytest.fixture
def trained(untrained) -> TrainedGenerator:
    return untrained(SPEC)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_network_that_gives_no_numbers_is_not_exported(
    trained: TrainedGenerator, value: float, tmp_path: Path
) -> None:
    trained.network.noise.log_scale.fill_(value)
    with pytest.raises(ExportError, match=r"NaN|finite"):
        export(trained, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_differs_from_pytorch_is_not_kept(trained: TrainedGenerator, tmp_path: Path) -> None:
    trained.network.__class__ = Unfaithful
    with pytest.raises(ExportError, match=r"differs from PyTorch by [\d.]+ standard deviations at N = 257"):
        export(trained, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_treats_rows_together_is_not_kept(trained: TrainedGenerator, tmp_path: Path) -> None:
    trained.network.__class__ = Together
    with pytest.raises(ExportError, match="rows depend on how they are cut"):
        export(trained, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_pytorch_cannot_export_is_named_as_the_cause(trained: TrainedGenerator, tmp_path: Path) -> None:
    trained.network.__class__ = Unexportable
    with pytest.raises(ExportError, match=r"cannot export the network: [^\n]+$"):
        export(trained, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_keeps_the_file_that_was_there(trained: TrainedGenerator, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"the old one")
    trained.network.__class__ = Unfaithful
    with pytest.raises(ExportError):
        export(trained, path)
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", ["missing/model.onnx", ".", "file/model.onnx"])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    trained: TrainedGenerator, path: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    trained.network.__class__ = Unexportable  # would fail later
    with pytest.raises(OutputError, match="cannot write"):
        export(trained, tmp_path / path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_the_exporter_onnx_writes_a_file_and_nothing_on_stdout(
    trained: TrainedGenerator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"an old one")
    written = exporter("onnx")(trained, path, name="renamed", version="2")
    assert capfd.readouterr().out == ""
    loaded = gs.load(path, device="cpu")
    assert loaded.manifest == written
    assert (loaded.manifest.name, loaded.manifest.version) == ("renamed", "2")
    assert np.isfinite(loaded.sample(3, rng=1)).all()
    assert exporter("onnx") is export
    assert onnx.load(path).producer_name == "gansurrogate"
