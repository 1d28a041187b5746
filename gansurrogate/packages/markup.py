"""YAML and Markdown in which text that anybody may have written stays text."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

# What is mark-up anywhere in a line; underscores inside of words are not.
_ANYWHERE = re.compile(r"[\\`*\[\]<>&|~$]|(?<![^\W_])_|_(?![^\W_])")
_LINKS = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)  # which some renderers make of bare addresses
_FIRST = re.compile(r"^(?:[#+=-]|\d+(?=[.)](?:\s|$)))")  # headings, lists, lines


def one_line(text: object) -> str:
    """`text` on one line, without characters that change how the others are shown or read."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(str(text).split()))


def markdown(text: object) -> str:
    """`text` for a paragraph or a cell of Markdown: no mark-up, HTML or entity comes of it.

    Addresses are no links either, but for those of e-mail, which some renderers find in any text.
    """
    marked = _ANYWHERE.sub(r"\\\g<0>", one_line(text))
    marked = _LINKS.sub(r"\\\g<0>", marked)
    return _FIRST.sub(lambda first: f"{first[0]}\\" if first[0].isdigit() else f"\\{first[0]}", marked)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; its cells are Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def yaml(value: Any) -> str:
    """Block YAML of nested dicts, lists and scalars; text is quoted, keys are the caller's own words."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for key, part in value.items() for line in _entry(f"{key}:", part)]
    lines = []
    for part in value:
        if isinstance(part, dict | list):
            first, *rest = _lines(part)
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
        else:
            lines.append(f"- {_scalar(part)}")
    return lines


def _entry(key: str, value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [key, *(f"  {line}" for line in _lines(value))]
    return [f"{key} {_scalar(value)}"]


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(one_line(value), ensure_ascii=False)
    if isinstance(value, float) and math.isfinite(value):
        mantissa, e, exponent = repr(value).partition("e")  # YAML 1.1 takes 1e-05 for text, and 1.0e-05 for a number
        return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}{e}{exponent}"
    return json.dumps(value)
