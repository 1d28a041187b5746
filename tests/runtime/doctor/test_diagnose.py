"""Everything together: on a sound machine, in silence, and whatever fails."""

import importlib
import sys

import numpy
import pytest

from gansurrogate import doctor
from gansurrogate.doctor import devices, nvidia
from gansurrogate.doctor.child import ask
from gansurrogate.doctor.finding import guarded
from gansurrogate.providers import CPU, CUDA
from gansurrogate.session import installed_wheels

CARD = nvidia.has_card()
GPU_WHEEL = "onnxruntime-gpu" in installed_wheels()
PROGRAM = """
import sys, threading
from gansurrogate.doctor import diagnose
assert diagnose(sys.argv[1])
print("torch" in sys.modules, threading.active_count())
"""


def test_a_sound_machine_has_no_problem(look, only, golden_path):
    findings = look("diagnose", golden_path, "cpu")
    assert "problem" not in {finding.level for finding in findings}
    assert only(findings, "numpy").value == numpy.__version__
    assert only(findings, CPU).value == "starts"
    assert only(findings, "device cpu").value == CPU
    assert only(findings, "runs on").value == f"{CPU} 100 % of the nodes"
    assert "passed" in only(findings, "self-test").value
    assert "us per signal in tiles of 64 on one thread" in only(findings, "speed").value


def test_nothing_is_printed_written_or_left_running(run_python, golden_path, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = run_python(PROGRAM, golden_path, TMPDIR=str(temporary))
    assert (done.stdout, done.stderr) == ("False 1\n", "")
    assert list((tmp_path / "home").iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_a_check_that_fails_says_so():
    def check():
        yield doctor.Finding("first", "fine")
        {}["sysfs"]

    first, second = guarded("second", check)
    assert first.level == "ok"
    assert (second.what, second.level) == ("second", "problem")
    assert second.value == "could not be looked at: KeyError: 'sysfs'"
    assert second.fix


def test_a_device_that_is_not_there_is_a_problem_that_lists_the_others(look, only):
    found = only(look("devices.check_devices", "tpu"), "device tpu")
    assert (found.level, CPU in found.value) == ("problem", True)
    assert found.fix


@pytest.mark.skipif(GPU_WHEEL, reason="this onnxruntime has CUDA")
def test_a_provider_that_is_not_there_does_not_start():
    (found,) = devices.start(CUDA)
    assert found.level == "problem"


@pytest.mark.skipif(CARD or not GPU_WHEEL, reason="needs onnxruntime-gpu on a machine without a card")
def test_cuda_that_does_not_start_is_told_with_the_library_it_misses(look, only):
    findings = look("devices.check_devices", "cuda")
    assert ".so" in only(findings, CUDA).value
    assert only(findings, "device cuda").level == "problem"


CRASHING = """
import ctypes, os, threading
from gansurrogate.doctor import Finding

def dies(name):
    yield Finding("before", "fine")
    print("a library prints this", flush=True)
    os.write(2, b"\\x1b[31mthe driver complains\\x1b[m\\n")
    ctypes.string_at(0)

def leaves(name):
    os._exit(3)
    yield

def hangs(name):
    yield Finding("before", "fine")
    threading.Event().wait()
"""


@pytest.fixture
def crashing(tmp_path, monkeypatch):
    """A module with checks that do not come back, where the other process finds it."""
    (tmp_path / "crashing.py").write_text(CRASHING)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("crashing")
    del sys.modules["crashing"]


def test_a_check_that_crashes_is_a_finding(crashing):
    (before, end), _ = ask(crashing.dies, "the device")
    assert before == doctor.Finding("before", "fine")
    assert (end.what, end.level) == ("the device", "problem")
    assert end.value == "the process that looked at it was ended by SIGSEGV; it said last: the driver complains"
    (end,), _ = ask(crashing.leaves, "the device")
    assert "ended with exit code 3; it said last: nothing" in end.value


def test_a_check_that_hangs_is_a_finding(crashing):
    (*_, end), _ = ask(crashing.hangs, "the device", seconds=2)
    assert (end.what, end.level) == ("the device", "problem")
    assert "did not end within 2 s" in end.value
