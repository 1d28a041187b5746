"""The steps of a release, in the order in which they happen."""

import datetime
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from packaging.version import Version

from release import artefacts, changelog, numbers, origin, source
from release.errors import ReleaseError

CHANGELOG, GOLDEN = "CHANGELOG.md", "tests/runtime/data/*"
BILL, PROVENANCE, SIGNED = "bill-of-materials.cdx.json", "provenance.json", "provenance.dsse.json"


def cut(root: Path, version: str, date: datetime.date, *, goldens: bool = True) -> list[Path]:
    """Write `version` into the tree: changelog, version numbers, and the golden surrogates. Nothing is committed.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ReleaseError
        For a tree with changes, a version that is no later one, or a changelog without entries; the tree is as it was.
    """
    source.check_clean(root)
    path = root / CHANGELOG
    text = path.read_text("utf-8")
    numbers.check_order(version, _before(root))
    path.write_text(changelog.cut(text, version, date), "utf-8")
    written = [path, *numbers.write(root, version, date)]
    if goldens:
        written += make_goldens(root, version)
    return written


def develop(root: Path, version: str, *, goldens: bool = True) -> list[Path]:
    """Write `version`, which ends in ``.devN``, into the tree after a release: what follows is not that release.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ReleaseError
        For a tree with changes, or a version that is no later one; the tree is as it was.
    """
    source.check_clean(root)
    numbers.check_order(version, _before(root), develops=True)
    written = numbers.write(root, version, None)
    if goldens:
        written += make_goldens(root, version)
    return written


def make_goldens(root: Path, version: str) -> list[Path]:
    """Make the golden surrogates of `version`, unless they are there: then they are a promise already.

    Raises
    ------
    ReleaseError
        If they cannot be made.
    """
    if not [*root.glob(f"{GOLDEN}-{version}.onnx")]:
        seen = os.pathsep.join(str(each.folder) for each in source.distributions(root))
        command = [sys.executable, str(root / "tests" / "make_golden.py")]
        if subprocess.run(command, env={**os.environ, "PYTHONPATH": seen}, check=False).returncode:
            msg = "the golden surrogates could not be made; undo with: git checkout ."
            raise ReleaseError(msg)
    return sorted(root.glob(f"{GOLDEN}-{version}.*"))


def build(
    root: Path,
    folder: Path,
    *,
    only: Sequence[str] = (),
    key: Path | None = None,
    environment: Path | None = None,
) -> str:
    """Build the release of the commit that is checked out into `folder`, which must be new or empty.

    Parameters
    ----------
    root : Path
        The repository.
    folder : Path
    only : sequence of str
        Names of distributions; all by default.
    key : Path, optional
        Private key (PEM) that signs the provenance.
    environment : Path, optional
        The Python whose packages the bill of materials lists; by default a new environment with ``gansurrogate[cpu]``.

    Returns
    -------
    str
        The version.

    Raises
    ------
    ReleaseError
        For a tree with changes, a version that was not cut, a folder that is not empty, builds that fail or differ.
    """
    source.check_clean(root)
    version = numbers.check_same(root, source.distributions(root))
    if version not in changelog.versions((root / CHANGELOG).read_text("utf-8")):
        msg = f"CHANGELOG.md does not have version {version}: cut the release first"
        raise ReleaseError(msg)
    _check_given(folder, key)
    with tempfile.TemporaryDirectory(prefix="release-") as scratch:
        paths = artefacts.build(root, Path(scratch), folder, only)
        artefacts.check(paths, root / "pyproject.toml")
        if environment is None:
            wanted = f"gansurrogate[cpu]=={version}"
            environment = origin.clean_environment(Path(scratch, "clean"), folder, wanted, root / "constraints.txt")
        (folder / BILL).write_text(
            origin.dumped(origin.bill_of_materials(environment, root / "pyproject.toml")), "utf-8"
        )
    content = origin.statement([*paths, folder / BILL], version, source.commit(root), source.committed(root))
    (folder / PROVENANCE).write_text(origin.dumped(content), "utf-8")
    if key is not None:
        (folder / SIGNED).write_text(origin.dumped(origin.signed(content, key)), "utf-8")
    artefacts.write_sums(folder)
    return version


def rehearse(
    root: Path, version: str, date: datetime.date, folder: Path, *, goldens: bool = True, **options: Any
) -> str:
    """Cut, commit and build in a clone of the commit that is checked out; the tree is not touched.

    `options` are those of `build`.
    """
    source.check_clean(root)
    _check_given(folder, options.get("key"))
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch:
        clone = Path(scratch, "clone")
        source.git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(clone))
        cut(clone, version, date, goldens=goldens)
        source.git(clone, "add", "--all")
        author = ["-c", "user.name=rehearsal", "-c", "user.email=rehearsal@localhost"]
        source.git(clone, *author, "commit", "--quiet", "--message", f"Release {version}")
        return build(clone, folder, **options)


def _before(root: Path) -> list[str]:
    """Versions that are released, as tags and the changelog have them, and what was developed since."""
    released = [*source.released(root), *changelog.versions((root / CHANGELOG).read_text("utf-8"))]
    present = {each.version for each in source.distributions(root)}
    return [*released, *(version for version in present if Version(version).is_devrelease)]


def _check_given(folder: Path, key: Path | None) -> None:
    """What is wrong here is better found before minutes of work."""
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is a file: give a folder"
        raise ReleaseError(msg)
    if folder.exists() and any(folder.iterdir()):
        msg = f"{folder} is not empty: give another folder, or remove it"
        raise ReleaseError(msg)
    if key is not None:
        origin.signer(key)
