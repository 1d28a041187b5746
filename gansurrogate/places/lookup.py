"""From a name to a file: installed packages, then the folders of ``GANSURROGATE_PATH``, then the user's cache."""

import os

from gansurrogate.errors import UnknownNameError
from gansurrogate.places import cache, folders, packaged
from gansurrogate.places.entry import Entry
from gansurrogate.places.names import Name, parse
from gansurrogate.plain import listed, printable


def look_up(text: str) -> os.PathLike[str]:
    """The surrogate called `text`, from the first place that has it. Nothing is fetched.

    Raises
    ------
    ArgumentError
        If it is no name, or the cache has two of them.
    UnknownNameError
        If no place has it; the message lists what there is.
    PluginError, IntegrityError
        If it is there, and doubled, broken or damaged.
    """
    name = parse(text)
    found = packaged.find(name) or folders.find(name) or cache.find(name)
    if found is None:
        raise UnknownNameError(_unknown(name))
    return found


def known() -> list[Entry]:
    """All surrogates that names lead to, those first that are looked at first, and broken ones with the reason."""
    return [*packaged.entries(), *folders.entries(), *cache.entries()]


def _is_folder(path: str | os.PathLike[str]) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # where pathlib's raises: a name of any length, a place that is closed


def _nothing(text: str) -> str:
    return f"{text} is a folder" if _is_folder(text) else f"there is no file {text!r}"


def _unknown(name: Name) -> str:
    from difflib import get_close_matches  # for this message only

    everything = known()
    there = [each for each in everything if not each.error]
    titles = sorted({printable(each.title) for each in there if each.name})
    versions = [printable(each.title) for each in there if each.name == name.name]
    near = versions or get_close_matches(name.name, [*{each.name for each in there}], 3)
    meant = f"; did you mean {' or '.join(map(printable, near))}?" if near else ""
    paths = (
        ", ".join(f"{each}{'' if _is_folder(each) else ' (no such folder)'}" for each in folders.folders()) or "not set"
    )
    broken = [f"{printable(each.name)} of {each.place} is broken: {each.error}" for each in everything if each.error]
    return "; ".join(
        [
            f"{_nothing(str(name))}, and no surrogate is called so{meant}",
            f"known: {listed(titles) or 'none'}",
            f"looked in: installed packages, {folders.VARIABLE} ({paths}), the cache {cache.said()}",
            *broken,
        ]
    )
