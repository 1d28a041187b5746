"""What is written into a server's folder, what is refused, and how numbers become JSON."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gansurrogate_mlserver import export
from gansurrogate_mlserver.export import Options
from gansurrogate_mlserver.tensors import inputs_of, outputs_of

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.errors import ArgumentError, ExportError, OutputError, SurrogateFileError
from gansurrogate.testing import check_exporter

ALONE = """
import sys
for name in ("torch", "onnx", "onnxruntime", "mlserver", "scipy", "sklearn"):
    sys.modules[name] = None  # importing it fails
from gansurrogate.cli.app import run
model, folder = sys.argv[1:]
assert run(["export", model, "--to", "mlserver", "-o", folder, "--option", "most=7"]) == 0
"""


def test_the_contract_of_exporters_is_kept(file) -> None:
    check_exporter(export, file("golden"), "golden")


def test_the_command_needs_no_server_and_tells_the_folders_size(file, tmp_path: Path) -> None:
    folder = tmp_path / "golden"
    done = subprocess.run(
        [sys.executable, "-c", ALONE, file("golden"), folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert f"golden, {size / 1e6:.1f} MB" in " ".join(done.stderr.split())
    assert sorted(path.name for path in folder.iterdir()) == ["model-settings.json", "settings.json", "surrogate.onnx"]
    assert (folder / "surrogate.onnx").read_bytes() == file("golden").read_bytes()
    settings = json.loads((folder / "model-settings.json").read_text())
    assert settings["name"] == "golden"
    assert settings["parameters"] == {
        "uri": "./surrogate.onnx",
        "version": "1",
        "extra": {"device": "auto", "most": 7},
    }


def test_a_signature_goes_along(file, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(file("golden").read_bytes())
    (tmp_path / "model.onnx.sig").write_text("signed")
    export(model, tmp_path / "served")
    assert (tmp_path / "served" / "surrogate.onnx.sig").read_text() == "signed"


def test_a_folder_that_is_there_is_not_touched(capsys, file, tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "mine").write_text("mine")
    with pytest.raises(OutputError, match="it is a folder; give another name"):
        export(file("golden"), tmp_path / "served")
    assert run(["export", str(file("golden")), "--to", "mlserver", "-o", str(tmp_path / "served")]) == 2
    assert "it is a folder; give another name" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in tmp_path.rglob("*")] == ["served", "mine"]


def test_what_cannot_be_served_is_refused(file, tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_text("not a model")
    with pytest.raises(SurrogateFileError, match=r"x\.onnx"):
        export(tmp_path / "x.onnx", tmp_path / "served")
    for name in ("a/b", "", ".hidden", "ä", 129 * "x"):
        with pytest.raises(ArgumentError, match="a model's name is up to 128"):
            export(file("golden"), tmp_path / "served", name=name)
    with pytest.raises(ArgumentError, match="most is at least 1; got 0"):
        export(file("golden"), tmp_path / "served", most=0)
    with pytest.raises(ExportError, match="the input 'start' is the server's own: train with another name"):
        inputs_of(gs.SignalSpec((3,), conditions=[gs.Condition("start", low=0, high=1)]))
    assert [path.name for path in tmp_path.iterdir()] == ["x.onnx"]


@pytest.mark.parametrize(
    ("shape", "tokens", "most"), [((300,), (), 13981), ((4096, 4096), (), 1), ((64,), "ab", 32768)]
)
def test_a_reply_has_16_megabytes_unless_one_signal_has_more(shape, tokens, most: int) -> None:
    spec = gs.SignalSpec(shape, tokens=tuple(tokens))
    assert Options().most_for(spec) == most
    assert Options(most=5).most_for(spec) == 5


def test_integer_levels_are_integers_and_token_signals_ids() -> None:
    spec = gs.SignalSpec((4,), conditions=[gs.Condition("digit", levels=[3, 5])], tokens=("x", "y"))
    assert [(each.name, each.datatype, each.shape) for each in inputs_of(spec)][3:] == [("digit", "INT64", (-1,))]
    assert [(each.name, each.datatype, each.shape) for each in outputs_of(spec)][:1] == [("signal", "INT64", (-1, 4))]


def test_digits_in_json_make_the_same_float32_again() -> None:
    """The one value whose shortest digits would not, as well."""
    reply = pytest.importorskip("gansurrogate_mlserver.reply", reason="needs mlserver: make hosts")
    assert np.float32(float(str(reply.AMBIGUOUS))) != reply.AMBIGUOUS  # what the exception is for
    tensor = outputs_of(gs.SignalSpec((5,)))[0]
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    random = np.random.default_rng(0).integers(0, 2**32, 100_000, np.uint32).view(np.float32)
    for values in (random[np.isfinite(random)], np.array([reply.AMBIGUOUS, -reply.AMBIGUOUS, 0.1], np.float32)):
        asyncio.run(reply.Reply("model", None, [(tensor, values)])({"type": "http"}, None, send))
        again = np.array(json.loads(sent[-1]["body"])["outputs"][0]["data"], np.float32)
        assert np.array_equal(again, values)
