"""Files of older schemas are read as new ones, and rewritten without a change of their signals."""

import copy
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import upgrades
from gansurrogate.errors import SchemaVersionError, SurrogateFileError
from gansurrogate.plain import NO_DIGEST
from gansurrogate.surrogate_file import read_manifest, upgrade, write_manifest

DATA = Path(__file__).parent / "data"
OLD = ["golden-0.1.0.onnx", "fields-0.1.0.onnx", "text-0.1.0.onnx"]  # of schema 1
FIGURE = {"spectral_auc": {"value": 0.51, "floor": 0.5}}


@pytest.fixture(params=OLD)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(DATA / request.param, tmp_path / "model.onnx"))


def drawn(path: Path) -> np.ndarray:
    surrogate = gs.load(path, device="cpu", threads=1)
    return surrogate.sample(20, conditions=surrogate.draw_conditions(20, rng=1), rng=5)


def written(path: Path) -> dict:
    """The manifest as it stands in the file."""
    data = path.read_bytes()
    return json.loads(data[data.rindex(b'{"citation"') :])


def without_manifest(path: Path, protobuf) -> bytes:
    data = path.read_bytes()
    return b"".join(data[first:end] for number, first, _, end in protobuf.spans(data) if number != 14)


def test_a_file_of_schema_1_is_read_with_the_hash_of_its_graph(old: Path, protobuf) -> None:
    expected = hashlib.sha256(without_manifest(old, protobuf)).hexdigest()
    for verify in (True, False):
        manifest = gs.load(old, verify=verify).manifest
        assert (manifest.schema, manifest.graph_sha256) == (1, expected)
        assert manifest.to_dict()["schema"] == 2
    assert written(old)["schema"] == 1
    assert "graph_sha256" not in written(old)


def test_an_upgrade_changes_what_it_says_and_nothing_else(old: Path, protobuf) -> None:
    signals, manifest, graph = drawn(old), written(old), without_manifest(old, protobuf)
    (change,) = upgrade(old)
    assert change.startswith("graph_sha256: ")
    assert without_manifest(old, protobuf) == graph
    assert (drawn(old) == signals).all()
    found = read_manifest(old)
    assert (found.schema, found.graph_sha256) == (2, hashlib.sha256(graph).hexdigest())
    hashes = {"schema": 2, "graph_sha256": found.graph_sha256, "file_sha256": found.file_sha256}
    assert written(old) == manifest | hashes


def test_a_second_upgrade_does_nothing(old: Path, tmp_path: Path) -> None:
    before = old.read_bytes()
    assert upgrade(old, tmp_path / "new.onnx") != ()
    assert old.read_bytes() == before
    new = (tmp_path / "new.onnx").read_bytes()
    assert upgrade(tmp_path / "new.onnx", tmp_path / "newer.onnx") == ()
    stamp = (tmp_path / "new.onnx").stat().st_mtime_ns
    assert upgrade(tmp_path / "new.onnx") == ()
    assert (tmp_path / "newer.onnx").read_bytes() == (tmp_path / "new.onnx").read_bytes() == new
    assert (tmp_path / "new.onnx").stat().st_mtime_ns == stamp


def test_a_damaged_old_file_is_not_made_a_sound_new_one(old: Path) -> None:
    data = bytearray(old.read_bytes())
    data[len(data) // 3] ^= 1
    old.write_bytes(data)
    with pytest.raises(SurrogateFileError):
        upgrade(old)
    assert old.read_bytes() == data


def test_a_future_file_is_not_upgraded(tmp_path: Path, with_manifest, manifest_dict) -> None:
    path = tmp_path / "future.onnx"
    path.write_bytes(with_manifest({**manifest_dict, "schema": 3}))
    with pytest.raises(SchemaVersionError, match="newer than the newest"):
        upgrade(path)


def test_figures_written_into_a_file_of_schema_1_make_it_one_of_schema_2(old: Path) -> None:
    before = read_manifest(old)
    after = write_manifest(old, replace(before, fidelity=FIGURE))
    assert (after.schema, after.fidelity, after.graph_sha256) == (2, FIGURE, before.graph_sha256)
    assert read_manifest(old) == after


def test_the_graphs_hash_is_the_files_if_a_manifest_has_none_yet(old: Path) -> None:
    before = read_manifest(old)
    after = write_manifest(old, replace(before, graph_sha256=NO_DIGEST, description="of a graph to come"))
    assert after.graph_sha256 == before.graph_sha256


def test_what_an_old_file_says_of_its_graph_by_an_unknown_key_is_not_believed(with_manifest, manifest_dict) -> None:
    lie = json.dumps({**manifest_dict, "schema": 1, "graph_sha256": "ab" * 32}, separators=(",", ":"))
    assert gs.load(with_manifest(lie)).manifest.graph_sha256 == manifest_dict["graph_sha256"]


def test_there_is_a_step_and_a_sentence_for_every_old_schema() -> None:
    assert len(upgrades.STEPS) == len(upgrades.CHANGES) == upgrades.SCHEMA - upgrades.OLDEST


def test_the_steps_leave_what_they_are_given_as_it_was() -> None:
    manifest = written(DATA / OLD[0])
    given = copy.deepcopy(manifest)
    assert upgrades.upgraded(given)["schema"] == upgrades.SCHEMA
    assert given == manifest
