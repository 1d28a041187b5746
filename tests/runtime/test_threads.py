"""Threads: of the host on one surrogate, how many the surrogate takes by itself, and Ctrl-C while they work."""

import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

SET = {"energy": 100.0, "kind": "b"}


def test_eight_host_threads_with_seeds_and_rows_of_their_own(golden):
    wanted = [(seed, start) for seed in range(8) for start in (0, 10**6, 2**33)]
    alone = [golden.sample(150, conditions=SET, rng=seed, start=start) for seed, start in wanted]
    together = Barrier(8)

    def draw(thread):
        together.wait(60)
        order = np.random.default_rng(thread).permutation(len(wanted))
        for seed, start in (wanted[i] for i in order):
            yield golden.sample(150, conditions=SET, rng=seed, start=start, tile=40), (seed, start)
            tiles = golden.iter_tiles(150, conditions=SET, rng=seed, start=start, tile=17)
            yield np.concatenate(list(tiles)), (seed, start)
            few = [golden.sample(10, conditions=SET, rng=seed, start=start + row) for row in range(0, 150, 10)]
            yield np.concatenate(few), (seed, start)

    with ThreadPoolExecutor(8) as pool:
        for drawn in pool.map(list, map(draw, range(8))):
            assert len(drawn) == 3 * len(wanted)
            for signals, which in drawn:
                np.testing.assert_array_equal(signals, alone[wanted.index(which)])


def test_eight_threads_may_open_the_surrogate_at_the_same_moment(golden, run_python, tmp_path):
    (tmp_path / "surrogate.pickle").write_bytes(pickle.dumps(golden))
    program = """
import pickle, sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
data, together = open(sys.argv[1], "rb").read(), Barrier(8)
def first(_):
    together.wait(60)
    return pickle.loads(data).sample(20, conditions={"energy": 100.0, "kind": "b"}, rng=3).tobytes()
with ThreadPoolExecutor(8) as pool:
    assert len(set(pool.map(first, range(8)))) == 1
"""
    run_python(program, tmp_path / "surrogate.pickle")


# --- how many ------------------------------------------------------------------------------------------

THREADS = """
import os, sys
if sys.argv[2]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import gansurrogate as gs
print(gs.load(sys.argv[1], device="cpu").threads)
"""
CPUS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@pytest.mark.parametrize(
    ("environment", "threads"),
    [
        ({}, CPUS),
        ({"OMP_NUM_THREADS": "1"}, 1),
        ({"SLURM_CPUS_PER_TASK": "1"}, 1),
        ({"OMP_NUM_THREADS": "1000", "SLURM_CPUS_PER_TASK": "1"}, 1),
        ({"OMP_NUM_THREADS": "1000", "SLURM_CPUS_PER_TASK": "1000"}, CPUS),
        ({"OMP_NUM_THREADS": "1,4"}, 1),  # nested levels, as OpenMP writes them
        ({"OMP_NUM_THREADS": ""}, CPUS),
        ({"OMP_NUM_THREADS": "many"}, CPUS),
    ],
)
def test_threads_keep_to_what_the_batch_system_gave(run_python, golden_path, environment, threads):
    given = {"OMP_NUM_THREADS": "", "SLURM_CPUS_PER_TASK": "", **environment}
    assert int(run_python(THREADS, golden_path, "", **given).stdout) == threads


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no CPU affinity")
def test_threads_keep_to_the_cpus_of_the_process(run_python, golden_path):
    given = {"OMP_NUM_THREADS": "", "SLURM_CPUS_PER_TASK": ""}
    assert int(run_python(THREADS, golden_path, "bound", **given).stdout) == 1


def test_the_default_is_that_of_the_process_which_unpickles(run_python, golden_path, tmp_path):
    pickled = tmp_path / "surrogate.pickle"
    save = "import pickle, sys, gansurrogate as gs\npickle.dump(gs.load(sys.argv[1]), open(sys.argv[2], 'wb'))"
    run_python(save, golden_path, pickled, OMP_NUM_THREADS="", SLURM_CPUS_PER_TASK="")
    show = "import pickle, sys\nprint(pickle.load(open(sys.argv[1], 'rb')).threads)"
    assert int(run_python(show, pickled, OMP_NUM_THREADS="1").stdout) == 1


# --- Ctrl-C --------------------------------------------------------------------------------------------

INTERRUPT = """
import _thread, json, signal, sys, threading
import numpy as np
import gansurrogate as gs
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with it ignored
TILE, TILES, SET = 10_000, 100, {"energy": 100.0, "kind": "b"}
surrogate = gs.load(sys.argv[1], device="cpu", threads=int(sys.argv[2]))
expected = surrogate.sample(500, conditions=SET, rng=3, tile=50)
out = np.full((TILE * TILES, 2, 16), np.nan, np.float32)

def filled():
    return int((~np.isnan(out[TILE - 1 :: TILE, -1, -1])).sum())   # tiles whose last value is there

pressed = None
def press():
    global pressed
    while not filled():
        threading.Event().wait(1e-3)   # polling without a pause would keep the others from working
    pressed = filled()
    _thread.interrupt_main()

threading.Thread(target=press, daemon=True).start()
try:
    surrogate.sample(len(out), conditions=SET, rng=3, out=out, tile=TILE)
except KeyboardInterrupt:
    returned = filled()
again = surrogate.sample(500, conditions=SET, rng=3, tile=50)
others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
print(json.dumps([returned - pressed, returned == filled(), np.array_equal(again, expected), others]))
"""


@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupt_ends_the_tiles_at_hand_and_no_more(run_python, golden_path, threads):
    more, at_rest, same, others = json.loads(run_python(INTERRUPT, golden_path, threads).stdout)
    assert more <= 10 * threads  # of about a hundred: those at hand, and those begun while the signal came through
    assert at_rest
    assert same
    assert others == []
