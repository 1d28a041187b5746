"""The changelog, in the form of Keep a Changelog: its unreleased entries become those of a version."""

import datetime
import re

from release.errors import ReleaseError

UNRELEASED = re.compile(r"^## \[Unreleased\]\n(.*?)(?=^## \[|\Z)", re.MULTILINE | re.DOTALL)
VERSION = re.compile(r"^## \[(\d[^\]]*)\]", re.MULTILINE)


def versions(text: str) -> list[str]:
    """The versions that `text` has, newest first."""
    return VERSION.findall(text)


def entries(text: str) -> str:
    """What is written under the heading of what is not released yet.

    Raises
    ------
    ReleaseError
        If there is no such heading, or no entry under it.
    """
    found = UNRELEASED.search(text)
    if found is None:
        msg = "CHANGELOG.md has no heading '## [Unreleased]'"
        raise ReleaseError(msg)
    if not re.search(r"^- ", found[1], re.MULTILINE):
        msg = "CHANGELOG.md has no entry under '## [Unreleased]': say what is new for the person who upgrades"
        raise ReleaseError(msg)
    return found[1].strip("\n")


def cut(text: str, version: str, date: datetime.date) -> str:
    """`text` with its unreleased entries under `version` and `date`, and an empty heading above."""
    written = f"## [Unreleased]\n\n## [{version}] - {date.isoformat()}\n\n{entries(text)}\n\n"
    return UNRELEASED.sub(lambda _: written, text).rstrip("\n") + "\n"
