"""The journal of an unfinished file: what it says is true, whatever ended its writer."""

import os
import signal
import subprocess
import sys

import pytest

from gansurrogate.errors import OutputError
from gansurrogate.storage import journal as journals
from gansurrogate.storage.job import Job
from gansurrogate.storage.journal import Journal, read_job

JOB = Job("ab" * 32, 7, 100, 95, [2, 16], "<f4", "cd" * 32, 10, "0.1.0")
needs_locks = pytest.mark.skipif(os.name != "posix", reason="needs POSIX locks")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.npy.part.journal"


@pytest.fixture
def written(path):
    """A journal with three finished chunks."""
    with Journal(path) as journal:
        journal.begin(JOB)
        for chunk in (0, 2, 11):
            journal.add(chunk)
    return path


def test_a_new_journal_knows_nothing(path):
    with Journal(path) as journal:
        assert (journal.job, journal.finished) == (None, set())
    assert read_job(path) is None


def test_what_was_noted_down_is_read_back(written):
    with Journal(written) as journal:
        assert (journal.job, journal.finished) == (vars(JOB), {0, 2, 11})
    assert read_job(written) == vars(JOB)


def test_it_only_grows(path):
    sizes = []
    with Journal(path) as journal:
        journal.begin(JOB)
        before = path.read_bytes()
        for chunk in range(12):
            journal.add(chunk)
            assert path.read_bytes().startswith(before)
            before = path.read_bytes()
            sizes.append(len(before))
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("torn", [b"1", b"12", b"\0\0\0\0", b"\xff"])
def test_a_torn_last_line_is_dropped_and_the_next_is_whole(written, torn):
    with written.open("ab") as file:
        file.write(torn)
    with Journal(written) as journal:
        assert journal.finished == {0, 2, 11}
        journal.add(3)
    with Journal(written) as journal:
        assert journal.finished == {0, 2, 3, 11}


def test_nothing_after_a_damaged_line_is_believed(written):
    with written.open("ab") as file:
        file.write(b"\0\0\n4\n")
    with Journal(written) as journal:
        assert journal.finished == {0, 2, 11}


def test_a_torn_first_line_is_a_new_journal(path):
    path.write_text('{"file_sha256": "abab')
    with Journal(path) as journal:
        assert journal.job is None
        journal.begin(JOB)
    assert read_job(path) == vars(JOB)


@pytest.mark.parametrize("text", ["time;voltage\n0;1\n", "[1, 2]\n", "\n"])
def test_another_file_is_refused_and_left_alone(path, text):
    path.write_text(text)
    for opener in (Journal, read_job):
        with pytest.raises(OutputError, match="no journal of an unfinished file: delete it to start anew"):
            opener(path)
    assert path.read_text() == text


def test_clearing_forgets(written):
    with Journal(written) as journal:
        journal.clear()
        assert (journal.job, journal.finished) == (None, set())
        journal.begin(JOB)
        journal.add(5)
    with Journal(written) as journal:
        assert journal.finished == {5}


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*nowhere.*: No such file"):
        Journal(tmp_path / "nowhere" / "x.journal")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX resource limits")
def test_a_line_that_a_full_disk_cuts_is_taken_back(written, run_python):
    program = """
import os, resource, sys
from pathlib import Path
from gansurrogate.errors import OutputError
from gansurrogate.storage.journal import Journal
with Journal(Path(sys.argv[1])) as journal:
    size = os.path.getsize(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 2, resource.RLIM_INFINITY))
    try:
        journal.add(12345)
    except OutputError as error:
        print(error)
    assert os.path.getsize(sys.argv[1]) == size
    journal.add(1)
"""
    message = run_python(program, written).stdout
    assert message.startswith(f"cannot write {written}: No space left on device")
    with Journal(written) as journal:
        assert journal.finished == {0, 1, 2, 11}


# --- one process at a time -----------------------------------------------------------------------------

HOLD = """
import os, sys, time
from pathlib import Path
from gansurrogate.storage.journal import Journal
journal = Journal(Path(sys.argv[1]))
{more}
print("held", flush=True)
sys.stdin.read()
"""
FORK = """
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, b"1")
    sys.stdin.read()  # until the test ends
    os._exit(0)
os.read(reader, 1)  # the child runs
"""


@pytest.fixture
def holder():
    """Start a process that holds a journal."""
    started = []

    def start(path, more=""):
        command = [sys.executable, "-c", HOLD.format(more=more), path]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@needs_locks
def test_a_second_holder_is_refused_until_the_first_lets_go(written):
    with Journal(written), pytest.raises(OutputError, match="another process is writing this file"):
        Journal(written)
    Journal(written).close()


@needs_locks
def test_another_process_is_refused_and_a_killed_one_does_not_block(written, holder):
    process = holder(written)
    with pytest.raises(OutputError, match="another process is writing this file"):
        Journal(written)
    assert read_job(written) == vars(JOB)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Journal(written) as journal:
        assert journal.finished == {0, 2, 11}


@needs_locks
def test_forked_children_of_a_killed_process_do_not_block(written, holder):
    process = holder(written, FORK)
    with pytest.raises(OutputError):
        Journal(written)
    process.send_signal(signal.SIGKILL)
    process.wait()
    Journal(written).close()  # the child still runs


@needs_locks
def test_a_journal_that_its_last_holder_deletes_meanwhile_is_made_anew(written, monkeypatch):
    lock, calls = journals._lock, []

    def slow_lock(file, path):
        if not calls:
            path.unlink()
        calls.append(path)
        lock(file, path)

    monkeypatch.setattr(journals, "_lock", slow_lock)
    with Journal(written) as journal:
        assert journal.job is None
        assert written.exists()
        monkeypatch.undo()
        with pytest.raises(OutputError):
            Journal(written)
    assert len(calls) == 2


def test_removing_it_leaves_nothing(written):
    with Journal(written) as journal:
        journal.remove()
    assert not written.exists()
    assert read_job(written) is None
