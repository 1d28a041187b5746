"""Manifests that lie, or that are traps for whoever reads them."""

import json
from typing import Any

from corpus.writing import MANIFEST, ZEROS, Files, field, file, manifest_text

_KINDS = {condition["kind"]: i for i, condition in enumerate(MANIFEST["spec"]["conditions"])}
_NUMBER = f"spec.conditions.{_KINDS['continuous']}"
_NAMES = [condition["name"] for condition in MANIFEST["spec"]["conditions"]]
_TESTED = f"self_test.conditions.{_NAMES[_KINDS['continuous']]}"
_TESTED_LEVELS = f"self_test.conditions.{_NAMES[_KINDS['category']]}"
_ROWS = len(MANIFEST["self_test"]["rows"])
VALUES: list[tuple[str, Any]] = [
    ("schema", 0), ("schema", 3), ("schema", -(2**63)), ("schema", "2"), ("schema", [2]), ("schema", True),
    ("tile", 10**12), ("tile", 2**21), ("tile", True),
    ("spec.shape", [10**12]), ("spec.shape", [1] * 70), ("spec.shape", [2**63] * 50_000),
    ("spec.shape", [2**20, 2**20]), ("spec.shape", [2, 17]), ("spec.shape", [32]),
    ("spec.conditions", []), ("spec.sampling_rate", 10**400),
    ("row_law.latents", [{"kind": "normal", "size": 10**12}]),
    ("row_law.latents", [{"kind": "normal", "size": 2**26}] * 40),
    (f"{_NUMBER}.high", 10**400), (f"{_NUMBER}.high", 1e39), (f"{_NUMBER}.low", -(10**300)), (f"{_NUMBER}.low", 10**6),
    (f"{_NUMBER}.name", "seed"), (f"{_NUMBER}.name", "signal"), (f"{_NUMBER}.name", "e\u0301\x1b[0m"),
    (f"{_NUMBER}.unit", "\x1b]0;title\x07"), ("spec.unit", "V\x1b[31m"), ("spec.unit", "\ud800"),
    ("spec.axes.0.name", "\u202egnp.exe"), ("spec.axes.0.step", 1e200),
    ("name", "a\rb"), ("name", "a\x9b31m"), ("description", "a\0b"),
    ("training", {"file": "\x1b[8m"}), ("training", {"\x1b[8m": 1}), ("training", [[[]]]),
    ("fidelity", {"auc": {"value": 10**400, "floor": 0.5}}), ("fidelity", {"auc": {"value": "x", "floor": 1}}),
    ("export", {"parity": []}), ("export", {"parity": {"x": 1}}), ("export", {"parity": {"1": "x"}}),
    ("self_test.rtol", 10**400), ("self_test.atol", 1e300), (_TESTED, [1e39] * _ROWS), (_TESTED, [10**300] * _ROWS),
    (_TESTED_LEVELS, [10**6] * _ROWS), (_TESTED_LEVELS, [-1] * _ROWS), (_TESTED_LEVELS, [0.5] * _ROWS),
    ("self_test.expected", [[10**400]]), ("self_test.positions", [2**40]),
    (f"{_NUMBER}.shape", [3]), (f"{_NUMBER}.shape", [2**14, 2**14]), (f"{_NUMBER}.shape", [2**63] * 50_000),
    (f"{_NUMBER}.shape", [1] * 70), (f"{_NUMBER}.shape", "ab"), (f"{_NUMBER}.shape", [-1]),
    (_TESTED, [[1.0]] * _ROWS), (_TESTED, [[[]]] * _ROWS), (_TESTED_LEVELS, [[0]] * _ROWS),
    ("spec.tokens", ["a", "b"]), ("spec.tokens", "ab"), ("spec.tokens", [["a"], ["b"]]), ("spec.dtype", "int64"),
]  # fmt: skip
REPLACED = [  # in the text
    ("a key twice", '"unit":"V"', '"unit":"V","unit":"A"'), ("NaN", '"tile":64', '"tile":64,"more":NaN'),
    ("Infinity", '"tile":64', '"tile":64,"more":-Infinity'), ("1e999", '"tile":64', '"tile":64,"more":1e999'),
    ("a number of 5000 digits", '"tile":64', '"tile":' + "9" * 5000),
]  # fmt: skip


def manifests() -> Files:
    """Impossible values, lies about the graph, and text that is more or less than one JSON object."""
    for place, value in VALUES:
        yield f"{place} = {str(value)[:30]!a}", _with_value(place, value)
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    yield "training, 900 levels deep", _with_value("training", {"deep": deep})
    yield "two megabytes", _with_value("training", {"notes": "x" * 2**21})
    many = [{"name": f"c{i}", "kind": "continuous", "unit": "", "low": 0, "high": 1} for i in range(3000)]
    yield "3000 conditions", _with_value("spec.conditions", many)
    for count in (2000, 100_000):
        conditions = {name: [1] * count for name in _NAMES}
        test = {"rows": [0] * count, "positions": [0], "expected": [[0]] * count, "conditions": conditions}
        yield f"a self-test of {count} rows", _with_value("self_test", {**MANIFEST["self_test"], **test})
    tokens = {"dtype": "int64", "tokens": ["a", "\u202eb"]}
    yield "tokens that turn the writing direction", _with_value("spec", {**MANIFEST["spec"], **tokens})
    exact = {**MANIFEST["self_test"], "atol": 0, "rtol": 0, "positions": [0], "expected": [[0]] * _ROWS}
    ids = {**MANIFEST["spec"], "dtype": "int64", "tokens": ["a", "b"]}
    yield "tokens of a graph of numbers", file(manifest=manifest_text({**MANIFEST, "spec": ids, "self_test": exact}))
    text = manifest_text()
    for name, old, new in REPLACED:
        assert old in text
        yield name, file(manifest=text.replace(old, new))
    yield "UTF-16", file(manifest=text.encode("utf-16"))
    yield "a byte order mark", file(manifest=b"\xef\xbb\xbf" + text.encode())
    yield "a hundred thousand brackets", file(manifest="[" * 100_000)
    yield "two manifests", file(more=field(14, field(1, "gansurrogate") + field(2, text)))
    famous = "ab" * 32  # sealed inside `training`, while the manifest says the hash of another file
    lie = text.replace(f'"file_sha256":"{ZEROS}', f'"file_sha256" :"{famous}')
    yield (
        "the hash of another file",
        file(manifest=lie.replace('"training":{', f'"training":{{"file_sha256":"{ZEROS}",', 1)),
    )
    yield (
        "the hash of another graph",
        file(manifest=text.replace(f'"graph_sha256":"{ZEROS}', f'"graph_sha256":"{famous}')),
    )


def _with_value(place: str, value: Any) -> bytes:
    """The honest file with another value at `place` in its manifest."""
    copy = json.loads(json.dumps(MANIFEST))
    *path, last = [int(key) if key.isdigit() else key for key in place.split(".")]
    inside = copy
    for key in path:
        inside = inside[key]
    inside[last] = value
    return file(manifest=manifest_text(copy))
