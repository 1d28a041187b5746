"""Folders of a site, such as /cvmfs: ``GANSURROGATE_PATH`` names them, and they are only read.

A file there is called what a user types: ``NAME.onnx`` or ``NAME@VERSION.onnx``. `NAME` alone means ``NAME.onnx``, so
that a site can say which version is meant (with a link, say), and else the newest ``NAME@VERSION.onnx``.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gansurrogate.places.entry import Entry, fitting
from gansurrogate.places.names import Name, is_name, is_version

VARIABLE = "GANSURROGATE_PATH"
SUFFIX = ".onnx"


def folders(environment: Mapping[str, str] = os.environ) -> list[Path]:
    """The folders, the first to look into at the front."""
    return [Path(text) for text in environment.get(VARIABLE, "").split(os.pathsep) if text.strip()]


def entries() -> list[Entry]:
    """The surrogates in all folders, whatever is hidden behind another; folders that cannot be read have none."""
    return [entry for folder in folders() for entry in _within(folder)]


def find(name: Name) -> Path | None:
    """The file called `name` in the first folder that has one."""
    for folder in folders():
        path = folder / f"{name}{SUFFIX}"
        if os.path.isfile(path):  # noqa: PTH113  # nothing that a system says of a folder or a long name is an error
            return path
        if not name.version and (found := fitting(_within(folder), name)):
            return found[0].path
    return None


def _within(folder: Path) -> list[Entry]:
    found = []
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            name, _, version = path.name.removesuffix(SUFFIX).partition("@")
            sound = is_name(name) and (is_version(version) or path.stem == name)
            if path.suffix == SUFFIX and sound and os.path.isfile(path):  # noqa: PTH113
                found.append(Entry(name, version, str(folder), path))
    return found
