"""Cards, driver and CUDA libraries: made as files, scripts and compiled libraries where there are none."""

import json
import os
import shutil
import subprocess

import pytest

from gansurrogate.doctor import Finding, nvidia


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A root folder with a card, and what nvidia-smi says and ends with."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def build(said=None, code=0, card=True):
        root = tmp_path / "root"
        (root / "dev").mkdir(parents=True)
        if card:
            (root / "dev" / "nvidia0").touch()
        if said is not None:
            command = tmp_path / "nvidia-smi"
            command.write_text(f"#!/bin/sh\necho '{said}'\nexit {code}\n")
            command.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep if said is not None else None)
        return root

    return build


def test_no_card_is_no_problem(machine, only):
    assert only(nvidia.check_card(machine(card=False)), "NVIDIA card").value == "none"


def test_a_driver_without_a_card_names_what_hands_it_in(machine, only):
    root = machine(card=False)
    (root / "proc/driver/nvidia").mkdir(parents=True)
    (root / "proc/driver/nvidia/version").write_text("NVRM version: 580.65.06")
    found = only(nvidia.check_card(root), "NVIDIA card")
    assert (found.level, "--gpus all" in found.fix) == ("warning", True)


def test_a_card_is_shown_as_nvidia_smi_says(machine, only):
    found = only(nvidia.check_card(machine("NVIDIA H200, 580.65.06, 143771 MiB")), "NVIDIA card")
    assert (found.level, found.value) == ("ok", "NVIDIA H200, 580.65.06, 143771 MiB")


def test_a_card_is_shown_where_nvidia_smi_is_missing(machine, only):
    assert "nvidia-smi is not on the PATH" in only(nvidia.check_card(machine()), "NVIDIA card").value


def test_a_driver_that_does_not_answer_is_a_problem(machine, only):
    root = machine("NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.", code=9)
    found = only(nvidia.check_card(root), "NVIDIA card")
    assert (found.level, "could not communicate" in found.value) == ("problem", True)


def test_a_card_hidden_by_a_variable_is_a_warning(machine, only, monkeypatch):
    root = machine("NVIDIA H200, 580.65.06, 143771 MiB")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    found = only(nvidia.check_card(root), "NVIDIA card")
    assert (found.level, found.fix) == ("warning", "unset CUDA_VISIBLE_DEVICES")


LIBRARIES = """
import json, sys
from dataclasses import asdict
from gansurrogate.doctor.nvidia import libraries
print(json.dumps([asdict(finding) for finding in libraries(sys.argv[1], "pip install it", card=sys.argv[2] == "card")]))
"""


@pytest.fixture
def libraries(run_python):
    """``libraries("13.0", "card", **environment)``: what a fresh process finds of that CUDA."""

    def run(*arguments, **environment):
        said = run_python(LIBRARIES, *arguments, **environment).stdout
        return [Finding(**finding) for finding in json.loads(said)]

    return run


@pytest.fixture
def library(tmp_path):
    """Compile an empty shared library, in a folder for LD_LIBRARY_PATH; `driver` is the CUDA version it answers."""
    if (compiler := shutil.which("cc")) is None:
        pytest.skip("there is no C compiler")
    folder = tmp_path / "libraries"
    folder.mkdir()

    def compile(name, driver=0):
        source = f"int cuDriverGetVersion(int *version) {{ *version = {driver}; return 0; }}"
        arguments = [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", folder / name]
        subprocess.run(arguments, input=source, text=True, check=True)
        return folder

    return compile


def test_missing_cuda_libraries_are_named(libraries):
    """There will never be a CUDA 99 to find."""
    for card, level in (("card", "problem"), ("none", "warning")):
        findings = libraries("99.1", card)
        missing = [f for f in findings if "libcudart.so.99" in f.value]
        assert [(f.level, f.fix) for f in missing] == [(level, "pip install it")]
        assert "libcublasLt.so.99, libcublas.so.99" in missing[0].value
        assert "libcufft.so.98" in missing[0].value
        assert "cannot open shared object file" in missing[0].value


def test_cuda_libraries_are_shown_with_the_folder_they_came_from(libraries, library):
    for name in ("libcudart.so.99", "libcublas.so.99", "libcublasLt.so.99"):
        folder = library(name)
    findings = libraries("99.1", "card", LD_LIBRARY_PATH=str(folder))
    found = {f.value: f.level for f in findings}
    assert found[f"libcudart.so.99, libcublasLt.so.99, libcublas.so.99 in {folder}"] == "ok"
    assert any("libcufft.so.98" in value for value, level in found.items() if level == "problem")


@pytest.mark.parametrize(
    ("driver", "level", "words"),
    [
        (12040, "problem", "it supports CUDA 12; this onnxruntime was built for CUDA 13.0"),
        (13000, "ok", "for CUDA up to 13"),
        (14010, "ok", "for CUDA up to 14"),
    ],
)
def test_a_driver_that_is_too_old_is_a_problem(libraries, only, library, driver, level, words):
    folder = library(nvidia.DRIVER, driver)
    found = only(libraries("13.0", "card", LD_LIBRARY_PATH=str(folder)), "NVIDIA driver")
    assert (found.level, words in found.value) == (level, True)
    assert ("onnxruntime-gpu[cuda,cudnn]<1.27" in found.fix) == (driver == 12040)
