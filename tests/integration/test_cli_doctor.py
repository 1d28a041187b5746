"""``gansurrogate doctor``: exit code 0 on a sound machine, 1 with a problem and its fix, 2 for wrong use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gansurrogate.cli.app import run
from gansurrogate.session import installed_wheels

Capture = pytest.CaptureFixture[str]
NO_TORCH = """
import sys
from gansurrogate.cli.app import run
code = run(["doctor"])
assert not {"torch", "onnx", "sklearn"} & sys.modules.keys()
sys.exit(code)
"""


def test_a_sound_machine_ends_with_zero(golden: Path, capsys: Capture) -> None:
    assert run(["doctor", str(golden), "--device", "cpu"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    lines = said.out.splitlines()
    assert any(line.split()[:2] == ["ok", "CPUExecutionProvider"] for line in lines)
    assert any(line.startswith("ok       self-test") for line in lines)
    assert lines[-1].startswith("problems: 0, warnings: ")


def test_json_holds_the_same_findings(golden: Path, capsys: Capture) -> None:
    assert run(["doctor", str(golden), "--device", "cpu", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["problems"] == 0
    found = {finding["what"]: finding for finding in said["findings"]}
    assert found["device cpu"] == {"what": "device cpu", "value": "CPUExecutionProvider", "level": "ok", "fix": ""}
    assert "us per signal" in found["speed"]["value"]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_damaged_file_ends_with_one_and_names_the_fix(golden: Path, capsys: Capture, form: list[str]) -> None:
    data = bytearray(golden.read_bytes())
    data[len(data) // 2] ^= 1
    Path("damaged.onnx").write_bytes(data)
    assert run(["doctor", "damaged.onnx", *form]) == 1
    said = capsys.readouterr()
    assert "get the file again, with its .sig if it has one, from where it was made" in said.out
    assert "Traceback" not in said.out + said.err


@pytest.mark.skipif("onnxruntime-gpu" in installed_wheels(), reason="this onnxruntime has CUDA")
def test_a_device_that_cannot_be_used_ends_with_one(capsys: Capture) -> None:
    assert run(["doctor", "--device", "cuda", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    (found,) = [finding for finding in said["findings"] if finding["level"] == "problem"]
    assert found["what"] == "device cuda"
    assert "gansurrogate[gpu]" in found["value"]


def test_a_fix_is_one_line_however_narrow_the_screen(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert run(["doctor", "--device", "a-device-with-a-very-long-name-that-nobody-has"]) == 1
    (fix,) = [line for line in capsys.readouterr().out.splitlines() if "-> name a provider" in line]
    assert fix.strip() == "-> name a provider that starts, or cpu"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["missing.onnx"], "does not exist"), (["."], "is a directory"), (["--jsn"], "No such option"), (["a", "b"], "")],
)
def test_wrong_use_ends_with_two(
    arguments: list[str], words: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["doctor", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""


def test_the_doctor_imports_no_torch() -> None:
    done = subprocess.run([sys.executable, "-c", NO_TORCH], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_doctor_works_beside_two_wheels(tmp_path: Path) -> None:
    """The command itself, where `load` refuses: one problem with its pip line, exit code 1, no traceback."""
    for name in ("onnxruntime", "onnxruntime_gpu"):
        info = tmp_path / f"{name}-1.31.0.dist-info"
        info.mkdir()
        wheel = name.replace("_", "-")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {wheel}\nVersion: 1.31.0\n")
    program = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nfrom gansurrogate.cli.app import run\n"
    program += "sys.exit(run(['doctor']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "-> pip uninstall -y onnxruntime onnxruntime-gpu && pip install 'gansurrogate[" in done.stdout
    assert "problems: 1" in done.stdout
