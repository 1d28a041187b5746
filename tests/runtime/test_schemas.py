"""The published JSON Schemas, and the reader: what one takes the other takes, as far as a schema can say it."""

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import gansurrogate as gs
from gansurrogate.upgrades import OLDEST, SCHEMA

DATA = Path(__file__).parent / "data"
GOLDENS = sorted(DATA.glob("*.onnx"))
VERSIONS = range(OLDEST, SCHEMA + 1)
WRONG: list[Any] = [None, True, -1, 0, 1, 2.5, 1e30, "", "x", [], ["x"], [0], [[]], {}, {"x": 1}]
# What needs more than a schema: numbers that must fit each other, and names that must differ.
FITTING = ("spec.shape", "spec.axes", "spec.conditions", "spec.tokens", "self_test", "row_law.latents", "row_law.words")


def schema(version: int) -> Any:
    return json.loads(files("gansurrogate").joinpath(f"schemas/manifest-{version}.json").read_text())


def manifest_in(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return json.loads(data[data.rindex(b'{"citation"') :])


def reads(manifest: dict[str, Any]) -> bool:
    try:
        gs.Manifest.from_json(json.dumps(manifest))
    except gs.SurrogateError:
        return False
    return True


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to what is in a manifest, from the outside to the inside."""
    if place:
        yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if isinstance(key, int) and key and not isinstance(part, dict):
            break  # of numbers, texts and lists the first stands for all
        yield from places(part, (*place, key))


def changes(manifest: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every value of a manifest replaced by each of `WRONG`, and left out."""
    for place in places(manifest):
        if place[0] in ("schema", "graph_sha256", "file_sha256"):  # another version's, and compared with the file
            continue
        named = ".".join(map(str, place))
        for value in [*WRONG, ...]:
            changed = copy.deepcopy(manifest)
            inside = changed
            for key in place[:-1]:
                inside = inside[key]
            if value is ...:
                del inside[place[-1]]
            else:
                inside[place[-1]] = value
            yield f"{named} = {value!r}", changed


@pytest.mark.parametrize("version", VERSIONS)
def test_a_schema_is_one_and_names_itself(version: int) -> None:
    found = schema(version)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:gansurrogate:schema:manifest-{version}"
    assert found["properties"]["schema"] == {"const": version}


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_goldens_follow_the_schema_that_they_name(path: Path) -> None:
    manifest = manifest_in(path)
    for version in VERSIONS:
        valid = jsonschema.Draft202012Validator(schema(version)).is_valid(manifest)
        assert valid == (version == manifest["schema"])


def test_what_is_written_follows_the_newest_schema(golden: gs.Surrogate) -> None:
    written = golden.manifest.to_dict()
    jsonschema.validate(json.loads(json.dumps(written)), schema(SCHEMA))
    assert set(schema(SCHEMA)["required"]) == set(written)


@pytest.mark.parametrize("name", [f"golden-{gs.__version__}", f"text-{gs.__version__}", "golden-0.1.0"])
def test_schema_and_reader_agree_on_wrong_manifests(name: str) -> None:
    manifest = manifest_in(DATA / f"{name}.onnx")
    validator = jsonschema.Draft202012Validator(schema(manifest["schema"]))
    assert validator.is_valid(manifest) == reads(manifest) is True
    stricter, laxer, refused = [], [], 0
    for change, changed in changes(manifest):
        valid, read = validator.is_valid(changed), reads(changed)
        refused += not valid and not read
        if read and not valid:
            stricter.append(change)
        if valid and not read and not change.startswith(FITTING):
            laxer.append(change)
    assert refused > 300
    assert (stricter, laxer) == ([], [])
