"""The one version number, and every place where it stands."""

import datetime
import re
from collections.abc import Iterable
from pathlib import Path

from packaging.version import InvalidVersion, Version

from release.errors import ReleaseError
from release.source import Distribution, distributions

PACKAGE = Path("gansurrogate", "__init__.py")
CITATION = Path("CITATION.cff")


def check_order(version: str, before: Iterable[str], *, develops: bool = False) -> None:
    """Raise `ReleaseError` unless `version` is one as PEP 440 writes it, and higher than all those `before`.

    `develops`: it ends in ``.devN``; otherwise it does not.
    """
    try:
        new = Version(version)
    except InvalidVersion:
        new = None
    if new is None or str(new) != version or new.is_devrelease != develops or new.local:
        form = "1.2.3.dev0" if develops else "1.2.3 or 1.2.3rc1"
        msg = f"a version is written as in {form} here; got {version!r}"
        raise ReleaseError(msg)
    try:
        highest = max(map(Version, before), default=None)
    except InvalidVersion as error:
        msg = f"a tag v... or a heading of the changelog has no version number: {error}; rename it"
        raise ReleaseError(msg) from error
    if highest is not None and new <= highest:
        msg = f"version {version} does not come after {highest}"
        raise ReleaseError(msg)


def write(root: Path, version: str, date: datetime.date | None) -> list[Path]:
    """Set `version` everywhere, and let the exporters and plugins ask for at least this version of the package.

    Parameters
    ----------
    root : Path
    version : str
    date : date, optional
        Of the release, for the citation.

    Returns
    -------
    list of Path
        The files that have it.
    """
    written = []
    for each in distributions(root):
        path = each.folder / "pyproject.toml"
        _replace(path, r'(?m)^version = "[^"]*"$', f'version = "{version}"')
        if each.folder != root:
            text = path.read_text("utf-8")
            path.write_text(re.sub(r'("gansurrogate(?:\[[\w,-]+\])?)>=[^"]*"', rf'\g<1>>={version}"', text), "utf-8")
        written.append(path)
    _replace(root / PACKAGE, r'(?m)^__version__ = "[^"]*"$', f'__version__ = "{version}"')
    citation = root / CITATION
    citation.write_text(re.sub(r"(?m)^date-released:.*\n", "", citation.read_text("utf-8")), "utf-8")
    released = f"\ndate-released: {date.isoformat()}" if date else ""
    _replace(citation, r"(?m)^version:.*$", f"version: {version}{released}")
    return [*written, root / PACKAGE, citation]


def check_same(root: Path, found: Iterable[Distribution]) -> str:
    """The version that all distributions, the package and the citation have.

    Raises
    ------
    ReleaseError
        If they differ.
    """
    places = {f"{each.folder.relative_to(root) / 'pyproject.toml'}": each.version for each in found}
    for path, pattern in ((PACKAGE, r'(?m)^__version__ = "([^"]*)"$'), (CITATION, r"(?m)^version: *(\S+)$")):
        (places[str(path)],) = re.findall(pattern, (root / path).read_text("utf-8"))
    if len(set(places.values())) > 1:
        msg = f"there is one version number; found {places}"
        raise ReleaseError(msg)
    return next(iter(places.values()))


def _replace(path: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, lambda _: text, path.read_text("utf-8"))
    if count != 1:
        msg = f"{path} says its version once; found {count} lines"
        raise ReleaseError(msg)
    path.write_text(changed, "utf-8")
