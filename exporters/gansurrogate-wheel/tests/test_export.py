"""What is written into a wheel, judged by the tools that take wheels."""

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from gansurrogate_wheel import export
from gansurrogate_wheel.metadata import Title, metadata
from packaging.metadata import Metadata
from packaging.utils import parse_wheel_filename

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, OutputError, SurrogateFileError
from gansurrogate.packages.card import model_card
from gansurrogate.packages.citation import citation_cff
from gansurrogate.packages.wheels import surrogate_of_wheel
from gansurrogate.surrogate_file import read_manifest, write_manifest
from gansurrogate.testing import check_exporter

ALONE = """
import sys
for name in ("torch", "onnx", "onnxruntime", "onnxscript", "scipy", "sklearn"):
    sys.modules[name] = None  # importing it fails
from gansurrogate_wheel import export
export(sys.argv[1], sys.argv[2])
"""


@pytest.fixture
def wheel(golden: Path, tmp_path: Path) -> Path:
    export(golden, tmp_path)
    return tmp_path / "gansurrogate_model_golden-1-py3-none-any.whl"


def tool(*command: object) -> None:
    """Run a module of Python that judges files; its complaints are those of the test."""
    environment = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_exporter_keeps_the_contract_of_exporters(golden: Path) -> None:
    check_exporter(export, golden, "model.whl")


def test_tools_that_take_wheels_take_it(wheel: Path) -> None:
    tool("twine", "check", "--strict", wheel)
    tool("check_wheel_contents", "--no-config", wheel)
    name, version, build, tags = parse_wheel_filename(wheel.name)
    assert (name, str(version), build) == ("gansurrogate-model-golden", "1", ())
    assert [str(tag) for tag in tags] == ["py3-none-any"]


def test_its_metadata_are_valid_and_say_what_the_manifest_says(wheel: Path, golden: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("gansurrogate_model_golden-1.dist-info/METADATA")
    said = Metadata.from_email(text, validate=True)
    assert (said.metadata_version, said.name, str(said.version)) == ("2.4", "gansurrogate-model-golden", "1")
    assert said.license_expression == "CC0-1.0"
    assert said.summary == "untrained, for tests"
    assert [str(each) for each in said.requires_dist or ()] == ["gansurrogate>=0.2.0.dev0"]
    card = model_card(read_manifest(golden))
    assert said.description
    assert card.endswith(said.description)
    assert said.description.startswith("# golden\n")


def test_it_holds_the_surrogate_bit_for_bit_with_card_citation_and_signature(golden: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(golden.read_bytes())
    assert surrogate_of_wheel(_exported(copy, tmp_path / "a.whl")) == (golden.read_bytes(), None)
    Path(f"{copy}.sig").write_bytes(b"a signature")
    signed = _exported(copy, tmp_path / "b.whl")
    assert surrogate_of_wheel(signed) == (golden.read_bytes(), b"a signature")
    manifest = read_manifest(golden)
    with zipfile.ZipFile(signed) as archive:
        assert archive.read("gansurrogate_model_golden/README.md").decode() == model_card(manifest)
        assert archive.read("gansurrogate_model_golden/CITATION.cff").decode() == citation_cff(manifest)


def _exported(surrogate: Path, wheel: Path) -> Path:
    export(surrogate, wheel)
    return wheel


def test_the_same_surrogate_is_the_same_wheel_anywhere(file, tmp_path: Path) -> None:
    digests = []
    for folder, zone in (("a", "UTC"), ("b", "Asia/Tokyo")):
        (tmp_path / folder).mkdir()
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": str(len(zone)), "SOURCE_DATE_EPOCH": str(10**9)}
        command = [sys.executable, "-W", "error", "-c", ALONE, file("text"), tmp_path / folder]
        subprocess.run(command, check=True, env=environment, umask=0o077 if folder == "a" else 0o022)
        (wheel,) = (tmp_path / folder).iterdir()
        digests.append((wheel.name, hashlib.sha256(wheel.read_bytes()).hexdigest()))
    assert digests[0] == digests[1]


def test_pip_installs_it_without_a_network_and_nothing_of_it_is_imported(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    tool("pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile", "--target", site, wheel)
    program = "import sys, gansurrogate as gs; gs.load('golden').self_test(); print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", program]
    modules = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()
    assert "gansurrogate" in modules
    assert "gansurrogate_model_golden" not in modules


@pytest.mark.parametrize(
    ("changes", "stem"),
    [
        ({"name": "Noisy Sine (v2)", "version": "2.0"}, "noisy_sine_v2-2.0"),
        ({"version": "v1.0-beta2"}, "golden-1.0b2"),
        ({"name": "Élan", "version": "2026.11.21"}, "elan-2026.11.21"),
    ],
)
def test_names_and_versions_become_those_of_packages(golden: Path, tmp_path: Path, changes, stem: str) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(golden.read_bytes())
    write_manifest(copy, replace(read_manifest(copy), **changes))
    for given in (copy, golden):
        folder = tmp_path / given.name
        folder = folder if folder.is_dir() else tmp_path / f"of-{given.stem}"
        folder.mkdir()
        export(given, folder, **({} if given is copy else changes))
        (wheel,) = folder.iterdir()
        assert wheel.name == f"gansurrogate_model_{stem}-py3-none-any.whl"
        assert surrogate_of_wheel(wheel)[0] == given.read_bytes()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "日本"}, r"ASCII letters or digits; '日本' has none: give a name \(--name\)"),
        ({"version": "final"}, r"like 1, 1.2 or 1.2rc1 \(PEP 440\); got 'final': give a version"),
        ({"version": "1/../../x"}, "PEP 440"),
        ({"version": 5000 * "9"}, "PEP 440"),
        ({"name": 300 * "a"}, r"at most 200 characters; got 321: give a name \(--name\)"),
        ({"license": "do what you like"}, "SPDX expression, as Apache-2.0 or LicenseRef-my-terms; the surrogate says"),
    ],
)
def test_what_a_package_cannot_be_called_is_refused(golden: Path, tmp_path: Path, changes, message: str) -> None:
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(golden.read_bytes())
    write_manifest(copy, replace(read_manifest(copy), **changes))
    (tmp_path / "out").mkdir()
    with pytest.raises(ArgumentError, match=message):
        export(copy, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_licences_are_written_as_the_standard_has_them(golden: Path) -> None:
    manifest = read_manifest(golden)
    title = Title.of(manifest, None, None)
    expected = {"mit or apache-2.0": "MIT OR Apache-2.0", "LicenseRef-Ours": "LicenseRef-Ours", "": None}
    for license, written in expected.items():
        text = metadata(replace(manifest, license=license), title)
        assert Metadata.from_email(text).license_expression == written


def test_text_of_a_manifest_cannot_add_a_header(golden: Path) -> None:
    evil = "fine\nRequires-Dist: evil\r\n\r\nProvides-Extra: x\x0bName: y\u2028z"
    manifest = replace(read_manifest(golden), description=evil, citation=evil, name=f"golden {evil}")
    title = Title.of(manifest, "golden", "1")
    said = message_from_bytes(metadata(manifest, title))
    assert said.get_all("Requires-Dist") == ["gansurrogate>=0.2.0.dev0"]
    assert said.get_all("Name") == ["gansurrogate-model-golden"]
    assert said.get("Provides-Extra") is None
    Metadata.from_email(metadata(manifest, title), validate=True)


def test_what_is_no_surrogate_or_cannot_be_written_is_refused(tmp_path: Path, golden: Path) -> None:
    (tmp_path / "x.onnx").write_text("not a model")
    with pytest.raises(SurrogateFileError, match=r"x\.onnx"):
        export(tmp_path / "x.onnx", tmp_path / "x.whl")
    with pytest.raises(OutputError, match="does not exist"):
        export(golden, tmp_path / "missing" / "x.whl")
    assert issubclass(SurrogateFileError, gs.SurrogateError)
