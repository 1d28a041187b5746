"""What a packaged surrogate is: a wheel with one import package that holds the file, and no code.

`gansurrogate package` writes it (distribution gansurrogate-wheel), `gs.load` finds it by its name once it is installed,
and `surrogate_of_wheel` reads it from somebody's hand before it is installed.
"""

import base64
import csv
import hashlib
import os
import re
import unicodedata
from pathlib import Path

from gansurrogate.errors import WheelError
from gansurrogate.packages import archives
from gansurrogate.plain import printable

GROUP = "gansurrogate.surrogates"  # of the entry point that tells name and package
PREFIX = "gansurrogate_model_"
SURROGATE, SIGNATURE = "surrogate.onnx", "surrogate.onnx.sig"
CARD, CITATION = "README.md", "CITATION.cff"
INIT = b'"""A surrogate: gansurrogate.load(NAME) finds surrogate.onnx beside this file. There is no code here."""\n'
_FILES = ("__init__.py", SURROGATE, SIGNATURE, CARD, CITATION)
_ABOUT = ("METADATA", "WHEEL", "RECORD", "entry_points.txt")
_INFO = re.compile(rf"({PREFIX}([a-z0-9]+(?:_[a-z0-9]+)*))-([0-9a-z.!+]+)\.dist-info")
_HEADERS = (
    *("Metadata-Version", "Name", "Version", "Summary", "Keywords", "License-Expression", "Classifier"),
    *("Requires-Python", "Requires-Dist", "Description-Content-Type"),
)  # of METADATA
_REQUIREMENT = re.compile(r"gansurrogate>=[0-9][0-9a-z.]*")


def short_name(name: str) -> str:
    """What `name` becomes as a package's: small ASCII letters and digits, with single hyphens between them.

    Empty if nothing of it is left. Different names may become the same.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def package_name(name: str) -> str:
    """The import package of the surrogate called `name`, as ``noisy-sine``."""
    return PREFIX + name.replace("-", "_")


def name_of_wheel(path: str | os.PathLike[str]) -> str:
    """The name that the surrogate in the wheel at `path` is loaded by."""
    return Path(path).name.split("-")[0].removeprefix(PREFIX).replace("_", "-")


def entry_points(name: str) -> bytes:
    """The content of ``entry_points.txt``, which leads from `name` to its package."""
    return f"[{GROUP}]\n{name} = {package_name(name)}\n".encode()


def digest(content: bytes) -> str:
    """The hash of `content` as a wheel's RECORD writes it."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def surrogate_of_wheel(path: str | os.PathLike[str]) -> tuple[bytes, bytes | None]:
    """The surrogate file in a wheel, and its signature if there is one; nothing is unpacked, installed or run.

    The wheel has to be as `gansurrogate package` writes it: whatever else pip would put into an environment (code,
    scripts, requirements, entry points, files for other packages) is refused.

    Parameters
    ----------
    path : path-like
        The .whl file. It is read once.

    Returns
    -------
    tuple of bytes, and bytes or None
        The surrogate file is not checked yet: see `gansurrogate.surrogate_file.read`.

    Raises
    ------
    FileNotFoundError, PermissionError
        If the file cannot be read.
    WheelError
        If it is not such a wheel, was changed after it was written, or is an archive that could be read in two ways.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(archives.MOST_BYTES + 1)
        if len(data) > archives.MOST_BYTES:
            msg = f"has more than the {archives.MOST_BYTES} bytes that are read"
            raise WheelError(msg)
        files = archives.contents(data)
        info, name, version = _title(files)
        _check_files(files, info, package_name(name))
        _check_record(files, info)
        _check_contents(files, info, name, version)
    except WheelError as error:
        msg = f"{path}: {printable(str(error))}"
        raise WheelError(msg) from error
    return files[f"{package_name(name)}/{SURROGATE}"], files.get(f"{package_name(name)}/{SIGNATURE}")


def _title(files: dict[str, bytes]) -> tuple[str, str, str]:
    """The .dist-info folder, and the name and version that it tells."""
    folders = {entry.split("/")[0] for entry in files if ".dist-info/" in entry.lower()}
    found = [match for folder in folders if (match := _INFO.fullmatch(folder))]
    if len(folders) != 1 or not found:
        msg = (
            f"is not a packaged surrogate: expected one folder {PREFIX}NAME-VERSION.dist-info,"
            f" got {sorted(folders) or 'none'}; `gansurrogate package` writes one"
        )
        raise WheelError(msg)
    return found[0][0], found[0][2].replace("_", "-"), found[0][3]


def _check_files(files: dict[str, bytes], info: str, package: str) -> None:
    """The wheel has the files of a packaged surrogate, and no others."""
    expected = [*(f"{package}/{file}" for file in _FILES), *(f"{info}/{file}" for file in _ABOUT)]
    for entry in files:
        if entry not in expected:
            msg = f"holds {entry!r}: {_what(entry)}"
            raise WheelError(msg)
    if missing := [entry for entry in expected if entry not in files and not entry.endswith(f"/{SIGNATURE}")]:
        msg = f"lacks {', '.join(missing)}"
        raise WheelError(msg)


def _what(entry: str) -> str:
    """What a file that does not belong into the wheel would do."""
    lower = entry.lower()
    if lower.endswith(".pth"):
        return "Python runs such a file at every start"
    if ".data/" in lower:
        return "scripts and other files that pip would install elsewhere"
    if lower.endswith(".onnx"):
        return "a second surrogate; a package holds one"
    if lower.endswith((".py", ".pyc", ".so", ".pyd", ".dll", ".dylib")):
        return "code; a packaged surrogate has none but its empty __init__.py"
    return "a packaged surrogate has no such file"


def _check_record(files: dict[str, bytes], info: str) -> None:
    """RECORD lists every file with its hash and size, and nothing else."""
    record = f"{info}/RECORD"
    try:
        rows = [tuple(row) for row in csv.reader(files[record].decode().splitlines(), strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        msg = f"its RECORD cannot be read: {error}"
        raise WheelError(msg) from error
    said = {row[0]: row[1:] for row in rows if len(row) == 3}
    if len(said) != len(rows):
        msg = "its RECORD has a line that is not PATH,HASH,SIZE, or the same path twice"
        raise WheelError(msg)
    if unlisted := sorted(files.keys() - said.keys()):
        msg = f"holds {', '.join(unlisted)}, which its RECORD does not list"
        raise WheelError(msg)
    if absent := sorted(said.keys() - files.keys()):
        msg = f"its RECORD lists {', '.join(absent)}, which it does not hold"
        raise WheelError(msg)
    for entry, content in files.items():
        expected = ("", "") if entry == record else (digest(content), str(len(content)))
        if said[entry] != expected:
            msg = f"{entry} has another hash or size than its RECORD says: the wheel was changed or damaged"
            raise WheelError(msg)


def _check_contents(files: dict[str, bytes], info: str, name: str, version: str) -> None:
    """What pip obeys is what `gansurrogate package` writes."""
    if files[f"{package_name(name)}/__init__.py"] != INIT:
        msg = "its __init__.py is not the one of a packaged surrogate, which has no code"
        raise WheelError(msg)
    if files[f"{info}/entry_points.txt"] != entry_points(name):
        msg = f"its entry points are not the one of a packaged surrogate, {name} = {package_name(name)} in {GROUP}"
        raise WheelError(msg)
    metadata = _headers(files[f"{info}/METADATA"])
    titles = [*metadata.get("Name", ()), *metadata.get("Version", ())]
    if titles != [package_name(name).replace("_", "-"), version]:
        msg = f"its METADATA are those of {' '.join(titles) or 'nothing'}; its folder is {info}"
        raise WheelError(msg)
    required = metadata.get("Requires-Dist", [])
    if len(required) != 1 or not _REQUIREMENT.fullmatch(required[0]):
        msg = (
            f"it requires {', '.join(required) or 'nothing'}; a packaged surrogate requires gansurrogate>=VERSION alone"
        )
        raise WheelError(msg)


def _headers(metadata: bytes) -> dict[str, list[str]]:
    """The headers of METADATA, each on a line of its own and nothing between them: installers go on differently."""
    found: dict[str, list[str]] = {}
    for line in metadata.partition(b"\n\n")[0].decode("utf-8", "surrogateescape").split("\n"):
        key, colon, value = line.partition(": ")
        if key not in _HEADERS or not colon or not value.isprintable():
            msg = f"its METADATA has the line {line[:80]!a}, which `gansurrogate package` does not write"
            raise WheelError(msg)
        found.setdefault(key, []).append(value)
    return found
