"""Which onnxruntime is installed, and is it the right one?"""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy
import pluggy
import pytest

import gansurrogate as gs
from gansurrogate.doctor import Finding, nvidia, packages
from gansurrogate.session import installed_wheels, onnxruntime

CARD = nvidia.has_card()
GPU_WHEEL = "onnxruntime-gpu" in installed_wheels()
CHECK = "packages.check_onnxruntime"
DIAGNOSE = """
import json
from dataclasses import asdict
from gansurrogate.doctor import diagnose
print(json.dumps([asdict(finding) for finding in diagnose()]))
"""


@pytest.fixture
def restrict(tmp_path):
    """A folder with numpy, pluggy and this package, for a Python that sees nothing else."""

    def build(*more):
        site = tmp_path / "site"
        site.mkdir()
        for module in (numpy, pluggy, gs, *more):
            folder = Path(module.__file__).parent
            for path in (folder, folder.with_name(f"{folder.name}.libs")):
                if path.exists():
                    (site / path.name).symlink_to(path)
        for name in ("numpy", "pluggy", "gansurrogate"):
            add(site, name, version(name))
        return site

    return build


def add(site, name, number, **files):
    """Metadata of a distribution, as pip leaves it."""
    info = site / f"{name.replace('-', '_')}-{number}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")
    for file, content in files.items():
        (info / f"{file}.txt").write_text(content)


def alone(site):
    """All findings where only `site` is installed."""
    environment = {"PYTHONPATH": str(site), "PATH": os.environ["PATH"], "HOME": str(site)}
    done = subprocess.run([sys.executable, "-S", "-c", DIAGNOSE], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [Finding(**finding) for finding in json.loads(done.stdout)]


def first(site):
    """The line of a program that puts `site` before what is installed."""
    return f"import sys\nsys.path.insert(0, {str(site)!r})\n"


def test_both_wheels_at_once_are_a_problem_with_a_pip_line(look, only, tmp_path):
    for name in ("onnxruntime", "onnxruntime-gpu"):
        add(tmp_path / "site", name, "1.31.0")
    findings = look("diagnose", before=first(tmp_path / "site"))
    found = only(findings, "onnxruntime")
    assert found.level == "problem"
    assert found.value == "onnxruntime 1.31.0 and onnxruntime-gpu 1.31.0 overwrite each other's files"
    assert found.fix.startswith("pip uninstall -y onnxruntime onnxruntime-gpu && pip install 'gansurrogate[")
    assert "CPUExecutionProvider" not in {f.what for f in findings}  # which of the two would be asked?


def test_a_foreign_wheel_of_the_same_module_is_seen_too(look, only, tmp_path):
    add(tmp_path / "site", "ort-nightly", "1.32.0", top_level="onnxruntime\n")
    found = only(look(CHECK, before=first(tmp_path / "site")), "onnxruntime")
    assert found.level == "problem"
    assert "ort-nightly 1.32.0 overwrite each other's files" in found.value


@pytest.mark.parametrize("number", ["1.20.1", "1.9.0"])
def test_an_old_wheel_is_a_problem(look, only, tmp_path, number):
    (name,) = installed_wheels()
    add(tmp_path / "site", name, number)
    found = only(look(CHECK, before=first(tmp_path / "site")), "onnxruntime")
    assert found.level == "problem"
    assert found.value == f"{name} {number} is older than 1.21"
    assert found.fix == f"pip install -U '{name}>=1.21'"


def test_a_wheel_whose_files_are_anothers_is_a_problem(look, only, tmp_path):
    (name,) = installed_wheels()
    add(tmp_path / "site", name, "9.9.9")
    found = only(look(CHECK, before=first(tmp_path / "site")), "onnxruntime")
    assert found.level == "problem"
    assert f"{name} 9.9.9 is installed, but {onnxruntime().__version__} is imported" in found.value
    assert found.fix == f"pip install --force-reinstall --no-deps {name}==9.9.9"


def test_a_machine_without_onnxruntime_is_told_what_to_install(restrict, only):
    findings = alone(restrict())
    found = only(findings, "onnxruntime")
    assert (found.level, found.value) == ("problem", "not installed: no surrogate can be loaded")
    assert found.fix == f"pip install 'gansurrogate[{'gpu' if CARD else 'cpu'}]'"
    assert {"numpy", "threads", "telemetry"} <= {f.what for f in findings}  # the rest was looked at


def test_a_wheel_that_cannot_be_imported_is_told_with_its_cause(restrict, only):
    site = restrict()
    add(site, "onnxruntime", "1.31.0")
    (site / "onnxruntime.py").write_text("raise ImportError('libgomp.so.1: cannot open shared object file')")
    found = only(alone(site), "onnxruntime")
    assert found.level == "problem"
    assert found.value == "onnxruntime 1.31.0 cannot be imported: libgomp.so.1: cannot open shared object file"
    assert found.fix == "pip install --force-reinstall --no-deps onnxruntime==1.31.0"


def test_a_module_that_fails_in_its_own_way_is_no_traceback(restrict, only):
    site = restrict()
    add(site, "onnxruntime", "1.31.0")
    (site / "onnxruntime.py").write_text("raise RuntimeError('compiled for another numpy')")
    found = only(alone(site), "onnxruntime")
    assert found.level == "problem"
    assert "RuntimeError: compiled for another numpy" in found.value


@pytest.mark.skipif(CARD, reason="here the wheel for GPUs is right")
def test_the_gpu_wheel_without_a_card_is_a_warning(restrict, only):
    import onnxruntime as ort

    site = restrict(ort)
    add(site, "onnxruntime-gpu", ort.__version__)
    found = only(alone(site), "onnxruntime")
    assert (found.level, "no NVIDIA card" in found.value) == ("warning", True)
    assert found.fix == "pip uninstall -y onnxruntime-gpu && pip install 'gansurrogate[cpu]'"


@pytest.mark.skipif(GPU_WHEEL, reason="the wheel for GPUs is installed")
def test_the_cpu_wheel_beside_a_card_is_a_warning(only, tmp_path, monkeypatch):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "nvidia0").touch()
    monkeypatch.setattr(packages.platform, "machine", lambda: "x86_64")
    found = only(packages.check_onnxruntime(tmp_path), "onnxruntime")
    assert (found.level, "cannot use the NVIDIA card" in found.value) == ("warning", True)
    assert found.fix == "pip uninstall -y onnxruntime && pip install 'gansurrogate[gpu]'"
    monkeypatch.setattr(packages.platform, "machine", lambda: "aarch64")  # PyPI has no wheel for these
    assert only(packages.check_onnxruntime(tmp_path), "onnxruntime").level == "ok"
