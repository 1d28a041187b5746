"""Loading, sampling and dropping leaves nothing behind; `benchmarks/leak.py` does the same ten thousand times."""

import json
import sys

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

PROGRAM = """
import gc, json, os, pickle, resource, sys
from pathlib import Path
import gansurrogate as gs
from gansurrogate.digests import sealed
from gansurrogate.onnxfile import scan

SET = {"energy": 100.0, "kind": "b"}
DATA = Path(sys.argv[1]).read_bytes()
VERSION = b'"version":"'

def state():
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    # A thread that was joined may still be ending: the system lists it for some microseconds more.
    threads = min(len(os.listdir("/proc/self/task")) for _ in range(1000))
    return pages * resource.getpagesize(), threads, len(os.listdir("/proc/self/fd"))

def other(cycle):
    digit = b"%d" % (cycle % 10)
    at = DATA.index(VERSION) + len(VERSION)
    data = DATA[:at] + digit + DATA[at + 1 :]
    return gs.load(sealed(data, scan(data).entries("gansurrogate")[0]), device="cpu", threads=2)

def pickled(cycle, surrogate=gs.load(DATA, device="cpu")):
    return pickle.loads(pickle.dumps(surrogate))

def refused(cycle):
    try:
        gs.load(DATA[:-100])
    except gs.SurrogateError:
        return gs.load(DATA, device="cpu")

make = {"other": other, "pickled": pickled, "refused": refused}[sys.argv[2]]
for cycle in range(300):
    if cycle == 100:
        before = state()
    make(cycle).sample(100, conditions=SET, rng=cycle, tile=20)
print(json.dumps([after - was for was, after in zip(before, state())]))
"""


@pytest.mark.parametrize("cycle", ["other", "pickled", "refused"])
def test_hundreds_of_surrogates_leave_nothing_behind(run_python, golden_path, cycle):
    memory, threads, files = json.loads(run_python(PROGRAM, golden_path, cycle).stdout)
    assert memory < 3e6  # 200 cycles: below the 22 kB of a file each, let alone of a session
    assert (threads, files) == (0, 0)
