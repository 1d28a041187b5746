"""Manifests that are missing, unknown or impossible: refused when the file is opened, sealed or not."""

import copy

import pytest

from gansurrogate.errors import ManifestError, SchemaVersionError


def test_an_onnx_model_without_manifest_is_refused(model_bytes, refuse):
    refuse(model_bytes, ManifestError, "an ONNX model without a gansurrogate manifest")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("energy=5", "not JSON"),
        ("", "not JSON"),
        ("\udcff".encode("utf-8", "surrogatepass"), "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1, 2]", "JSON object; got list"),
        ("null", "JSON object"),
    ],
    ids=["words", "empty", "not utf-8", "too deep", "list", "null"],
)
def test_a_manifest_that_is_not_a_json_object_is_refused(with_manifest, refuse, text, message):
    refuse(with_manifest(text, sealed=False), ManifestError, message)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (0, "schema 0, older than the oldest that this version reads, 1: .* `gansurrogate upgrade` of a version"),
        (-1, "schema -1, older"),
        (3, "schema 3, newer than the newest that this version reads, 2: install a newer gansurrogate"),
        (99, "schema 99, newer"),
        ("1", "schema is a whole number; got '1'"),
        (None, "schema is a whole number; got None"),
        (True, "schema is a whole number; got True"),
        (2.0, "schema is a whole number; got 2.0"),
    ],
)
def test_an_unknown_schema_is_refused(with_manifest, manifest_dict, refuse, schema, message):
    refuse(with_manifest({**manifest_dict, "schema": schema}), SchemaVersionError, message)


def test_another_row_law_is_refused(with_manifest, manifest_dict, refuse):
    changed = {**manifest_dict, "row_law": {**manifest_dict["row_law"], "name": "philox-1"}}
    refuse(with_manifest(changed), SchemaVersionError, "row law 'philox-1'; this version knows 'squares-2'")


def test_each_key_of_the_manifest_is_needed(with_manifest, manifest_dict, refuse):
    for key in set(manifest_dict) - {"schema", "file_sha256"}:
        incomplete = {name: value for name, value in manifest_dict.items() if name != key}
        refuse(with_manifest(incomplete), ManifestError, f"'{key}'")


def test_a_manifest_without_its_digest_is_refused(with_manifest, manifest_dict, refuse):
    incomplete = {name: value for name, value in manifest_dict.items() if name != "file_sha256"}
    refuse(with_manifest(incomplete, sealed=False), ManifestError, "file_sha256")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("tile", 0), ("tile", -64), ("tile", "64"), ("tile", 64.5), ("tile", None), ("tile", True),
        ("name", 5), ("training", [1]),
        ("row_law", "squares-1"), ("row_law.latents", 3), ("row_law.latents.0.kind", "gamma"),
        ("row_law.latents.0.size", 0), ("row_law.latents.0.size", "2"), ("row_law.latents.0.size", 2.5),
        ("spec", []), ("spec", None), ("spec.unit", 3), ("spec.shape", 32), ("spec.shape", ["a", 16]),
        ("spec.shape", [2.5, 16]), ("spec.shape", [float("nan"), 16]), ("spec.shape", [float("inf"), 16]),
        ("spec.sampling_rate", "fast"), ("spec.sampling_rate", -1), ("spec.axes", 2), ("spec.axes.0.step", "x"),
        ("spec.conditions", 7), ("spec.conditions.0", []), ("spec.conditions.0.name", 5),
        ("spec.conditions.0.name", "seed"), ("spec.conditions.0.low", "ten"), ("spec.conditions.0.low", 1000),
        ("spec.conditions.1.levels", [["a"], ["b"]]), ("spec.conditions.1.levels", 5),
        ("self_test", []), ("self_test.conditions", {}), ("self_test.positions", [32]), ("self_test.positions", ["a"]),
        ("self_test.expected", [[0.0]]), ("self_test.seed", 2**70), ("self_test.rows", [-1, 0, 1, 2]),
    ],
)  # fmt: skip
def test_a_manifest_with_an_impossible_value_is_refused(with_manifest, manifest_dict, refuse, place, value):
    changed = copy.deepcopy(manifest_dict)
    *path, last = [int(key) if key.isdigit() else key for key in place.split(".")]
    inside = changed
    for key in path:
        inside = inside[key]
    inside[last] = value
    refuse(with_manifest(changed), ManifestError, "manifest")
