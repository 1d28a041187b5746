"""The citation of a surrogate, a ``CITATION.cff`` in the Citation File Format 1.2.0, written from its manifest."""

import re
from typing import Any

from gansurrogate.manifest import Manifest
from gansurrogate.packages.markup import one_line, yaml

TAGS = ("gansurrogate", "surrogate", "simulation", "synthetic-signals", "onnx")
_GNU = ("AGPL-3.0", "GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0")
_PLAIN = (
    *("Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ECL-2.0", "EPL-2.0"),
    *("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-NC-SA-4.0", "CC-BY-NC-ND-4.0"),
    *("EUPL-1.2", "ISC", "MIT", "MPL-2.0", "MS-PL", "NCSA", "OSL-3.0", "PostgreSQL", "Unlicense", "Zlib"),
)
# SPDX identifiers, each with the Hub's; it says "other" of all that it does not list.
LICENSES = {name: name.lower() for name in _PLAIN} | {
    f"{name}-{which}": name.lower() for name in _GNU for which in ("only", "or-later")
}
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}(?:\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+)", re.I)


def citation_cff(manifest: Manifest) -> str:
    """The content of a ``CITATION.cff``."""
    doi, text = doi_of(manifest.citation), one_line(manifest.citation)
    asked = f", please cite: {text}" if text and not doi else ", please cite it as below."
    entries: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": f"If you use signals of this surrogate{asked}",
        "type": "software",
        "title": manifest.name,
        "version": manifest.version,
        "authors": [{"name": f"The authors of {manifest.name}"}],
    }
    if manifest.description.strip():
        entries["abstract"] = manifest.description
    if known := known_license(manifest.license):
        entries["license"] = known
    if doi:
        entries["doi"] = doi
    digest = {
        "type": "other",
        "value": f"sha256:{manifest.file_sha256}",
        "description": "SHA-256 in the file's manifest",
    }
    return yaml({**entries, "identifiers": [digest], "keywords": list(TAGS)})


def known_license(expression: str) -> str | None:
    """The SPDX identifier that `expression` is, if it is one of `LICENSES`."""
    return {name.lower(): name for name in LICENSES}.get(expression.strip().lower())


def doi_of(citation: str) -> str | None:
    """The DOI that `citation` is, without what stands in front of it; None if it is other text."""
    found = _DOI.fullmatch(citation.strip())
    return found[1] if found else None
