"""What the doctor says: one line each."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    what : str
        What was looked at.
    value : str
        What was found.
    level : "ok", "warning" or "problem"
        A warning costs speed or may surprise; with a problem something does not work.
    fix : str
        What to do about it.
    """

    what: str
    value: str
    level: Level = "ok"
    fix: str = ""


def guarded(what: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of `check`; if it fails itself, that is one more."""
    try:
        yield from check()
    except (Exception, SystemExit) as error:  # on a broken machine anything may fail
        cause = f"{type(error).__name__}: {said(error)}".rstrip(": ")
        yield Finding(what, f"could not be looked at: {cause}", "problem", "repair what this names, then ask again")


def said(error: BaseException) -> str:
    """An error's message without its advice to ask the doctor."""
    return re.sub(r"[;.]? `gansurrogate doctor` tells more", "", str(error))
