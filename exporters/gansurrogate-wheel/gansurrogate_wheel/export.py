"""`export`: a surrogate file becomes a wheel that pip installs."""

import os
import stat
import zipfile
from importlib.metadata import version as version_of
from pathlib import Path
from typing import BinaryIO

from gansurrogate.files import atomic_write, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.packages.card import model_card
from gansurrogate.packages.citation import citation_cff
from gansurrogate.packages.wheels import CARD, CITATION, INIT, SIGNATURE, SURROGATE, digest, entry_points, package_name
from gansurrogate.surrogate_file import Source, errors_name, read
from gansurrogate.trust.signature import beside
from gansurrogate_wheel.metadata import Title, metadata

EPOCH = (1980, 1, 1, 0, 0, 0)  # zip's first day: equal surrogates are equal wheels
UNIX = 3  # the system that an entry's permissions are of
MODE = (stat.S_IFREG | 0o644) << 16


def export(
    surrogate: Source, path: str | os.PathLike[str], *, name: str | None = None, version: str | None = None
) -> Manifest:
    """Write a wheel that holds `surrogate` to `path`.

    One version of gansurrogate makes the same wheel of the same surrogate, bit for bit, on any machine. Nothing in it
    is compressed, since what compresses differs from machine to machine and weights hardly shrink.

    Parameters
    ----------
    surrogate : path or bytes
        The surrogate file, or its content. Its signature ``<surrogate>.sig`` is taken along if it lies there.
    path : path-like
        The .whl file, replaced if it exists; or a folder, where it gets the only name that pip takes:
        ``gansurrogate_model_NAME-VERSION-py3-none-any.whl``.
    name, version : str, optional
        Of the package; by default those of the surrogate. The surrogate itself stays as it is.

    Returns
    -------
    Manifest
        Of the surrogate.

    Raises
    ------
    SurrogateFileError
        If `surrogate` is not a sound surrogate.
    ArgumentError
        If a package cannot have its name, version or licence.
    OutputError
        If the file cannot be written.
    """
    with errors_name(surrogate):
        data, manifest = read(surrogate)
    title = Title.of(manifest, name, version)
    path = Path(path)
    path = check_writable(path / f"{title.stem}-py3-none-any.whl" if path.is_dir() else path, surrogate)
    files = {"__init__.py": INIT, SURROGATE: data}
    if (signature := beside(surrogate)) is not None:
        files[SIGNATURE] = signature
    files |= {CARD: model_card(manifest, name=title.name).encode(), CITATION: citation_cff(manifest).encode()}
    package, info = package_name(title.name), f"{title.stem}.dist-info"
    entries = {f"{package}/{file}": content for file, content in files.items()} | {
        f"{info}/METADATA": metadata(manifest, title),
        f"{info}/WHEEL": _WHEEL.format(version_of("gansurrogate-wheel")).encode(),
        f"{info}/entry_points.txt": entry_points(title.name),
    }
    lines = [f"{entry},{digest(content)},{len(content)}\n" for entry, content in entries.items()]
    record = f"{info}/RECORD"
    entries[record] = "".join([*lines, f"{record},,\n"]).encode()
    with atomic_write(path) as file:
        _pack(entries, file)
    return manifest


_WHEEL = "Wheel-Version: 1.0\nGenerator: gansurrogate-wheel {}\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _pack(entries: dict[str, bytes], file: BinaryIO) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = UNIX, MODE
            archive.writestr(entry, content)
