"""URIs of surrogates: where they lead, and the SHA-256 that they must carry."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from gansurrogate.errors import ArgumentError
from gansurrogate.plain import is_sha256, printable
from gansurrogate.trust.bundle import SUFFIX

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # one letter is a drive of Windows
# Stores that fsspec speaks to. Not whatever it knows: it also opens local files, archives and chains.
BUCKETS = ("s3", "gs", "abfs", "abfss", "az", "oci", "oss", "hdfs", "webhdfs", "sftp", "smb", "root")
HUB = "hf"
USED = ("https", "doi", HUB, *BUCKETS)
BUILT_IN = (*USED, "http")  # http to be refused in words
_PIN = "#sha256="


class URI(NamedTuple):
    """Where a surrogate lies, and what it has to be.

    Attributes
    ----------
    text : str
        Without the hash; its scheme in lower case.
    sha256 : str
        Of the whole file, in lower case.
    """

    text: str
    sha256: str

    @property
    def scheme(self) -> str:
        """In lower case."""
        return self.text.partition(":")[0]

    @property
    def signature(self) -> str:
        """The URI of the signature beside the file."""
        path, question, query = self.text.partition("?")
        return f"{path}{SUFFIX}{question}{query}"

    def __str__(self) -> str:
        return shown(self.text)


def shown(text: str) -> str:
    """A URI for messages and labels: without user, password and query, which may be secrets."""
    plain = printable(text).partition("#")[0].partition("?")[0]
    return re.sub(r"//[^/]*@", "//", plain)


def pinned(text: str) -> str:
    """The SHA-256 at the end of a URI; empty if there is none.

    Raises
    ------
    ArgumentError
        If there is something else in its place: whoever wrote it does not want any content.
    """
    start, pin, digits = text.lower().rpartition(_PIN)
    if not pin:
        return ""
    if not is_sha256(digits) or pin in start:
        got = printable(pin + digits)[:99]
        msg = f"{shown(text)}: one {_PIN} and 64 hexadecimal digits stand at the end; got {got!r}"
        raise ArgumentError(msg)
    return digits


def parse(text: str) -> URI:
    """Read a URI of a built-in scheme.

    Raises
    ------
    ArgumentError
        If it has no SHA-256, is not encrypted, holds a password, or is no URI.
    """
    if not text.isprintable() or " " in text:
        msg = f"a URI has no spaces and control characters; write %20 for a space; got {shown(text)!r}"
        raise ArgumentError(msg)
    if not (sha256 := pinned(text)):
        msg = (
            f"{shown(text)}: a surrogate from elsewhere needs the SHA-256 of its file, from whom you trust: write"
            f" {shown(text)}{_PIN} and 64 hexadecimal digits (sha256sum FILE prints them)"
        )
        raise ArgumentError(msg)
    scheme, colon, rest = text[: -len(_PIN + sha256)].partition(":")
    uri = URI(f"{scheme.lower()}{colon}{rest}", sha256)  # fsspec knows small letters only
    if uri.scheme == "http":
        msg = f"{uri}: http:// is open to everybody on the way and is not used; write https://"
        raise ArgumentError(msg)
    if uri.scheme != "doi":
        _check_address(uri)
    elif not re.fullmatch(r"10\.[0-9.]+/[^/?]+/.+", uri.text[len("doi:") :]):
        msg = f"{uri}: a DOI is followed by the name of the file: doi:10.5281/zenodo.1234567/pulses.onnx{_PIN}..."
        raise ArgumentError(msg)
    return uri


def _check_address(uri: URI) -> None:
    try:
        parts = urlsplit(uri.text)
        host, secret, _ = parts.hostname, parts.password, parts.port
    except ValueError as error:
        msg = f"{uri} is no URI: {error}"
        raise ArgumentError(msg) from error
    chained = "::" in uri.text and uri.scheme != "https"  # as fsspec reads it; there it is part of a host
    if not host or not parts.path.strip("/") or chained:
        place = {"https": "HOST", HUB: "OWNER/REPOSITORY", "s3": "BUCKET"}.get(uri.scheme, "PLACE")
        msg = f"{uri} is no URI of a file; expected {uri.scheme}://{place}/FILE.onnx"
        raise ArgumentError(msg)
    if uri.scheme == "https" and "#" in uri.text:
        msg = f"{uri} is followed by a # beside that of {_PIN}; write %23 for one that belongs to the address"
        raise ArgumentError(msg)
    if secret is not None or (uri.scheme == "https" and parts.username is not None):
        msg = f"{uri}: a password does not belong into a URI; for https:// ~/.netrc keeps it"
        raise ArgumentError(msg)
