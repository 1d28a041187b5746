"""`sample_to`: the rows of `sample`, bit for bit, whatever interrupts it and whoever draws them."""

import json
import multiprocessing
import re
import sys
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ArgumentTypeError, ConditionError, OutputError
from gansurrogate.storage import streaming
from gansurrogate.storage.streaming import sample_to, unfinished

N = 200
SUFFIXES = [".npy", ".h5", ".zarr"]
SET = {"energy": 100.0, "kind": "b"}


def signals_in(path):
    if path.suffix == ".npy":
        return np.load(path)
    if path.suffix == ".zarr":
        return pytest.importorskip("zarr").open_group(path, mode="r")["signals"][...]
    with pytest.importorskip("h5py").File(path, "r") as file:
        return file["signals"][...]


@pytest.fixture(params=SUFFIXES)
def path(request, tmp_path):
    if request.param != ".npy":
        pytest.importorskip("zarr" if request.param == ".zarr" else "h5py")
    folder = tmp_path / "signals"
    folder.mkdir()
    return folder / f"x{request.param}"


@pytest.fixture
def npy(tmp_path):
    folder = tmp_path / "signals"
    folder.mkdir()
    return folder / "x.npy"


class Interrupted(BaseException):
    """What ends a call in these tests."""


def stop_at(rows):
    def progress(done, n):
        if done >= rows:
            raise Interrupted

    return progress


def part_of(path):
    return path.with_name(f"{path.name}.part")


# --- the same rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 30, 64, 199, 200, 1000, None])
def test_the_file_holds_the_rows_of_sample(golden, conditions, expected, path, chunk):
    assert sample_to(golden, path, N, conditions=conditions, rng=3, chunk=chunk) == path
    np.testing.assert_array_equal(signals_in(path), expected, strict=True)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("piece", [1, 10_000])
def test_rows_do_not_depend_on_the_piece(golden, conditions, expected, npy, monkeypatch, piece):
    monkeypatch.setattr(streaming, "PIECE_BYTES", piece)
    sample_to(golden, npy, N, conditions=conditions, rng=3, chunk=150)
    np.testing.assert_array_equal(np.load(npy), expected)


def test_any_rows_of_the_stream(golden, conditions, expected, path):
    part = {name: values[77:190] for name, values in conditions.items()}
    sample_to(golden, str(path), 113, conditions=part, rng=3, start=77, chunk=20)
    np.testing.assert_array_equal(signals_in(path), expected[77:190])


def test_no_rows_make_an_empty_file(golden, path):
    sample_to(golden, path, 0, conditions=SET, rng=3)
    assert signals_in(path).shape == (0, 2, 16)
    assert list(path.parent.iterdir()) == [path]


def test_conditions_outside_the_range_are_treated_as_by_sample(golden, npy, caplog):
    given = {"energy": np.linspace(0, 1000, 50), "kind": "a"}
    with pytest.raises(ConditionError, match="outside its range"):
        sample_to(golden, npy, 50, conditions=given, rng=1)
    assert list(npy.parent.iterdir()) == []
    for domain in ("clip", "ignore", "warn"):
        sample_to(golden, npy, 50, conditions=given, rng=1, domain=domain, chunk=7)
        expected = golden.sample(50, conditions=given, rng=1, domain="ignore" if domain == "warn" else domain)
        np.testing.assert_array_equal(np.load(npy), expected)
    assert caplog.text.count("leaves its range") == 1  # once for all rows


def test_without_rng_the_file_has_a_seed_of_its_own(golden, tmp_path):
    path = tmp_path / "x.zarr"
    zarr = pytest.importorskip("zarr")
    seeds = set()
    for _ in range(2):
        sample_to(golden, path, 10, conditions=SET)
        seed = zarr.open_group(path, mode="r").attrs["seed"]
        np.testing.assert_array_equal(signals_in(path), golden.sample(10, conditions=SET, rng=seed))
        seeds.add(seed)
    assert len(seeds) == 2


def test_an_older_file_is_there_until_the_new_one_is_complete(golden, conditions, expected, path):
    sample_to(golden, path, 20, conditions=SET, rng=1)
    older = signals_in(path)
    seen = []

    def progress(done, n):
        np.testing.assert_array_equal(signals_in(path), older)
        seen.append((done, n))

    sample_to(golden, path, N, conditions=conditions, rng=3, chunk=64, progress=progress)
    np.testing.assert_array_equal(signals_in(path), expected)
    assert (seen[0], seen[-1]) == ((0, N), (N, N))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) == 5
    assert list(path.parent.iterdir()) == [path]


# --- going on ---------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
import numpy as np
import gansurrogate as gs
from gansurrogate.storage.streaming import sample_to
surrogate = gs.load(sys.argv[1], device="cpu", threads=1)
def progress(done, n):
    if done >= 90:
        os.kill(os.getpid(), signal.SIGKILL)
conditions = dict(np.load(sys.argv[3]))
sample_to(surrogate, sys.argv[2], 200, conditions=conditions, rng=3, chunk=15, progress=progress)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_after_kill_9_the_same_call_goes_on(golden, golden_path, conditions, expected, path, tmp_path, run_python):
    np.savez(tmp_path / "conditions.npz", **conditions)
    done = run_python(KILLED, golden_path, path, tmp_path / "conditions.npz", check=False)
    assert done.returncode == -9, done.stderr
    names = {part_of(path).name, f"{part_of(path).name}.journal"}
    assert {file.name for file in path.parent.iterdir()} == names
    with Watched() as executor:
        reported = []
        sample_to(
            golden, path, N, conditions=conditions, rng=3, chunk=15, executor=executor,
            progress=lambda rows, n: reported.append(rows),
        )  # fmt: skip
    assert 90 <= reported[0] < N
    assert executor.submitted == (N - reported[0] + 14) // 15  # what was there was not drawn again
    np.testing.assert_array_equal(signals_in(path), expected)
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def one_at_a_time(monkeypatch):
    """No chunk is at hand when the call is interrupted."""
    monkeypatch.setattr(streaming, "IN_FLIGHT", 1)


@pytest.mark.usefixtures("one_at_a_time")
def test_any_number_of_interruptions(golden, conditions, expected, path):
    for rows in range(10, N, 10):
        with pytest.raises(Interrupted) as caught:
            sample_to(golden, path, N, conditions=conditions, rng=3, chunk=10, progress=stop_at(rows))
        kept = f"{rows} of 200 rows are kept in {part_of(path)}: the same call goes on with them"
        assert caught.value.__notes__ == [kept]
    sample_to(golden, path, N, conditions=conditions, rng=3, chunk=10)
    np.testing.assert_array_equal(signals_in(path), expected)


def test_without_rng_and_chunk_the_unfinished_file_says_them(golden, conditions, npy):
    with pytest.raises(Interrupted):
        sample_to(golden, npy, N, conditions=conditions, chunk=30, progress=stop_at(60))
    job = unfinished(npy)
    assert (job["n"], job["chunk"]) == (N, 30)
    sample_to(golden, npy, N, conditions=conditions)
    np.testing.assert_array_equal(np.load(npy), golden.sample(N, conditions=conditions, rng=job["seed"]))
    assert unfinished(npy) is None


def test_an_interrupt_before_the_first_chunk_leaves_nothing(golden, path):
    with pytest.raises(Interrupted) as caught:
        sample_to(golden, path, N, conditions=SET, rng=3, progress=stop_at(0))
    assert caught.value.__notes__ == ["nothing was written there"]
    assert list(path.parent.iterdir()) == []


def test_an_interrupt_at_the_last_chunk_leaves_the_naming(golden, conditions, expected, path):
    with pytest.raises(Interrupted):
        sample_to(golden, path, N, conditions=conditions, rng=3, chunk=30, progress=stop_at(N))
    assert not path.exists()
    sample_to(golden, path, N, conditions=conditions, rng=3, chunk=30)
    np.testing.assert_array_equal(signals_in(path), expected)


@pytest.fixture
def interrupted(golden, conditions, npy, one_at_a_time):
    """Arguments of an unfinished call."""
    given = {"n": N, "conditions": conditions, "rng": 3, "start": 0, "chunk": 30}
    with pytest.raises(Interrupted):
        sample_to(golden, npy, **given, progress=stop_at(60))
    return given


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n": 199, "conditions": SET}, "n was 200 and is 199, the conditions are others"),
        ({"rng": 4}, "seed was 3 and is 4"),
        ({"start": 1}, "start was 0 and is 1"),
        ({"chunk": 31}, "chunk was 30 and is 31"),
        ({"conditions": SET}, "the conditions are others"),
    ],
)
def test_an_unfinished_file_of_another_call_is_refused_and_kept(golden, npy, interrupted, changes, words):
    before = {file: file.read_bytes() for file in npy.parent.iterdir()}
    with pytest.raises(ArgumentError, match=re.escape(words)) as caught:
        sample_to(golden, npy, **interrupted | changes)
    assert "Give the same arguments to go on with it, or delete it to start anew" in str(caught.value)
    assert {file: file.read_bytes() for file in npy.parent.iterdir()} == before


def test_an_unfinished_file_of_another_surrogate_is_refused(npy, interrupted, with_manifest, manifest_dict):
    other = gs.load(with_manifest({**manifest_dict, "name": "silver"}), device="cpu")
    with pytest.raises(ArgumentError, match="it is another surrogate file"):
        sample_to(other, npy, **interrupted)


def test_an_unfinished_file_of_another_version_is_refused(golden, npy, interrupted):
    journal = npy.with_name("x.npy.part.journal")
    first, *rest = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join([json.dumps({**json.loads(first), "version": "0.0.9"}) + "\n", *rest]))
    with pytest.raises(ArgumentError, match=f"version was 0.0.9 and is {gs.__version__}"):
        sample_to(golden, npy, **interrupted)


def test_deleting_the_unfinished_file_starts_anew(golden, npy, interrupted):
    part_of(npy).unlink()
    assert unfinished(npy) is None
    other = {**interrupted, "rng": 5}
    with pytest.raises(Interrupted):
        sample_to(golden, npy, **other, progress=stop_at(30))
    sample_to(golden, npy, **other)
    np.testing.assert_array_equal(np.load(npy), golden.sample(N, conditions=other["conditions"], rng=5))


def test_a_torn_line_of_the_journal_costs_one_chunk(golden, npy, interrupted, expected):
    journal, reported = npy.with_name("x.npy.part.journal"), []
    journal.write_bytes(journal.read_bytes()[:-1])
    sample_to(golden, npy, **interrupted, progress=lambda done, n: reported.append(done))
    assert reported[0] == 30
    np.testing.assert_array_equal(np.load(npy), expected)


def test_a_file_killed_while_it_was_laid_out_is_made_anew(golden, conditions, expected, npy):
    part_of(npy).write_bytes(b"half a header")
    npy.with_name("x.npy.part.journal").touch()
    sample_to(golden, npy, N, conditions=conditions, rng=3)
    np.testing.assert_array_equal(np.load(npy), expected)


def test_somebody_elses_part_file_is_left_alone(golden, npy):
    part_of(npy).write_text("a download")
    with pytest.raises(OutputError, match=r"x\.npy\.part is in the way and no unfinished file of this package"):
        sample_to(golden, npy, N, conditions=SET, rng=3)
    assert part_of(npy).read_text() == "a download"
    assert list(npy.parent.iterdir()) == [part_of(npy)]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX locks")
def test_a_second_call_at_the_same_time_is_refused(golden, conditions, expected, npy):
    refused = []

    def progress(done, n):
        with pytest.raises(OutputError, match="another process is writing this file"):
            sample_to(golden, npy, N, conditions=conditions, rng=3, chunk=64)
        refused.append(done)

    sample_to(golden, npy, N, conditions=conditions, rng=3, chunk=64, progress=progress)
    assert len(refused) == 5
    np.testing.assert_array_equal(np.load(npy), expected)


# --- executors --------------------------------------------------------------------------------------------


class Watched(ThreadPoolExecutor):
    """Counts what it is given; the task with the number `broken` fails."""

    def __init__(self, broken=-1):
        super().__init__(2)
        self.submitted = self.most = 0
        self.waiting = set()
        self.broken = broken

    def submit(self, fn, /, *args, **kwargs) -> Future:
        self.submitted += 1
        future = super().submit(*((fail,) if self.submitted == self.broken else (fn, *args)), **kwargs)
        self.waiting.add(future)
        self.waiting = {known for known in self.waiting if not known.done()}
        self.most = max(self.most, len(self.waiting))
        return future


def fail():
    msg = "the worker was lost"
    raise RuntimeError(msg)


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def test_threads_of_the_caller_draw_the_same(golden, conditions, expected, path):
    with ThreadPoolExecutor(3) as executor:
        sample_to(golden, path, N, conditions=conditions, rng=3, chunk=7, executor=executor)
        assert executor.submit(int, "3").result() == 3  # it is the caller's: left open
    np.testing.assert_array_equal(signals_in(path), expected)


def test_other_processes_draw_the_same(golden, conditions, expected, path, processes):
    sample_to(golden, path, N, conditions=conditions, rng=3, chunk=7, executor=processes)
    np.testing.assert_array_equal(signals_in(path), expected)


def test_workers_in_another_folder_write_to_the_same_file(
    golden, conditions, expected, tmp_path, processes, monkeypatch
):
    processes.submit(int).result()  # one is there already
    monkeypatch.chdir(tmp_path)
    path = sample_to(golden, "x.npy", N, conditions=conditions, rng=3, chunk=7, executor=processes)
    assert path == Path("x.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), expected)


def test_an_executor_never_knows_of_all_chunks_at_once(golden, conditions, expected, npy, monkeypatch):
    monkeypatch.setattr(streaming, "IN_FLIGHT", 8)
    with Watched() as executor:
        sample_to(golden, npy, N, conditions=conditions, rng=3, chunk=1, executor=executor)
    assert executor.submitted == N
    assert executor.most <= 8
    np.testing.assert_array_equal(np.load(npy), expected)


def test_a_lost_worker_ends_the_call_and_costs_no_finished_chunk(golden, conditions, expected, path):
    given = {"conditions": conditions, "rng": 3, "chunk": 10}
    with Watched(broken=12) as executor, pytest.raises(RuntimeError, match="the worker was lost") as caught:
        sample_to(golden, path, N, **given, executor=executor)
    kept = int(re.match(r"(\d+) of 200 rows are kept", caught.value.__notes__[0])[1])
    assert kept >= 110  # those before it were drawn before it, or finished beside it
    with Watched() as executor:
        sample_to(golden, path, N, **given, executor=executor)
    assert executor.submitted == (N - kept) // 10
    np.testing.assert_array_equal(signals_in(path), expected)


# --- limits -------------------------------------------------------------------------------------------------

FULL = """
import resource, sys
import gansurrogate as gs
from gansurrogate.storage import streaming
from gansurrogate.errors import OutputError
streaming.IN_FLIGHT = 1  # no chunk is drawn before the disk is full
surrogate = gs.load(sys.argv[1], device="cpu", threads=1)
def progress(done, n):
    if done >= int(sys.argv[3]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    given = {"energy": 100.0, "kind": "b"}
    streaming.sample_to(surrogate, sys.argv[2], 200, conditions=given, rng=3, chunk=20, progress=progress)
except OutputError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX resource limits")
def test_a_disk_that_becomes_full_keeps_what_is_there(golden, golden_path, path, run_python):
    message = run_python(FULL, golden_path, path, 60).stdout
    assert re.match(rf"cannot write {path}: File too large; 60 of 200 rows are kept in {path}\.part: the same", message)
    sample_to(golden, path, N, conditions=SET, rng=3)
    np.testing.assert_array_equal(signals_in(path), golden.sample(N, conditions=SET, rng=3))
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX resource limits")
def test_a_disk_that_is_full_keeps_nothing(golden_path, path, run_python):
    message = run_python(FULL, golden_path, path, 0).stdout
    assert message == f"cannot write {path}: File too large; nothing was written there\n"
    assert list(path.parent.iterdir()) == []


def test_more_than_the_disk_holds_is_refused_before_the_work(golden, path):
    with pytest.raises(OutputError, match=r"it takes .* GB, .* GB are free; nothing was written there"):
        sample_to(golden, path, 10**12, conditions=SET, rng=3)
    assert list(path.parent.iterdir()) == []


PEAK = """
import re, sys
from pathlib import Path
import gansurrogate as gs
from gansurrogate.storage import streaming
surrogate = gs.load(sys.argv[1], device="cpu", threads=1)
streaming.PIECE_BYTES = 2**20
given = {"energy": 100.0, "kind": "b"}
streaming.sample_to(surrogate, sys.argv[2], int(sys.argv[3]), conditions=given, rng=3, chunk=20_000)
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the peak of memory")
def test_memory_does_not_grow_with_the_number_of_signals(golden_path, path, run_python):
    few, many = 100_000, 700_000  # 12 and 85 MiB
    small, large = (int(run_python(PEAK, golden_path, path, n).stdout) for n in (few, many))
    assert large - small < 0.1 * (many - few) * 2 * 16 * 4 / 1024


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"n": -1}, ArgumentError, "n is at least 0"),
        ({"n": 1.5}, ArgumentTypeError, "n is a whole number"),
        ({"start": 2**40}, ArgumentError, r"rows end at 2\*\*40"),
        ({"chunk": 0}, ArgumentError, "chunk is at least 1"),
        ({"rng": 2**63}, ArgumentError, "a seed is below"),
        ({"conditions": None}, ConditionError, "missing condition"),
        ({"domain": "nowhere"}, ArgumentError, "domain is one of"),
    ],
)
def test_impossible_arguments_leave_no_file(golden, npy, changes, error, words):
    with pytest.raises(error, match=words):
        sample_to(golden, npy, **{"n": 5, "conditions": SET, "rng": 1} | changes)
    assert list(npy.parent.iterdir()) == []
