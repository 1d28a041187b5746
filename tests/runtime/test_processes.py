"""Worker processes: forked, spawned, from a fork server, of joblib. Each opens one session; the rows stay the same."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import gansurrogate as gs

N, CHUNK = 200, 25
SET = {"energy": 100.0, "kind": "b"}
METHODS = multiprocessing.get_all_start_methods()
LIMIT = 100  # [s]

forks = pytest.mark.skipif("fork" not in METHODS, reason="this system cannot fork")


def pieces(conditions):
    """The keyword arguments of each piece of the first rows of seed 3."""
    for start in range(0, N, CHUNK):
        given = {name: values[start : start + CHUNK] for name, values in conditions.items()}
        yield {"conditions": given, "rng": 3, "start": start}


# --- workers that receive the surrogate by pickle -------------------------------------------------------


@pytest.mark.parametrize("method", [method for method in METHODS if method != "fork"])
def test_four_workers_draw_the_rows_of_one_process(golden, conditions, expected, method):
    with ProcessPoolExecutor(4, multiprocessing.get_context(method)) as pool:
        jobs = [pool.submit(golden.sample, CHUNK, **piece) for piece in pieces(conditions)]
        drawn = [job.result(LIMIT) for job in jobs]
    np.testing.assert_array_equal(np.concatenate(drawn), expected)


def test_joblib_and_its_loky_draw_the_rows_of_one_process(golden, conditions, expected):
    joblib = pytest.importorskip("joblib")
    from joblib.externals import loky

    jobs = [joblib.delayed(golden.sample)(CHUNK, **piece) for piece in pieces(conditions)]
    try:
        drawn = joblib.Parallel(2, backend="loky", timeout=LIMIT)(jobs)
        again = [loky.get_reusable_executor(2).submit(golden.sample, CHUNK, **p) for p in pieces(conditions)]
        drawn += [job.result(LIMIT) for job in again]
    finally:
        loky.get_reusable_executor().shutdown()
    np.testing.assert_array_equal(np.concatenate(drawn), np.concatenate([expected, expected]))


COUNT = """
import os, pickle, sys, warnings
import numpy as np
import gansurrogate as gs
from gansurrogate.session import onnxruntime
ort = onnxruntime()

class Counted(ort.InferenceSession):
    opened = 0
    def __init__(self, *arguments, **options):
        Counted.opened += 1
        super().__init__(*arguments, **options)

ort.InferenceSession = Counted
SET = {"energy": 100.0, "kind": "b"}
"""


def test_a_thousand_tasks_in_one_worker_open_one_session(golden, tmp_path, run_python):
    (tmp_path / "surrogate.pickle").write_bytes(pickle.dumps(golden))
    program = """
data = open(sys.argv[1], "rb").read()
kept = [pickle.loads(data) for _ in range(10)]
for start in range(1000):
    drawn = pickle.loads(data).sample(1, conditions=SET, rng=3, start=start)
for surrogate in kept:
    assert np.array_equal(surrogate.sample(1, conditions=SET, rng=3, start=999), drawn)
assert Counted.opened == 1, Counted.opened
"""
    run_python(COUNT + program, tmp_path / "surrogate.pickle")


def test_each_pickle_keeps_its_choice_of_threads(golden_path):
    several = [pickle.dumps(gs.load(golden_path, device="cpu", threads=threads)) for threads in (1, 3)]
    assert [pickle.loads(data).threads for data in several] == [1, 3]


def test_a_task_that_closes_its_surrogate_leaves_the_next_one_open(golden):
    data = pickle.dumps(golden)
    for _ in range(2):
        with pickle.loads(data) as surrogate:
            drawn = surrogate.sample(2, conditions=SET, rng=3)
    np.testing.assert_array_equal(drawn, golden.sample(2, conditions=SET, rng=3))


def test_another_file_in_the_same_worker_opens_its_own_session(golden, with_manifest, manifest_dict):
    manifest = {**manifest_dict, "description": "another file"}
    other = pickle.loads(pickle.dumps(gs.load(with_manifest(manifest), device="cpu")))
    here = pickle.loads(pickle.dumps(golden))
    assert (other.manifest.description, here.manifest) == ("another file", golden.manifest)


# --- workers that inherit the surrogate by fork ----------------------------------------------------------

FORK = (
    COUNT
    + """
import multiprocessing
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
surrogate = gs.load(sys.argv[1], device="cpu", threads=4)
fork = multiprocessing.get_context("fork")

def rows(start, surrogate=surrogate):
    return surrogate.sample(50, conditions=SET, rng=3, start=start, tile=10)

def fresh(_):
    return surrogate.sample(2, conditions=SET).tobytes()

def opened(_):
    before = Counted.opened
    for start in range(3):
        rows(start)
    return Counted.opened - before
"""
)


@forks
@pytest.mark.parametrize("used", ["used", "not used"])
def test_forked_workers_and_their_parent_draw_the_same_rows(run_python, golden_path, used):
    program = """
if sys.argv[2] == "used":
    rows(0)
with fork.Pool(4) as pool:
    drawn = pool.map_async(rows, range(0, 400, 50), chunksize=1).get(LIMIT)
    whole = surrogate.sample(400, conditions=SET, rng=3)   # beside the workers
    later = pool.map_async(rows, range(0, 400, 50), chunksize=1).get(LIMIT)
assert np.array_equal(np.concatenate(drawn), whole)
assert np.array_equal(np.concatenate(later), whole)
assert np.array_equal(surrogate.sample(400, conditions=SET, rng=3), whole)
"""
    run_python(FORK + f"LIMIT = {LIMIT}\n" + program, golden_path, used)


@forks
def test_a_forked_child_opens_one_session_of_its_own(run_python, golden_path):
    program = f"""
rows(0)
with fork.Pool(1) as pool:
    in_child = pool.map_async(opened, [0, 1]).get({LIMIT})
assert in_child == [1, 0], in_child
assert opened(None) == 0   # the parent goes on with its own
"""
    run_python(FORK + program, golden_path)


@forks
def test_a_grandchild_draws_the_same_rows(run_python, golden_path):
    program = """
whole = rows(0)
if not (child := os.fork()):
    same = np.array_equal(rows(0), whole)
    if not (grandchild := os.fork()):
        os._exit(0 if np.array_equal(rows(0), whole) else 1)
    os._exit(0 if same and os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]) == 0 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""
    run_python(FORK + program, golden_path)


@forks
def test_forked_children_take_entropy_of_their_own(run_python, golden_path):
    program = f"""
drawn = [fresh(None)]
with fork.Pool(4) as pool:
    drawn += pool.map_async(fresh, range(16), chunksize=1).get({LIMIT})
assert len(set(drawn)) == 17
"""
    run_python(FORK + program, golden_path)


@forks
def test_a_fork_while_other_threads_sample_leaves_the_child_free(run_python, golden_path):
    """No lock that another thread held stays locked in the child."""
    program = """
import signal, threading
done, whole = threading.Event(), rows(0)

def busy():
    while not done.is_set():
        gs.load(sys.argv[1], device="cpu")
        pickle.loads(pickle.dumps(surrogate)).sample(500, conditions=SET, rng=1, tile=20)
        rows(100)

threads = [threading.Thread(target=busy) for _ in range(3)]
for thread in threads:
    thread.start()
codes = set()
for _ in range(20):
    if not (child := os.fork()):
        signal.alarm(20)   # [s]: ends a child that waits for ever
        same = np.array_equal(pickle.loads(pickle.dumps(surrogate)).sample(50, conditions=SET, rng=3), whole)
        os._exit(0 if same and np.array_equal(rows(0), whole) else 1)
    codes.add(os.waitpid(child, 0)[1])
done.set()
for thread in threads:
    thread.join()
assert codes == {0}, codes
"""
    run_python(FORK + program, golden_path)
