"""How many processors this process may use, as the system, the batch system and the user say."""

import os
from collections.abc import Mapping

LIMITS = ("OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK")


def available(environment: Mapping[str, str] = os.environ) -> int:
    """Processors of the affinity mask, but at most what ``OMP_NUM_THREADS`` and ``SLURM_CPUS_PER_TASK`` say."""
    mask = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # OMP_NUM_THREADS may be a list, one number per nesting level.
    given = [environment.get(name, "").split(",")[0].strip() for name in LIMITS]
    return max(1, min([mask, *(int(text) for text in given if text.isascii() and text.isdecimal())]))
