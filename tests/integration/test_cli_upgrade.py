"""`gansurrogate upgrade`: older files become new ones, and it says what that means."""

import json
import shutil
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.surrogate_file import read_manifest

OLD = Path(__file__).parents[1] / "runtime" / "data" / "golden-0.1.0.onnx"
GIVEN = {"energy": 20.0, "kind": "b"}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(OLD, "model.onnx"))


def test_an_old_file_is_replaced_and_told_from_a_new_one(model: Path, capsys: Capture) -> None:
    assert run(["upgrade", "model.onnx"]) == 0
    said = capsys.readouterr()
    assert "model.onnx: from schema 1 to 2\n  graph_sha256: " in said.err
    assert said.out == ""
    assert read_manifest(model).schema == 2
    assert (gs.load(model).sample(9, conditions=GIVEN, rng=1) == gs.load(OLD).sample(9, conditions=GIVEN, rng=1)).all()
    before = model.read_bytes()
    assert run(["upgrade", "model.onnx"]) == 0
    assert "nothing to upgrade" in capsys.readouterr().err
    assert model.read_bytes() == before


def test_json_says_from_where_to_where_and_what_is_void(model: Path, capsys: Capture) -> None:
    Path("new.onnx.sig").write_text("{}")
    assert run(["upgrade", "model.onnx", "-o", "new.onnx", "--json"]) == 0
    said, new = json.loads(capsys.readouterr().out), read_manifest("new.onnx")
    assert (said["from"], said["to"], len(said["changes"]), said["output"]) == (1, 2, 1, "new.onnx")
    assert (said["graph_sha256"], said["file_sha256"]) == (new.graph_sha256, new.file_sha256)
    assert said["void"] == "new.onnx.sig"
    assert model.read_bytes() == OLD.read_bytes()
    assert run(["upgrade", "new.onnx", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["from"], said["changes"], said["void"]) == (2, [], None)


def test_a_void_signature_is_told(model: Path, capsys: Capture) -> None:
    Path("model.onnx.sig").write_text("{}")
    assert run(["upgrade", "model.onnx"]) == 0
    assert "model.onnx.sig is void" in capsys.readouterr().err


def test_what_cannot_be_upgraded_stays_as_it_was(model: Path, capsys: Capture) -> None:
    damaged = OLD.read_bytes().replace(b'"unit":"V"', b'"unit":"A"')
    model.write_bytes(damaged)
    assert run(["upgrade", "model.onnx"]) == 2
    assert "damaged or changed" in capsys.readouterr().err
    assert model.read_bytes() == damaged
    assert run(["upgrade", "model.onnx", "-o", "model.onnx"]) == 2
    assert "give another name" in capsys.readouterr().err


def test_inspect_tells_an_old_file_and_shows_the_hash_of_its_graph(model: Path, capsys: Capture) -> None:
    assert run(["inspect", "model.onnx"]) == 0
    assert "upgrade" in capsys.readouterr().out
    assert run(["inspect", "model.onnx", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["graph_sha256"] == read_manifest(model).graph_sha256
