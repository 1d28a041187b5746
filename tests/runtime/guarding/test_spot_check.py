"""The spot check works beside the host, never in its way, and says what it found."""

import gc
import logging
import threading

import pytest

import gansurrogate as gs
from gansurrogate.errors import DriftError
from gansurrogate.guarding.spot_check import WAITING

INSIDE = {"energy": 100.0, "kind": "b"}
LIMIT = 60  # [s]


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "gansurrogate-guard"]


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    gc.collect()
    for thread in threads():
        thread.join(LIMIT)
    assert threads() == []


@pytest.fixture
def twins(physics, narrow):
    """A stand-in that follows the simulator's very law, and the simulator."""
    return physics(narrow), physics()


def test_rows_of_the_surrogate_are_compared_and_no_others(twins):
    with gs.guard(*twins, check=0.1) as guarded:
        given = guarded.draw_conditions(1000, rng=1)
        guarded.sample(1000, conditions=given, rng=1)
        report = guarded.wait(LIMIT)
        assert report.checked + report.waiting + report.skipped <= 100
        assert 20 < report.checked < 60
        assert (report.drifted, report.error) == (False, "")
        assert twins[1].threads == {"MainThread", "gansurrogate-guard"}


def test_the_same_rows_give_the_same_evidence(twins):
    found = []
    for _ in range(2):
        with gs.guard(*twins, check=0.5) as guarded:
            guarded.sample(800, conditions=INSIDE, rng=2)
            found.append(guarded.wait(LIMIT))
    assert found[0] == found[1]
    assert found[0].checked == 400
    assert found[0].wealth != 1


def test_pairs_are_of_one_law_but_independent(twins):
    """Twins give the same signals for one seed; pairs of equal signals would say nothing."""
    with gs.guard(*twins, check=1.0) as guarded:
        guarded.sample(200, conditions=INSIDE, rng=3)
        assert guarded.wait(LIMIT).predictions > 150


@pytest.mark.parametrize("rows_per_seed", [1, 32])
def test_a_drift_is_logged_and_told(physics, narrow, caplog, rows_per_seed):
    told = threading.Event()
    reports = []

    def on_drift(report):
        reports.append(report)
        told.set()

    simulator = physics(noise=1.5, rows_per_seed=rows_per_seed)
    with (
        caplog.at_level(logging.WARNING, "gansurrogate"),
        gs.guard(physics(narrow, rows_per_seed=rows_per_seed), simulator, check=0.5, on_drift=on_drift) as guarded,
    ):
        for start in range(0, 2000, 100):
            guarded.sample(100, conditions=INSIDE, rng=4, start=start)
            guarded.wait(LIMIT)
        assert told.wait(LIMIT)
        assert guarded.report.drifted
        assert guarded.sample(3, conditions=INSIDE, rng=4).shape == (3, 2, 16)
    assert reports[0].wealth >= 100
    assert reports[0].right > 0.7 * reports[0].predictions
    assert [record.getMessage() for record in caplog.records] == [
        f"surrogate and simulator have drifted apart: {reports[0]}"
    ]


def test_a_drift_may_stop_the_host(physics, narrow):
    with gs.guard(physics(narrow), physics(noise=3), check=1.0, on_drift="raise") as guarded:
        guarded.sample(200, conditions=INSIDE, rng=5)
        guarded.wait(LIMIT)
        with pytest.raises(DriftError, match="drifted apart; train the surrogate anew"):
            guarded.sample(1, conditions=INSIDE, rng=5)


def test_the_host_never_waits_and_memory_is_bounded(held, golden):
    simulator = held()
    with gs.guard(golden, simulator, check=1.0) as guarded:
        for start in range(0, 3 * WAITING, 256):
            guarded.sample(256, conditions=INSIDE, rng=6, start=start)
        assert simulator.begun.wait(LIMIT)
        report = guarded.report
        assert (report.rows, report.checked, report.waiting) == (3 * WAITING, 0, WAITING)
        assert report.skipped == 2 * WAITING
        assert guarded.sample(4, conditions={"energy": 900.0, "kind": "d"}, rng=6).shape == (4, 2, 16)
        simulator.released.set()


def test_closing_ends_the_check_without_waiting_for_it(held, golden):
    simulator = held()
    guarded = gs.guard(golden, simulator, check=1.0)
    guarded.sample(10, conditions=INSIDE, rng=7)
    assert simulator.begun.wait(LIMIT)
    guarded.close()
    assert threads()
    simulator.released.set()
    assert guarded.wait(LIMIT).checked == 0
    assert guarded.sample(10, conditions=INSIDE, rng=7).shape == (10, 2, 16)


def test_a_guard_that_is_forgotten_ends_its_thread(twins):
    guarded = gs.guard(*twins, check=1.0)
    guarded.sample(10, conditions=INSIDE, rng=8)
    guarded.wait(LIMIT)
    (thread,) = threads()
    del guarded
    gc.collect()
    thread.join(LIMIT)
    assert not thread.is_alive()


def test_without_a_check_or_a_row_to_check_there_is_no_thread(twins):
    for share in (0, 1.0):
        with gs.guard(*twins, check=share) as guarded:
            guarded.sample(10, conditions=INSIDE if not share else {"energy": 900, "kind": "a"}, rng=1)
            assert threads() == []


def test_a_simulator_that_fails_ends_the_check_and_not_the_host(physics, narrow, caplog):
    class Broken(physics):
        def simulate(self, n, rng, **conditions):
            msg = "licence server not found"
            raise OSError(msg)

    with caplog.at_level(logging.WARNING, "gansurrogate"), gs.guard(physics(narrow), Broken(), check=1.0) as guarded:
        guarded.sample(10, conditions=INSIDE, rng=9)
        report = guarded.wait(LIMIT)
        assert report.error == "OSError: licence server not found"
        assert str(report).endswith("ended: OSError: licence server not found")
        assert guarded.sample(10, conditions=INSIDE, rng=9).shape == (10, 2, 16)
    assert "the simulator failed" in caplog.text


FORK = """
import os, warnings
import gansurrogate as gs

warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)

class Level(gs.SignalGenerator):
    name, spec = "level", gs.SignalSpec((16,))
    def simulate(self, n, rng):
        return rng.standard_normal((n, 16))

guarded = gs.guard(Level(), Level(), check=1.0)
guarded.sample(30, rng=1)
guarded.wait(60)
child = os.fork()
if not child:
    guarded.sample(20, rng=1)
    report = guarded.wait(60)
    os._exit(int((report.rows, report.checked) != (20, 20)))
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert guarded.report.checked == 30
guarded.sample(1000, rng=1)  # still being compared when the process ends
"""


def test_a_fork_begins_its_own_check_and_a_process_ends_in_peace(run_python):
    done = run_python(FORK)
    assert (done.stdout, done.stderr) == ("", "")
