"""What is announced by installed distributions, read from their metadata: nothing is imported."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions

from gansurrogate.discovery.hooks import cause
from gansurrogate.plain import printable

GROUP = "gansurrogate"
EXPORTERS = "gansurrogate.exporters"
RESTRICTION = "GANSURROGATE_PLUGINS"  # comma-separated names; empty means none


@dataclass(frozen=True)
class Announced:
    """One entry point, or what keeps a distribution's entry points from being read.

    Attributes
    ----------
    name : str
        Of the entry point; that of the distribution where it cannot be read.
    distribution, version : str
        Empty if it is not installed.
    point : EntryPoint or None
    error : str
        Why there is none.
    """

    name: str
    distribution: str
    version: str
    point: EntryPoint | None = None
    error: str = ""


def announced(group: str) -> list[Announced]:
    """The entry points of `group`, sorted by name; a distribution whose metadata are damaged hides no other."""
    found: dict[tuple[str, str], Announced] = {}
    for distribution in distributions():
        for each in _of(distribution, group):
            found.setdefault((each.name, each.distribution), each)  # the first on the path counts, as for imports
    return [found[key] for key in sorted(found)]


def chosen(environment: Mapping[str, str] = os.environ) -> list[Announced]:
    """The installed plugins, or those that ``GANSURROGATE_PLUGINS`` names, of which some may not be installed.

    Read from the metadata of the installed distributions: no plugin is imported.
    """
    found = announced(GROUP)
    if (restriction := environment.get(RESTRICTION)) is None:
        return found
    wanted = {name.strip() for name in restriction.split(",")} - {""}
    missing = sorted(wanted - {each.name for each in found})
    absent = [Announced(name, "", "", error=f"named in {RESTRICTION} but not installed") for name in missing]
    return [*absent, *(each for each in found if each.name in wanted)]


def _of(distribution: Distribution, group: str) -> Iterator[Announced]:
    try:
        text = distribution.read_text("entry_points.txt") or ""
    except UnicodeDecodeError as error:
        if group.encode() in error.object:
            yield _unreadable(distribution, error)
        return
    if f"[{group}]" not in text.replace(" ", ""):
        return
    try:
        points = [point for point in distribution.entry_points if point.group == group]
        names = [(point, str(point.name)) for point in points]
    except Exception as error:  # the parser promises nothing
        yield _unreadable(distribution, error)
        return
    name, version = _title(distribution)
    for point, own in names:
        if EntryPoint.pattern.match(point.value):
            yield Announced(own, name, version, point)
        else:
            why = f"its entry point leads to {printable(point.value)!r}; expected MODULE or MODULE:ATTRIBUTE"
            yield Announced(own, name, version, error=why)


def _unreadable(distribution: Distribution, error: Exception) -> Announced:
    name, version = _title(distribution)
    return Announced(name, name, version, error=f"its entry points cannot be read: {cause(error)}")


def _title(distribution: Distribution) -> tuple[str, str]:
    """Name and version, empty where the metadata do not say."""
    try:
        metadata = distribution.metadata
        return str(metadata["Name"] or "unknown"), str(metadata["Version"] or "")
    except Exception:  # no metadata at all, or in no encoding
        return "unknown", ""
