"""``gansurrogate package``: what it prints, and what it does not replace."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from gansurrogate.cli.app import run
from gansurrogate.packages.wheels import surrogate_of_wheel
from gansurrogate.surrogate_file import read_manifest, write_manifest

WHEEL = "gansurrogate_model_golden-1-py3-none-any.whl"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    return tmp_path / "packages"


@pytest.fixture
def other(golden: Path, tmp_path: Path) -> Path:
    """The same surrogate with another manifest."""
    (tmp_path / "other.onnx").write_bytes(golden.read_bytes())
    write_manifest(tmp_path / "other.onnx", replace(read_manifest(golden), name="Golden!"))
    return tmp_path / "other.onnx"


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command that is refused says."""
    assert run([str(argument) for argument in arguments]) == 2
    return " ".join(capsys.readouterr().err.split())


def test_it_prints_the_wheel_and_the_two_commands_of_the_other_machine(capsys, golden: Path, packages: Path) -> None:
    assert run(["package", str(golden), "-o", str(packages)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        str(packages / WHEEL),
        f"on the other machine: pip install {WHEEL}",
        'in the program there: gs.load("golden")',
    ]
    assert printed.err == ""
    assert [each.name for each in packages.iterdir()] == [WHEEL]
    assert surrogate_of_wheel(packages / WHEEL) == (golden.read_bytes(), None)


def test_as_json(capsys, golden: Path, packages: Path, tmp_path: Path) -> None:
    signed = tmp_path / "signed.onnx"
    signed.write_bytes(golden.read_bytes())
    Path(f"{signed}.sig").write_bytes(b"a signature")
    arguments = ["package", str(signed), "-o", str(packages), "--name", "My Waves", "--version", "2.0-rc1", "--json"]
    assert run(arguments) == 0
    printed = capsys.readouterr()
    wheel = packages / "gansurrogate_model_my_waves-2.0rc1-py3-none-any.whl"
    content = wheel.read_bytes()
    assert json.loads(printed.out) == {
        "wheel": str(wheel), "name": "my-waves", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
        "signed": True, "install": f"pip install {wheel.name}", "load": 'gs.load("my-waves")',
    }  # fmt: skip
    assert "'My Waves' is loaded as 'my-waves'" in printed.err


def test_another_wheel_of_this_name_and_version_is_not_replaced(
    capsys, golden: Path, packages: Path, other: Path
) -> None:
    assert run(["package", str(golden), "-o", str(packages)]) == 0
    before = (packages / WHEEL).read_bytes()
    assert run(["package", str(golden), "-o", str(packages)]) == 0  # the same bits
    write_manifest(other, replace(read_manifest(golden), description="changed"))
    said = complaint(capsys, "package", other, "-o", packages)
    assert "there is one already, with another content: give a higher --version, or --force" in said
    assert (packages / WHEEL).read_bytes() == before
    assert run(["package", str(other), "-o", str(packages), "--version", "2"]) == 0
    assert run(["package", str(other), "-o", str(packages), "--force"]) == 0
    assert surrogate_of_wheel(packages / WHEEL)[0] == other.read_bytes()
    assert len(list(packages.iterdir())) == 2


@pytest.mark.parametrize("version", ["1", "2"])
def test_two_names_that_become_one_are_told(capsys, golden: Path, packages: Path, other: Path, version: str) -> None:
    assert run(["package", str(golden), "-o", str(packages)]) == 0
    said = complaint(capsys, "package", other, "-o", packages, "--version", version)
    assert f"{WHEEL} packages 'golden', whose name becomes the same as that of 'Golden!': give a --name" in said
    assert [each.name for each in packages.iterdir()] == [WHEEL]
    assert run(["package", str(other), "-o", str(packages), "--name", "other"]) == 0


def test_mistakes_are_told(capsys, golden: Path, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "does not exist; make it first" in complaint(capsys, "package", golden, "-o", packages / "x" / "y")
    assert "it is a file; give a folder" in complaint(capsys, "package", golden, "-o", golden)
    assert "give a version (--version)" in complaint(capsys, "package", golden, "-o", packages, "--version", "final")
    assert "give a name (--name)" in complaint(capsys, "package", golden, "-o", packages, "--name", "?")
    assert "no-such-surrogate" in complaint(capsys, "package", "no-such-surrogate", "-o", packages)
    assert "there is no file none.onnx" in complaint(capsys, "package", "none.onnx", "-o", packages / "new")
    monkeypatch.setattr("gansurrogate.plugins.announced", lambda group: [])
    assert "Try: pip install gansurrogate-wheel" in complaint(capsys, "package", golden, "-o", packages)
    assert list(packages.iterdir()) == []
