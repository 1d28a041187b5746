"""How many processors this process may use, and who says so."""

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gansurrogate import processors
from gansurrogate.doctor.finding import Finding

ROOT = Path("/")


def check_threads(root: Path = ROOT) -> Iterator[Finding]:
    """The limits, the number of threads that `load` takes, and whether the machine gives that many."""
    mask = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    given = [f"{name}={os.environ[name]}" for name in processors.LIMITS if os.environ.get(name)]
    quota, taken = cpu_quota(root), processors.available()
    limit = f"control group: {quota:g} processors' time" if quota < math.inf else "no control group limit"
    yield Finding("processors", ", ".join([f"{os.cpu_count()} in the machine, {mask} for this process", limit, *given]))
    if quota < math.inf and (enough := max(1, math.ceil(quota))) < taken:
        value = f"{taken} tiles at a time, more than the control group gives time for: they would be held up together"
        yield Finding("threads", value, "warning", f"export OMP_NUM_THREADS={enough}, or load(..., threads={enough})")
    else:
        yield Finding("threads", f"{taken} tiles at a time on the CPU, 1 on other devices")


def cpu_quota(root: Path = ROOT) -> float:
    """Processors' worth of time that the control groups of this process allow: the least of all levels.

    Version 2: https://docs.kernel.org/admin-guide/cgroup-v2.html; version 1 has two files instead of ``cpu.max``.
    """
    groups, quota = root / "proc/self/cgroup", math.inf
    for line in groups.read_text().splitlines() if groups.exists() else ():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        mount = root / "sys/fs/cgroup" / ("cpu" if controllers else "")
        group = PurePosixPath(path)
        for level in (group, *group.parents):  # inside a container some of them cannot be seen
            quota = min(quota, _limit(mount / level.relative_to("/")))
    return quota


def _limit(folder: Path) -> float:
    files = [folder / name for name in ("cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us")]
    numbers = [number for file in files if file.exists() for number in file.read_text().split()]
    if len(numbers) != 2 or numbers[0] in ("max", "-1"):
        return math.inf
    return int(numbers[0]) / int(numbers[1])
