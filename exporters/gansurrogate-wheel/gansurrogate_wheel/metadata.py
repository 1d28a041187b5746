"""What a package says of itself: name, version and the METADATA file that pip and registries read."""

from dataclasses import dataclass
from typing import Self

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.version import Version

import gansurrogate
from gansurrogate.errors import ArgumentError
from gansurrogate.manifest import Manifest
from gansurrogate.packages.card import card_text
from gansurrogate.packages.markup import one_line
from gansurrogate.packages.wheels import package_name, short_name
from gansurrogate.plain import printable

# Schema of a surrogate file: the first version of gansurrogate that reads it, and finds packages by name.
READERS = {1: "0.2.0.dev0", 2: "0.2.0.dev0"}
MOST_STEM = 200  # characters; file systems take 255 with what comes behind
MOST_SUMMARY = 512  # characters, of what registries take
KEYWORDS = ("gansurrogate", "surrogate", "simulation", "signals", "ONNX")


@dataclass(frozen=True)
class Title:
    """Name and version of a package.

    Attributes
    ----------
    name : str
        By which the surrogate is loaded: small letters, digits and hyphens.
    version : str
        As the packaging standard (PEP 440) writes it.
    """

    name: str
    version: str

    @property
    def stem(self) -> str:
        """What the names of the wheel and of its .dist-info folder begin with."""
        return f"{package_name(self.name)}-{self.version}"

    @classmethod
    def of(cls, manifest: Manifest, name: str | None, version: str | None) -> Self:
        """The title of a surrogate, or the one that is asked for.

        Raises
        ------
        ArgumentError
            If a package cannot have it.
        """
        wanted = manifest.name if name is None else name
        short = short_name(wanted)
        if not short:
            msg = f"a package's name has ASCII letters or digits; {wanted!r} has none: give a name (--name)"
            raise ArgumentError(msg)
        text = manifest.version if version is None else version
        try:
            title = cls(short, str(Version(text)))
        except ValueError as error:  # InvalidVersion, or a number too long for Python
            got = printable(text)
            msg = f"a package's version is like 1, 1.2 or 1.2rc1 (PEP 440); got {got!r}: give a version (--version)"
            raise ArgumentError(msg) from error
        if len(title.stem) > MOST_STEM:
            msg = (
                f"name and version of a package make a file name of at most {MOST_STEM} characters; got"
                f" {len(title.stem)}: give a name (--name) and a version (--version)"
            )
            raise ArgumentError(msg)
        return title


def metadata(manifest: Manifest, title: Title) -> bytes:
    """The content of METADATA, version 2.4; the description is the text of the model card.

    Raises
    ------
    ArgumentError
        If the surrogate's licence is not an SPDX expression.
    """
    least = READERS.get(manifest.schema, gansurrogate.__version__)
    headers = {
        "Metadata-Version": "2.4",
        "Name": package_name(title.name).replace("_", "-"),
        "Version": title.version,
        "Summary": one_line(manifest.description or f"The surrogate {manifest.name}")[:MOST_SUMMARY],
        "Keywords": ",".join(KEYWORDS),
        **_license(manifest),
        "Classifier": "Topic :: Scientific/Engineering",
        "Requires-Python": ">=3.11",
        "Requires-Dist": f"gansurrogate>={least}",
        "Description-Content-Type": "text/markdown; charset=UTF-8; variant=GFM",
    }
    lines = [f"{key}: {value}\n" for key, value in headers.items()]
    return "".join([*lines, "\n", card_text(manifest, name=title.name)]).encode()


def _license(manifest: Manifest) -> dict[str, str]:
    if not manifest.license.strip():
        return {}
    try:
        return {"License-Expression": canonicalize_license_expression(manifest.license)}
    except InvalidLicenseExpression as error:
        msg = (
            "a package's licence is an SPDX expression, as Apache-2.0 or LicenseRef-my-terms; the surrogate says"
            f" {manifest.license!r}: write another into its manifest (gansurrogate.surrogate_file.write_manifest)"
        )
        raise ArgumentError(msg) from error
