"""Timing on a machine that others use too: everything in turns, medians, and ratios within a round."""

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

Seconds = dict[str, list[float]]


class Work(NamedTuple):
    """Something to time: a call, and how many units (signals, values, FLOP) it does."""

    units: float
    call: Callable[[], object]


def in_turns(works: Mapping[str, Work], rounds: int, clock: Callable[[], float] = time.perf_counter) -> Seconds:
    """Seconds per unit of each work in each round.

    Every second round goes backwards, so that none always comes after the same other; a round before the first does
    not count.
    """
    seconds: Seconds = {name: [] for name in works}
    for i in range(rounds + 1):
        for name in list(works)[:: 1 if i % 2 else -1]:
            began = clock()
            works[name].call()
            if i:
                seconds[name].append((clock() - began) / works[name].units)
    return seconds


def ratio(a: Sequence[float], b: Sequence[float]) -> float:
    """Median over the rounds of a / b."""
    return median(x / y for x, y in zip(a, b, strict=True))


def cpu_model() -> str:
    """What the processor calls itself."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
