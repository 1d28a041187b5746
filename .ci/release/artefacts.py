"""The files of a release: built twice, compared, and checked."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from release.errors import ReleaseError
from release.source import Distribution, committed, distributions, export

SUMS = "SHA256SUMS"
# A second build differs in all that must not matter: the folder, the time zone, and what new files are allowed.
BUILDS = (("first", "UTC", 0o022), ("the-second-one", "Pacific/Kiritimati", 0o077))


def build(root: Path, scratch: Path, folder: Path, only: Sequence[str] = ()) -> list[Path]:
    """Build source archives and wheels of what the commit holds into `folder`, twice, and compare their bytes.

    A wheel is built from the source archive, so that it shows that the archive is complete.

    Parameters
    ----------
    root : Path
        The repository.
    scratch : Path
        For what is not kept.
    folder : Path
        Where the files go.
    only : sequence of str
        Names of distributions; all by default.

    Returns
    -------
    list of Path

    Raises
    ------
    ReleaseError
        If a build fails, the two differ, or a distribution is not there.
    """
    made = [_built(root, scratch / name, only, zone, mask) for name, zone, mask in BUILDS]
    first, second = ({path.name: digest(path) for path in paths} for paths in made)
    if first != second:
        differ = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
        msg = f"two builds of one commit differ in {', '.join(differ)}"
        raise ReleaseError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    return [path.rename(folder / path.name) for path in made[0]]


def check(paths: Sequence[Path], settings: Path) -> None:
    """Have twine and check-wheel-contents look at the files; `settings` is the pyproject.toml of the latter."""
    wheels = [str(path) for path in paths if path.suffix == ".whl"]
    _run("twine", "check", "--strict", *(str(path) for path in paths))
    _run("check_wheel_contents", "--config", str(settings), *wheels)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_sums(folder: Path) -> Path:
    """Write the SHA-256 of every file in `folder`, in the form of ``sha256sum --check``."""
    lines = [f"{digest(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != SUMS]
    (folder / SUMS).write_text("".join(lines), "utf-8")
    return folder / SUMS


def _built(root: Path, work: Path, only: Sequence[str], zone: str, mask: int) -> list[Path]:
    source, output = work / "source", work / "dist"
    source.mkdir(parents=True)
    export(root, source)
    chosen = _chosen(distributions(source), only)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(committed(root)), "TZ": zone}
    for each in chosen:
        arguments = ["build", "--no-isolation", "--outdir", str(output), str(each.folder)]
        _run(*arguments, environment=environment, mask=mask)
    made = sorted(output.iterdir())
    expected = {f"{each.stem}{end}" for each in chosen for end in (".tar.gz", "-py3-none-any.whl")}
    if {path.name for path in made} != expected:
        msg = f"the build made {[path.name for path in made]}; expected {sorted(expected)}"
        raise ReleaseError(msg)
    return made


def _chosen(found: list[Distribution], only: Sequence[str]) -> list[Distribution]:
    names = [each.name for each in found]
    if unknown := [name for name in only if name not in names]:
        msg = f"no distribution is called {', '.join(unknown)}; there are {', '.join(names)}"
        raise ReleaseError(msg)
    return [each for each in found if not only or each.name in only]


def _run(module: str, *arguments: str, environment: dict[str, str] | None = None, mask: int = -1) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, umask=mask)
    if done.returncode:
        msg = f"{module} {arguments[0]} failed:\n{done.stdout}{done.stderr}"
        raise ReleaseError(msg)
