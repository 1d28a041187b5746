"""One version number for everything in the repository."""

import re
import tomllib
from pathlib import Path

import pytest

import gansurrogate as gs

ROOT = Path(__file__).parents[1]
PROJECTS = sorted(
    path for pattern in ("", "plugins/*/", "exporters/*/") for path in ROOT.glob(f"{pattern}pyproject.toml")
)


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_a_distribution_has_the_version_of_the_package(path: Path) -> None:
    assert tomllib.loads(path.read_text())["project"]["version"] == gs.__version__


def test_every_distribution_is_looked_at() -> None:
    names = {tomllib.loads(path.read_text())["project"]["name"] for path in PROJECTS}
    assert {"gansurrogate", "gansurrogate-onnx", "gansurrogate-signals"} <= names


@pytest.mark.skipif(not (ROOT / "CITATION.cff").exists(), reason="there is no CITATION.cff yet")
def test_the_citation_has_the_version_of_the_package() -> None:
    versions = re.findall(r"^version: *['\"]?([^'\"\s]+)", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert versions == [gs.__version__]
