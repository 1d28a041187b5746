"""A job: its chunks cover its rows once, and it knows what makes it another one."""

from dataclasses import replace

import numpy as np
import pytest

from gansurrogate.sampling.request import Request
from gansurrogate.storage.job import CHUNK_BYTES, Job, row_bytes

JOB = Job("ab" * 32, 7, 100, 95, [2, 16], "<f4", "cd" * 32, 10, "0.1.0")


def request_of(golden, n, conditions=None, start=0):
    return Request.of(golden.spec, n, conditions or {"energy": 100, "kind": "b"}, 0, start, "error", 64)


@pytest.mark.parametrize(("n", "chunk"), [(0, 1), (1, 1), (9, 10), (10, 10), (11, 10), (95, 7)])
def test_chunks_cover_all_rows_once_and_in_order(n, chunk):
    job = replace(JOB, n=n, chunk=chunk)
    rows = [row for number in job.chunks for row in range(n)[job.rows(number)]]
    assert rows == list(range(n))
    assert all(job.rows(number).stop <= n for number in job.chunks)


def test_finished_rows_are_counted():
    for finished in (set(), {0}, {9}, {0, 9}, set(JOB.chunks)):
        assert JOB.done(finished) == sum(len(range(JOB.n)[JOB.rows(number)]) for number in finished)


def test_the_default_chunk_is_whole_tiles_of_about_64_mib(golden):
    job = Job.of(golden.manifest, request_of(golden, 10**7), 7, None)
    assert job.chunk % golden.manifest.tile == 0
    assert 0.9 * CHUNK_BYTES < job.chunk * row_bytes(golden.spec.shape, "<f4") <= CHUNK_BYTES


@pytest.mark.parametrize(("n", "chunk", "taken"), [(5, None, 5), (5, 100, 5), (100, 30, 30), (0, None, 1)])
def test_a_chunk_is_no_longer_than_the_job(golden, n, chunk, taken):
    assert Job.of(golden.manifest, request_of(golden, n), 7, chunk).chunk == taken


def test_differences_are_said_in_words():
    assert JOB.differences(vars(JOB)) == ""
    other = replace(JOB, n=96, seed=8, file_sha256="00", conditions="00")
    assert other.differences(vars(JOB)) == (
        "it is another surrogate file, seed was 7 and is 8, n was 95 and is 96,"
        " the conditions are others, or their domain"
    )
    assert "n was None and is 95" in JOB.differences({})


def test_equal_conditions_have_equal_digests_and_others_not(golden):
    energy = np.linspace(10, 500, 50)
    kind = np.array(["a", "b"] * 25)
    given = {"energy": energy, "kind": kind}
    same = [given, {"energy": energy.astype(np.float32), "kind": list(kind)}, {"kind": kind, "energy": energy}]
    others = [{**given, "energy": energy[::-1]}, {**given, "kind": kind[::-1]}, {**given, "kind": "a"}, None]
    digests = [Job.of(golden.manifest, request_of(golden, 50, c), 7, None).conditions for c in (*same, *others)]
    assert len(set(digests[:3])) == 1
    assert len(set(digests)) == 1 + len(others)


def test_a_condition_for_a_trillion_rows_is_digested_at_once(golden):
    assert Job.of(golden.manifest, request_of(golden, 10**12), 7, None).n == 10**12
