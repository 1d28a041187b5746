"""What an exported file says of itself, and what it must not say."""

import getpass
import hashlib
import json
import re
import socket
import sys
from pathlib import Path

import onnx
import pytest

import gansurrogate as gs
from gansurrogate.surrogate import load
from gansurrogate.train import TrainedGenerator


@pytest.fixture
def manifest(exported: Path) -> gs.Manifest:
    return load(exported, device="cpu").manifest


def test_the_manifest_says_what_was_asked_and_measured(manifest: gs.Manifest, trained: TrainedGenerator) -> None:
    said = (manifest.name, manifest.version, manifest.license, manifest.citation, manifest.description, manifest.tile)
    assert said == ("golden", "1", "CC0-1.0", "doi:10.1/2", "for tests", 64)
    assert manifest.training["signal_generator"] == "none"
    assert {"gansurrogate", "numpy", "onnx", "torch"} <= set(manifest.training["packages"])
    assert manifest.export["opset"] == 18
    assert set(manifest.export["parity"]) == {"1", "2", "7", "257"}
    assert max(manifest.export["parity"].values()) < 1e-4


def test_the_graph_says_nothing_beside_the_manifest(exported: Path) -> None:
    model = onnx.load(exported)
    assert [entry.key for entry in model.metadata_props] == ["gansurrogate"]
    parts = (model.graph, *model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output)
    assert [part.name for part in parts if part.doc_string or part.metadata_props] == []


def test_the_file_holds_no_path_user_or_host(exported: Path) -> None:
    data = exported.read_bytes()
    repository, packages = str(Path(__file__).parents[3]), str(Path(onnx.__file__).parents[1])
    secrets = [repository, packages, sys.prefix, f"/{getpass.getuser()}", socket.gethostname(), str(Path.home())]
    assert [secret for secret in secrets if len(secret) > 3 and secret.encode() in data] == []
    assert re.findall(rb"[\w/\\.-]+\.py\b", data) == []


def test_the_file_is_alone_in_its_folder(exported: Path) -> None:
    assert [path.name for path in exported.parent.iterdir()] == ["model.onnx"]


def test_the_digest_is_the_sha_256_of_the_file_with_zeros_in_its_place(exported: Path, manifest: gs.Manifest) -> None:
    data, digest = exported.read_bytes(), manifest.file_sha256.encode()
    assert data.count(digest) == 1
    assert hashlib.sha256(data.replace(digest, b"0" * 64)).hexdigest() == digest.decode()


def test_the_metadata_is_canonical_json(exported: Path, manifest: gs.Manifest) -> None:
    (entry,) = onnx.load(exported).metadata_props
    assert entry.value == manifest.to_json()
    assert json.loads(entry.value)["spec"] == manifest.spec.to_dict()
