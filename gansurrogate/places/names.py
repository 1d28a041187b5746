"""Names of surrogates as a user types them, and which of several versions is the newest."""

import os
import re
from typing import NamedTuple

from gansurrogate.errors import ArgumentError
from gansurrogate.plain import printable

_WORDS = re.compile(r"[^\s/\\:@.-]([^/\\:@]*[^\s/\\:@])?")  # never a path: no separator, no dot or hyphen first
_VERSION = re.compile(r"[0-9A-Za-z]([0-9A-Za-z.+!_-]*[0-9A-Za-z])?")
_PARTS = re.compile(r"[0-9]+|[A-Za-z]+")
_LETTERS, _END, _NUMBER = range(3)  # 1.0rc1 comes before 1.0, and 1.0 before 1.0.1


class Name(NamedTuple):
    """What a user asks for.

    Attributes
    ----------
    name : str
    version : str
        Empty: the newest.
    """

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name


def may_be_name(text: str) -> bool:
    """Whether `text` is to be looked up: it is no path to an .onnx file, leads into no folder, and is no file.

    A folder hides no name: a training leaves one that is called like its surrogate.
    """
    if not text or text in (".", "..") or text.lower().endswith(".onnx") or "/" in text or "\\" in text:
        return False
    return not os.path.isfile(text)  # noqa: PTH113  # a text of any length, or with a NUL, is no error here


def parse(text: str) -> Name:
    """Read ``NAME`` or ``NAME@VERSION``.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    name, at, version = text.partition("@")
    if is_name(name) and (is_version(version) if at else True):
        return Name(name, version)
    msg = (
        f"there is no file {printable(text)!r}, and it is no name of a surrogate either: NAME or NAME@VERSION, without"
        " slashes and colons, and no dot or hyphen first"
    )
    raise ArgumentError(msg)


def is_name(text: str) -> bool:
    """Whether a surrogate can be looked up under `text`."""
    return bool(_WORDS.fullmatch(text)) and text.isprintable()


def is_version(text: str) -> bool:
    """Whether `text` can stand behind an @."""
    return bool(_VERSION.fullmatch(text))


def age(version: str) -> list[tuple[int, int, str]]:
    """To sort versions by, the newest last: numbers count as numbers, and letters lead up to what they stand before."""
    parts = [
        (_NUMBER, len(digits := part.lstrip("0")), digits) if part.isdecimal() else (_LETTERS, 0, part.lower())
        for part in _PARTS.findall(version)
    ]
    return [*parts, (_END, 0, "")]
