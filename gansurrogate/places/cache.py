"""The user's cache: what was fetched, kept under the SHA-256 of its content, which is checked whenever it is read.

``<cache>/<SHA-256>/`` holds ``surrogate.onnx``, ``surrogate.onnx.sig`` if it was signed, and ``entry.json``: the name,
version and source to list it by. Versions lie beside each other, and a second process that stores the same content
stores the same bytes.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gansurrogate.checked import CheckedFile
from gansurrogate.errors import ArgumentError, IntegrityError
from gansurrogate.files import atomic_write, naming
from gansurrogate.manifest import Manifest
from gansurrogate.packages.wheels import SIGNATURE, SURROGATE
from gansurrogate.places.entry import Entry, fitting
from gansurrogate.places.names import Name
from gansurrogate.plain import is_sha256, read_json

VARIABLE = "GANSURROGATE_CACHE"
LABEL = "entry.json"
PLACE = "cache"


def folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """``GANSURROGATE_CACHE``, or `gansurrogate` where this platform keeps caches of a user.

    Raises
    ------
    ArgumentError
        If the user has no home folder, as in a container, and no variable says where the cache is.
    """
    if chosen := environment.get(VARIABLE):
        return Path(chosen)
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or _home() / "AppData" / "Local", "gansurrogate", "Cache")
    if platform == "darwin":
        return _home() / "Library" / "Caches" / "gansurrogate"
    return Path(environment.get("XDG_CACHE_HOME") or _home() / ".cache", "gansurrogate")


def said() -> str:
    """The folder, or why there is none."""
    try:
        return str(folder())
    except ArgumentError as error:
        return f"({error})"


def get(sha256: str) -> CheckedFile | None:
    """The file with this content; None if it was never fetched.

    Raises
    ------
    IntegrityError
        If it has another content by now.
    """
    path = folder() / sha256 / SURROGATE
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if (computed := hashlib.sha256(data).hexdigest()) != sha256:
        msg = f"the cached {path} is damaged: its SHA-256 is {computed[:12]}..., not {sha256[:12]}..."
        raise IntegrityError(msg)
    return CheckedFile(path, data)


def put(data: bytes, sha256: str, manifest: Manifest, source: str, signature: bytes | None = None) -> CheckedFile:
    """Keep a surrogate with its signature, whole or not at all.

    Raises
    ------
    OutputError
        If the cache cannot be written, or the disk is full.
    """
    place = folder() / sha256
    label = {"name": manifest.name, "version": manifest.version, "source": source}
    with naming(place):
        place.mkdir(parents=True, exist_ok=True)
    if signature is not None:
        put_signature(sha256, signature)
    for name, content in ((LABEL, json.dumps(label, indent=1).encode()), (SURROGATE, data)):
        with atomic_write(place / name) as file:  # the file comes last: an entry is there as soon as it is
            file.write(content)
    return CheckedFile(place / SURROGATE, data)


def put_signature(sha256: str, signature: bytes) -> None:
    """Keep the signature of a surrogate that is there."""
    with atomic_write(folder() / sha256 / SIGNATURE) as file:
        file.write(signature)


def entries() -> list[Entry]:
    """What is in the cache, by what its labels say; contents are checked when they are read."""
    try:
        places = sorted(place for place in folder().iterdir() if is_sha256(place.name))
    except (OSError, ArgumentError):
        return []
    found = []
    for place in places:
        if not os.path.isfile(place / SURROGATE):  # noqa: PTH113  # one that may not be looked at hides no other
            continue
        label = _label(place / LABEL)
        said = {key: text for key in ("name", "version", "source") if isinstance(text := label.get(key, ""), str)}
        found.append(
            Entry(**{"name": "", "version": "", **said}, place=PLACE, path=place / SURROGATE, sha256=place.name)
        )
    return found


def find(name: Name) -> CheckedFile | None:
    """The cached surrogate called `name`; None if there is none. Nothing is fetched for a name.

    Raises
    ------
    IntegrityError
        If its content was changed.
    ArgumentError
        If two have this name and version.
    """
    found = fitting(entries(), name)
    if len(found) > 1:
        paths = " and ".join(str(each.path.parent) for each in found)
        msg = f"the cache has {str(name)!r} twice, in {paths}: load one by its URI, or delete one of these folders"
        raise ArgumentError(msg)
    for each in found:
        try:
            return get(each.sha256)
        except IntegrityError as error:
            msg = f"{error}: get it again with `gansurrogate fetch {each.source}#sha256={each.sha256}`"
            raise IntegrityError(msg) from error
    return None


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        msg = f"there is no cache, since this user has no home folder: set {VARIABLE} to a folder"
        raise ArgumentError(msg) from error


def _label(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        label = read_json(path.read_bytes())
        if isinstance(label, dict):
            return label
    return {}
