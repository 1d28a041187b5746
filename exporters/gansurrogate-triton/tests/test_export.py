"""What is written, what is refused, and that neither torch nor onnxruntime is needed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gansurrogate_triton import export

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ArgumentTypeError, OutputError, SurrogateFileError
from gansurrogate.surrogate_file import read_manifest
from gansurrogate.testing import check_exporter

ALONE = """
import sys
for name in ("torch", "onnx", "onnxruntime", "google", "tritonclient"):
    sys.modules[name] = None  # importing it fails
from gansurrogate.cli.app import run
model, folder = sys.argv[1:]
assert run(["export", model, "--to", "triton", "-o", folder, "--option", "instances=2"]) == 0
"""


def test_the_command_writes_a_repository_and_needs_numpy_only(file, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ALONE, file("golden"), tmp_path / "models"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    warmup = {f"models/golden/warmup/{name}" for name in ("0-seed", "1-rows", "2-energy", "3-kind")}
    assert written == {"models/golden/config.pbtxt", "models/golden/1/model.onnx"} | warmup


def test_it_keeps_the_contract_of_exporters(file) -> None:
    check_exporter(export, file("golden"), "models")


def test_the_surrogate_is_unchanged(repository, file) -> None:
    model = repository("golden", version=7)
    served = model / "7" / "model.onnx"
    assert served.read_bytes() == file("golden").read_bytes()
    assert read_manifest(served).file_sha256 == gs.load(file("golden"), device="cpu").manifest.file_sha256


def test_a_signature_goes_along(file, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(file("golden").read_bytes())
    (tmp_path / "model.onnx.sig").write_text("signed")
    export(tmp_path / "model.onnx", tmp_path / "models", version=3)
    assert (tmp_path / "models" / "golden" / "3" / "model.onnx.sig").read_text() == "signed"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "../golden"}, r"a model's name is .* got '../golden'; give another: --option name=NAME"),
        ({"name": ".."}, "a model's name is"),
        ({"name": ""}, "a model's name is"),
        ({"device": "cuda"}, "device is 'cpu' or 'gpu'; got 'cuda'"),
        ({"version": 0}, "version is at least 1; got 0"),
        ({"instances": 1.5}, "instances is a whole number; got 1.5"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(file, tmp_path: Path, options: Any, message: str) -> None:
    with pytest.raises((ArgumentError, ArgumentTypeError), match=message):
        export(file("golden"), tmp_path / "models", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_file_for_cpus_is_not_served_on_cards(file, tmp_path: Path) -> None:
    from dataclasses import replace

    from gansurrogate.surrogate_file import write_manifest

    path = tmp_path / "golden.onnx"
    path.write_bytes(file("golden").read_bytes())
    manifest = read_manifest(path)
    write_manifest(path, replace(manifest, export={**manifest.export, "cpu_only": True}))
    with pytest.raises(ArgumentError, match="exported for CPUs only"):
        export(path, tmp_path / "models", device="gpu")
    assert export(path, tmp_path / "models").export["cpu_only"]


def test_a_repository_that_is_there_stays_as_it_is(repository, file) -> None:
    folder = repository("golden").parent
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(OutputError, match=re.escape(f"cannot write {folder}")):
        export(file("text"), folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_what_fails_half_way_leaves_nothing(file, tmp_path: Path, monkeypatch) -> None:
    written = Path.write_text

    def full(self: Path, *arguments: Any) -> int:
        if self.name == "config.pbtxt":
            raise OSError(28, "No space left on device")
        return written(self, *arguments)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match=r"cannot write .*models: No space left on device; nothing was written"):
        export(file("golden"), tmp_path / "models")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_surrogate_is_refused(tmp_path: Path, file) -> None:
    damaged = bytearray(file("golden").read_bytes())
    damaged[5000] ^= 1
    (tmp_path / "x.onnx").write_bytes(damaged)
    with pytest.raises(SurrogateFileError, match=r"x\.onnx"):
        export(tmp_path / "x.onnx", tmp_path / "models")
