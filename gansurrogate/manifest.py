"""The manifest: what a surrogate file says of itself, as canonical JSON under one metadata key.

``schemas/manifest-2.json`` beside this module is the published JSON Schema.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from gansurrogate.conditions import Condition
from gansurrogate.errors import ManifestError, SchemaVersionError, SpecError
from gansurrogate.latent import WORDS, Latent
from gansurrogate.plain import NO_DIGEST, is_number, read_json
from gansurrogate.rowlaw import NAME as ROW_LAW
from gansurrogate.rowlaw import ROW_BITS
from gansurrogate.spec import SignalSpec
from gansurrogate.upgrades import SCHEMA, upgraded

METADATA_KEY = "gansurrogate"
MOST_DIMENSIONS, MOST_VALUES = 8, 2**28  # of one signal: 1 GiB
MOST_ROWS = 2**20  # in one inference call
MOST_TEST_ROWS = 1024  # which are one call
_TYPES = {
    **dict.fromkeys(("name", "version", "license", "citation", "description", "graph_sha256", "file_sha256"), str),
    **dict.fromkeys(("training", "fidelity", "export"), dict),
    "tile": int,
}
_FIGURE = ("value", "floor")
_LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
_KINDS = {str: "text", dict: "an object", int: "a whole number"}


@dataclass(frozen=True)
class SelfTest:
    """Values that the file promises to reproduce.

    Attributes
    ----------
    seed, rows, conditions
        What to draw; `conditions` maps a name to one encoded value per row. Of an array condition this is a list of
        its values (the last axis fastest), or one number that they all are.
    positions : list of int
        Flat indices into a signal at which values are kept.
    expected : list of list of float
        One list per row, in the unit of the signal, or ids of tokens.
    atol, rtol : float
        ``|value - expected| <= atol + rtol * |expected|``; `atol` in the unit of the signal. Both are 0 for tokens.
    """

    seed: int
    rows: list[int]
    conditions: dict[str, list[Any]]
    positions: list[int]
    expected: list[list[float]]
    atol: float
    rtol: float

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], spec: SignalSpec) -> "SelfTest":
        """The self-test from its manifest entry.

        Raises
        ------
        ManifestError
            If it does not fit `spec`.
        """
        test = cls(**{f.name: data[f.name] for f in fields(cls)})
        rows, positions, size = len(test.rows), len(test.positions), math.prod(spec.shape)
        columns = {name: len(values) for name, values in test.conditions.items()}
        fits = (
            0 < rows <= MOST_TEST_ROWS
            and positions > 0
            and all(type(index) is int for index in (test.seed, *test.rows, *test.positions))
            and is_number(test.atol)
            and is_number(test.rtol)
            and min(test.atol, test.rtol) >= 0
            and -(2**63) <= test.seed < 2**63
            and all(0 <= row < 2**ROW_BITS for row in test.rows)
            and all(0 <= position < size for position in test.positions)
            and columns == {condition.name: rows for condition in spec.conditions}
            and all(_encoded(c, test.conditions[c.name]) for c in spec.conditions)
            and [len(values) for values in test.expected] == [positions] * rows
            and all(is_number(value) for values in test.expected for value in values)
            and (not spec.tokens or _exact(test, len(spec.tokens)))
        )
        if not fits:
            msg = "the manifest's self-test does not fit its specification"
            raise ManifestError(msg)
        return test


@dataclass(frozen=True)
class Manifest:
    """What a surrogate file says of itself.

    Attributes
    ----------
    name, version, license, citation, description : str
        `license` is an SPDX expression; `citation` a DOI or a reference.
    spec : SignalSpec
    latents : tuple of Latent
        What the row law feeds the generator, block after block.
    self_test : SelfTest
    tile : int
        Advised number of rows in one inference call.
    training, fidelity, export : dict
        Provenance, figures with their real-vs-real floors, and facts of the export. Plain JSON.
    graph_sha256 : str
        SHA-256 over the file without its manifest: graph and weights. It tells the network, whatever is said of it.
    file_sha256 : str
        SHA-256 over the file with these 64 digits zeroed.
    schema : int
        The schema that the file follows. It was read as one of the present schema, which it is written in.
    source : dict
        What the manifest was read from: keys this version does not know are kept when it is written again.
    """

    name: str
    spec: SignalSpec
    latents: tuple[Latent, ...]
    self_test: SelfTest
    version: str = "1"
    license: str = ""
    citation: str = ""
    description: str = ""
    tile: int = 512
    training: dict[str, Any] = field(default_factory=dict)
    fidelity: dict[str, Any] = field(default_factory=dict)
    export: dict[str, Any] = field(default_factory=dict)
    graph_sha256: str = NO_DIGEST
    file_sha256: str = NO_DIGEST
    schema: int = field(default=SCHEMA, repr=False, compare=False)
    source: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def words(self) -> int:
        """32-bit words of the row law that a row takes."""
        return WORDS * sum(block.counters for block in self.latents)

    def to_dict(self) -> dict[str, Any]:
        """The manifest as plain JSON values."""
        plain = {key: getattr(self, key) for key in _TYPES}
        row_law = {"name": ROW_LAW, "words": self.words, "latents": [block.to_dict() for block in self.latents]}
        built = {"spec": self.spec.to_dict(), "row_law": row_law, "self_test": vars(self.self_test)}
        merged: dict[str, Any] = _merged(self.source, {**built, "schema": SCHEMA})
        merged["self_test"]["conditions"] = self.self_test.conditions
        return {**merged, **plain}

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, so that equal manifests are equal bytes."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Read a manifest of any schema that this version knows.

        Raises
        ------
        ManifestError
            If `text` is not a manifest.
        SchemaVersionError
            If it follows a schema that this version does not know.
        """
        try:
            data = read_json(text)
        except ValueError as error:
            msg = f"the manifest is not JSON as a surrogate has it: {error}"
            raise ManifestError(msg) from error
        if not isinstance(data, dict):
            msg = f"the manifest is a JSON object; got {type(data).__name__}"
            raise ManifestError(msg)
        return cls._from_dict(upgraded(data), data["schema"])

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any], schema: int) -> "Manifest":
        try:
            for key, kind in _TYPES.items():
                if type(data[key]) is not kind:
                    msg = f"the manifest's {key} is {_KINDS[kind]}; got {data[key]!r}"
                    raise ManifestError(msg)
            if data["row_law"]["name"] != ROW_LAW:
                msg = f"the file uses row law {data['row_law']['name']!r}; this version knows {ROW_LAW!r}"
                raise SchemaVersionError(msg)
            spec = SignalSpec.from_dict(data["spec"])
            _check_size(spec)
            manifest = cls(
                spec=spec,
                latents=tuple(Latent.from_dict(block) for block in data["row_law"]["latents"]),
                self_test=SelfTest.from_dict(data["self_test"], spec),
                schema=schema,
                source=dict(data),
                **{key: data[key] for key in _TYPES},
            )
        except ManifestError:
            raise
        except SpecError as error:
            msg = f"the manifest's specification is wrong: {error}"
            raise ManifestError(msg) from error
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            msg = f"the manifest does not follow schema {SCHEMA}: {type(error).__name__} {error}"
            raise ManifestError(msg) from error
        for name, figure in manifest.fidelity.items():
            if not isinstance(figure, dict) or not all(is_number(figure.get(k)) for k in _FIGURE):
                msg = f"the fidelity figure {name!r} has a value and a floor; got {figure!r}"
                raise ManifestError(msg)
        parity = manifest.export.get("parity", {})
        if not isinstance(parity, dict) or not all(n.isdecimal() and is_number(v) for n, v in parity.items()):
            msg = f"the parity of the export has a number for each batch size; got {parity!r}"
            raise ManifestError(msg)
        if not 1 <= manifest.tile <= MOST_ROWS or not manifest.name:
            msg = f"the manifest has a name and a tile of 1 to {MOST_ROWS}; got {manifest.name!r} and {manifest.tile}"
            raise ManifestError(msg)
        words = data["row_law"].get("words")
        if not manifest.latents or words != manifest.words:
            msg = f"a row takes {manifest.words} words of the row law by its latents; the manifest says {words!r}"
            raise ManifestError(msg)
        counters = [*(block.counters for block in manifest.latents), *(c.counters for c in spec.conditions)]
        if sum(counters) > 2 ** (64 - ROW_BITS):
            msg = "the manifest's latents and conditions take more words than a row has"
            raise ManifestError(msg)
        return manifest


def _merged(old: Any, new: Any) -> Any:
    """`new`, with the keys of `old` that it does not have, at every depth."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list) and _kinds(old) == _kinds(new):
        return [_merged(a, b) for a, b in zip(old, new, strict=True)]
    return new


def _kinds(items: list[Any]) -> list[Any]:
    """What each entry of a list is about, so that only equal things are merged."""
    return [(item.get("name"), item.get("kind")) if isinstance(item, dict) else None for item in items]


def _encoded(condition: Condition, entries: list[Any]) -> bool:
    """Whether `entries` are what the graph takes for `condition`, one per row."""
    lists = [entry for entry in entries if isinstance(entry, list)]
    if any(not condition.shape or len(entry) != condition.size for entry in lists):
        return False
    if len(entries) * condition.size > MOST_VALUES:
        return False
    numbers = [value for entry in entries for value in (entry if isinstance(entry, list) else [entry])]
    if condition.levels:
        return all(type(value) is int and 0 <= value < len(condition.levels) for value in numbers)
    return all(type(value) in (int, float) and abs(value) <= _LARGEST_FLOAT32 for value in numbers)


def _exact(test: SelfTest, tokens: int) -> bool:
    """Whether the test's values are ids of tokens, without tolerance."""
    ids = [value for values in test.expected for value in values]
    return test.atol == test.rtol == 0 and all(type(value) is int and 0 <= value < tokens for value in ids)


def _check_size(spec: SignalSpec) -> None:
    """A signal and each of its conditions fit into memory, and the ranges into float32."""
    for name, shape in (("a signal", spec.shape), *((f"condition {c.name!r}", c.shape) for c in spec.conditions)):
        if len(shape) > MOST_DIMENSIONS or math.prod(shape) > MOST_VALUES:
            msg = f"{name} has at most {MOST_DIMENSIONS} dimensions and {MOST_VALUES} values; got {shape[:9]}"
            raise ManifestError(msg)
    for c in spec.conditions:
        if not max(abs(c.low or 0), abs(c.high or 0)) <= _LARGEST_FLOAT32:
            msg = f"condition {c.name!r} leaves the range of float32: {c.describe()}"
            raise ManifestError(msg)
