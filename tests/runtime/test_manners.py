"""A guest in somebody else's process: no spinning, no leftovers. What it prints and imports: test_imports.py."""

import json

import pytest

USE = """
import json, os, sys, threading, time
before, folder = dict(os.environ), os.getcwd()
import gansurrogate as gs
surrogate = gs.load(sys.argv[1], device="cpu", threads=2)
SET = {"energy": 100.0, "kind": "b"}
surrogate.sample(5000, conditions=SET, rng=1)
"""


def test_a_loaded_surrogate_costs_nothing_while_it_waits(run_python, golden_path):
    wait = """
began = time.process_time()
threading.Event().wait(0.5)
print(time.process_time() - began)
"""
    assert float(run_python(USE + wait, golden_path).stdout) < 0.025


def test_one_thread_of_work_burns_one_thread_of_time(run_python, golden_path):
    """Helper threads that spin between calls would show as time of the process beyond that of the caller."""
    work = """
surrogate = gs.load(sys.argv[1], device="cpu", threads=1)
process, caller = time.process_time(), time.thread_time()
while time.thread_time() - caller < 0.5:
    surrogate.sample(300, conditions=SET, rng=1)
print((time.process_time() - process) / (time.thread_time() - caller))
"""
    assert float(run_python(USE + work, golden_path).stdout) < 1.05


def test_no_thread_stays_and_no_surrounding_changes(run_python, golden_path, tmp_path):
    """Neither threads nor folders nor variables, but the one that keeps onnxruntime from reporting home."""
    look = """
changed = {name for name in {*before, *os.environ} if before.get(name) != os.environ.get(name)}
files = [name for folder in sys.argv[2:] for name in os.listdir(folder)]
print(json.dumps([sorted(changed), os.getcwd() == folder, threading.active_count(), files]))
"""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = run_python(USE + look, golden_path, temporary, TMPDIR=str(temporary))
    assert json.loads(done.stdout) == [["ORT_DISABLE_TELEMETRY"], True, 1, []]


@pytest.mark.parametrize("ending", ["", "del surrogate", "sys.exit()", "os._exit(0)"])
def test_the_host_ends_in_silence_however_it_ends(run_python, golden_path, ending):
    done = run_python(USE + "next(surrogate.iter_tiles(10**9, conditions=SET, rng=1))\n" + ending, golden_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
