"""The repository that is released: what git says of it, and its distributions."""

import io
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from release.errors import ReleaseError

TAG = "v"


@dataclass(frozen=True)
class Distribution:
    """One of the repository's installable projects."""

    name: str
    folder: Path
    version: str

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return f"{self.name.replace('-', '_')}-{self.version}"


def distributions(root: Path) -> list[Distribution]:
    """Every distribution of the repository at `root`, the package itself first."""
    found = []
    for pattern in ("pyproject.toml", "exporters/*/pyproject.toml", "plugins/*/pyproject.toml"):
        for path in sorted(root.glob(pattern)):
            project = tomllib.loads(path.read_text("utf-8"))["project"]
            found.append(Distribution(project["name"], path.parent, project["version"]))
    return found


def git(root: Path, *arguments: str) -> str:
    """What git answers.

    Raises
    ------
    ReleaseError
        If it refuses.
    """
    return _git(root, *arguments).decode().strip()


def check_clean(root: Path) -> None:
    """Raise `ReleaseError` if something is not committed: what is released has to be what a commit holds."""
    if changed := git(root, "status", "--porcelain"):
        msg = f"the tree has changes that are in no commit; commit or remove them:\n{changed}"
        raise ReleaseError(msg)


def released(root: Path) -> list[str]:
    """Versions that have a tag."""
    return [tag.removeprefix(TAG) for tag in git(root, "tag", "--list", f"{TAG}[0-9]*").split()]


def commit(root: Path) -> str:
    """The commit that is checked out."""
    return git(root, "rev-parse", "HEAD")


def committed(root: Path) -> int:
    """When the commit was made [s since 1970]: the date of everything that is built from it."""
    return int(git(root, "log", "-1", "--format=%ct"))


def export(root: Path, folder: Path) -> None:
    """Write what the commit holds into `folder`, and nothing that lies about in the tree."""
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "HEAD"))) as archive:
        if hasattr(tarfile, "data_filter"):  # from 3.11.4 on, and from 3.12 on without it a warning
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(folder)


def _git(root: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    if done.returncode:
        msg = f"git {arguments[0]} failed: {done.stderr.decode().strip()}"
        raise ReleaseError(msg)
    return done.stdout
