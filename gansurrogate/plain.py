"""JSON and text that anybody may have written, read and shown without harm."""

import json
import math
import re
from collections.abc import Sequence
from typing import Any, TypeGuard

MOST_BYTES = 2**20  # of JSON: a hundred times what an export writes
MOST_LEVELS = 32
LARGEST = 1e100  # beyond any quantity, and its square is finite
LONGEST = 1000  # characters of an error; the names in a file may be longer
NO_DIGEST = "0" * 64  # stands in a manifest until a SHA-256 is known
_SHA256 = re.compile(r"[0-9a-f]{64}")
# What a terminal obeys (but line breaks and tabs), what turns the writing direction, and halves of characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def is_number(value: object) -> bool:
    """Whether `value` is a finite number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -math.inf < value < math.inf


def is_sha256(value: object) -> TypeGuard[str]:
    """Whether `value` is text: a SHA-256 in hexadecimal digits of lower case."""
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def printable(text: str) -> str:
    """`text` on one line of at most `LONGEST` characters, none of which a terminal obeys."""
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut)


def listed(names: Sequence[object], most: int = 20) -> str:
    """The first `most` of `names` in words, and how many there are."""
    shown = ", ".join(map(str, names[:most]))
    return shown if len(names) <= most else f"{shown}, ... ({len(names)} in all)"


def read_json(text: str | bytes) -> Any:
    """The value that `text` (UTF-8) stands for.

    Raises
    ------
    ValueError
        If it is not JSON, is longer than `MOST_BYTES` or deeper than `MOST_LEVELS`, has an object with the same key
        twice (other readers take the other one), a number that 64 bits cannot hold, or text with control characters.
    """
    if len(text) > MOST_BYTES:
        msg = f"it has {len(text)} bytes; at most {MOST_BYTES} are read"
        raise ValueError(msg)
    characters = text if isinstance(text, str) else text.decode()
    try:
        value = json.loads(
            characters, parse_constant=_not_a_number, parse_float=_finite, parse_int=_whole, object_pairs_hook=_object
        )
        _check(value, 0)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    return value


_TOO_DEEP = f"it is more than {MOST_LEVELS} levels deep"


def _check(value: Any, level: int) -> None:
    if level > MOST_LEVELS:
        raise ValueError(_TOO_DEEP)
    if isinstance(value, str) and _CONTROL.search(value):
        msg = f"the text {value[:40]!a} has control characters"
        raise ValueError(msg)
    if isinstance(value, dict | list):
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            _check(part, level + 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        msg = f"an object has the same key twice; its keys are {', '.join(ascii(key) for key, _ in pairs[:9])}"
        raise ValueError(msg)
    return value


def _whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**64:
        _not_a_number(text)
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not abs(number) <= LARGEST:
        _not_a_number(text)
    return number


def _not_a_number(text: str) -> None:
    msg = f"{text[:40]} is not a number below {LARGEST:g}, or a whole one of 64 bits"
    raise ValueError(msg)
