"""Manifests of older schemas, as the present one has them: one pure function for each step.

Surrogates are kept for years. `load` reads every schema from `OLDEST` on; a file is rewritten by
``gansurrogate upgrade`` or when it is given figures.
"""

from collections.abc import Callable
from typing import Any

from gansurrogate.errors import SchemaVersionError
from gansurrogate.plain import NO_DIGEST

OLDEST = 1
SCHEMA = 2
_Json = dict[str, Any]


def upgraded(manifest: _Json) -> _Json:
    """The same manifest in the present schema; `manifest` itself stays as it is.

    Raises
    ------
    SchemaVersionError
        If its schema is none, or one that this version does not read.
    """
    schema = manifest.get("schema")
    if type(schema) is not int:  # true is not 1
        msg = f"the manifest's schema is a whole number; got {schema!r}: this is no surrogate of any version"
        raise SchemaVersionError(msg)
    if schema < OLDEST:
        msg = (
            f"the manifest follows schema {schema}, older than the oldest that this version reads, {OLDEST}:"
            " rewrite the file with `gansurrogate upgrade` of a version that reads both, or export it again"
        )
        raise SchemaVersionError(msg)
    if schema > SCHEMA:
        msg = (
            f"the manifest follows schema {schema}, newer than the newest that this version reads, {SCHEMA}:"
            " install a newer gansurrogate"
        )
        raise SchemaVersionError(msg)
    for step in STEPS[schema - OLDEST :]:
        manifest = step(manifest)
    return manifest


def to_2(manifest: _Json) -> _Json:
    """Schema 2 has `graph_sha256`. It comes from the file, not from the manifest: zeros stand for it until then."""
    return {**manifest, "schema": 2, "graph_sha256": NO_DIGEST}


STEPS: tuple[Callable[[_Json], _Json], ...] = (to_2,)
CHANGES = ("graph_sha256: the SHA-256 over graph and weights, which tells the network whatever the manifest says",)
