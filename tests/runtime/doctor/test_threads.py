"""Affinity, variables and control groups."""

import os

import pytest

from gansurrogate import processors
from gansurrogate.doctor import threads

LIMITS = dict.fromkeys(processors.LIMITS, "")


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_the_affinity_of_the_process_counts(look, only):
    pin = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    findings = look("threads.check_threads", before=pin, **LIMITS)
    assert f"{os.cpu_count()} in the machine, 1 for this process" in only(findings, "processors").value
    assert only(findings, "threads").value == "1 tiles at a time on the CPU, 1 on other devices"


def test_the_variables_that_count_are_shown(look, only):
    findings = look("threads.check_threads", OMP_NUM_THREADS="1,2", SLURM_CPUS_PER_TASK="8")
    assert "OMP_NUM_THREADS=1,2, SLURM_CPUS_PER_TASK=8" in only(findings, "processors").value
    assert only(findings, "threads").value.startswith("1 tiles")


def groups(root, membership, **limits):
    """A tree of control groups; ``__`` in a name stands for the slash."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(membership)
    for name, text in limits.items():
        path = root / "sys/fs/cgroup" / name.replace("__", "/").replace("_max", ".max").replace("cfs", ".cfs")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


V1 = "4:memory:/jobs/a\n1:cpu,cpuacct:/jobs/a\n0::/\n"


@pytest.mark.parametrize(
    ("membership", "limits", "quota"),
    [
        ("0::/\n", {}, float("inf")),
        ("0::/\n", {"cpu_max": "150000 100000\n"}, 1.5),
        ("0::/jobs/a\n", {"jobs__a__cpu_max": "max 100000\n"}, float("inf")),
        ("0::/jobs/a\n", {"jobs__a__cpu_max": "max 100000\n", "jobs__cpu_max": "50000 100000\n"}, 0.5),
        ("0::/jobs/a\n", {"jobs__a__cpu_max": "200000 100000\n", "jobs__cpu_max": "400000 100000\n"}, 2),
        ("0::/unseen/from/here\n", {"cpu_max": "300000 100000\n"}, 3),
        (V1, {"cpu__jobs__a__cpucfs_quota_us": "250000\n", "cpu__jobs__a__cpucfs_period_us": "100000\n"}, 2.5),
        (V1, {"cpu__jobs__a__cpucfs_quota_us": "-1\n", "cpu__jobs__a__cpucfs_period_us": "100000\n"}, float("inf")),
        (V1, {"cpu__cpucfs_quota_us": "400000\n", "cpu__cpucfs_period_us": "100000\n"}, 4),
    ],
)
def test_the_quota_is_the_least_of_all_control_groups(tmp_path, membership, limits, quota):
    assert threads.cpu_quota(groups(tmp_path, membership, **limits)) == quota


def test_a_system_without_control_groups_has_no_quota(tmp_path):
    assert threads.cpu_quota(tmp_path) == float("inf")


def test_more_threads_than_the_quota_allows_are_a_warning(only, tmp_path, monkeypatch):
    for name in processors.LIMITS:
        monkeypatch.delenv(name, raising=False)
    taken = processors.available()
    if taken == 1:
        pytest.skip("this process may use one processor only")
    root = groups(tmp_path, "0::/\n", cpu_max="50000 100000")
    found = only(threads.check_threads(root), "threads")
    assert (found.level, found.fix) == ("warning", "export OMP_NUM_THREADS=1, or load(..., threads=1)")
    assert "control group: 0.5 processors' time" in only(threads.check_threads(root), "processors").value
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert only(threads.check_threads(root), "threads").level == "ok"
