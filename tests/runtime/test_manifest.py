"""The manifest: canonical JSON, a published schema, unknown keys that survive, no trace of the machine."""

import copy
import dataclasses
import getpass
import hashlib
import json
import platform
import re
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate.digests import digests, graph_sha256
from gansurrogate.latent import Latent
from gansurrogate.manifest import SelfTest
from gansurrogate.onnxfile import scan
from gansurrogate.surrogate_file import read_manifest, seal


@pytest.fixture
def manifest():
    spec = gs.SignalSpec(
        shape=(3, 8),
        unit="µV",
        sampling_rate=250.0,
        axes=(gs.Axis("channel"), gs.Axis("time", "s", 0.5, 1 / 250)),
        conditions=(
            gs.Condition("energy", "keV", low=0.5, high=10, description="of the particle"),
            gs.Condition("digit", levels=(0, 1, 2)),
        ),
    )
    test = SelfTest(
        7, [0, 5], {"energy": [1.0, 2.0], "digit": [0, 2]}, [0, 23], [[0.0, 1.5], [2.0, -1e-20]], 1e-6, 1e-4
    )
    return gs.Manifest(
        name="pulse",
        spec=spec,
        latents=(Latent("uniform", 3), Latent("normal", 24)),
        self_test=test,
        license="MIT",
        training={"steps": 10, "seed": 1},
        fidelity={"auc": {"value": 0.52, "floor": 0.51, "n": 1000}},
    )


def test_json_and_back_is_the_same_manifest(manifest):
    again = gs.Manifest.from_json(manifest.to_json())
    assert again == manifest
    assert again.to_json() == manifest.to_json()
    assert gs.Manifest.from_json(manifest.to_json().encode()) == manifest


def test_json_is_canonical(manifest):
    text = manifest.to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    shuffled = dict(reversed(json.loads(text).items()))
    assert gs.Manifest.from_json(json.dumps(shuffled, indent=4)).to_json() == text


def test_unknown_keys_survive(manifest_dict):
    changed = {**manifest_dict, "detector": {"name": "TPC", "list": [1, None, "µ"]}, "z": 1}
    manifest = gs.Manifest.from_json(json.dumps(changed))
    kept = manifest.to_dict()
    assert (kept["detector"], kept["z"]) == ({"name": "TPC", "list": [1, None, "µ"]}, 1)
    assert json.loads(manifest.to_json()) == changed


def test_unknown_keys_survive_in_free_parts(manifest_dict):
    changed = copy.deepcopy(manifest_dict)
    changed["training"]["operator"] = {"shift": 3}
    changed["export"]["quantised"] = False
    assert json.loads(gs.Manifest.from_json(json.dumps(changed)).to_json()) == changed


def test_a_file_with_an_unknown_key_loads(with_manifest, manifest_dict):
    surrogate = gs.load(with_manifest({**manifest_dict, "detector": "TPC"}))
    surrogate.self_test()
    assert surrogate.manifest.to_dict()["detector"] == "TPC"


def test_the_manifest_in_the_file_is_canonical(golden, golden_bytes):
    assert golden.manifest.to_json().encode() in golden_bytes


def test_the_manifest_can_be_read_without_a_session(golden, golden_path):
    assert read_manifest(golden_path) == golden.manifest


def test_sealing_twice_changes_nothing(golden, golden_bytes):
    assert seal(golden_bytes, golden.manifest) == golden_bytes


def test_the_digest_is_the_sha256_of_the_file_with_the_digest_zeroed(golden, golden_bytes):
    written = golden.manifest.file_sha256.encode()
    assert golden_bytes.count(written) == 1
    assert hashlib.sha256(golden_bytes.replace(written, b"0" * 64)).hexdigest() == written.decode()


@pytest.mark.parametrize("front", [False, True])
def test_the_digest_of_the_graph_is_the_sha256_of_the_file_without_its_manifest(
    golden, golden_bytes, model_bytes, protobuf, front
):
    assert golden.manifest.graph_sha256 == hashlib.sha256(model_bytes).hexdigest()
    entry = golden_bytes[len(model_bytes) :]
    assert model_bytes + entry == golden_bytes  # it stands last
    ((number, _, start, end),) = protobuf.spans(entry)
    assert (number, [number for number, *_ in protobuf.spans(entry, start, end)]) == (14, [1, 2])
    (placed,) = scan(entry + model_bytes if front else golden_bytes).entries("gansurrogate")
    data = entry + model_bytes if front else golden_bytes
    found = digests(data, placed)
    assert found.graph == graph_sha256(data, placed) == golden.manifest.graph_sha256
    assert found.file == hashlib.sha256(data.replace(found.written.encode(), b"0" * 64)).hexdigest()


def test_the_golden_file_holds_no_path_user_or_host(golden_bytes):
    text = golden_bytes.decode("latin-1").lower()
    assert not re.search(
        r"(/home/|/users/|/root|/tmp/|/work|/usr/|/opt/|[a-z]:\\|\.py\b|site-packages|traceback)", text
    )
    for private in (str(Path.home()), str(Path.cwd()), platform.node(), getpass.getuser()):
        if len(private) > 2:
            assert private.lower() not in text


def test_unknown_keys_survive_at_every_depth(manifest_dict):
    manifest_dict["spec"]["conditions"][0]["prior"] = "flat"
    manifest_dict["row_law"]["latents"][0]["meaning"] = "phase"
    manifest_dict["self_test"]["machine"] = "any"
    again = gs.Manifest.from_json(json.dumps(manifest_dict)).to_dict()
    assert again == manifest_dict


def test_what_is_replaced_does_not_come_back(manifest_dict):
    manifest = gs.Manifest.from_json(json.dumps(manifest_dict))
    assert manifest.training
    assert dataclasses.replace(manifest, training={}).to_dict()["training"] == {}
