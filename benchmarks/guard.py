"""What `gansurrogate.guard` costs a host: guarded and bare calls of one surrogate in turns, in one run.

    python benchmarks/guard.py
    python benchmarks/guard.py noisy-sine.onnx --rounds 41    a surrogate of the noisy sine of your own

The simulator is the noisy sine. Read the ratios, medians over the rounds of the guarded call's time over that of the
bare one: by the clock on the wall, and by the processor time of the host's own thread, which other work on the machine
does not touch (nor does it show how long the host waited for Python's lock). The alarm is put out of reach, so that the
check works all the time; what it has left to do after a call is done before the next one.
"""

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from gansurrogate_onnx import export
from gansurrogate_signals.noisy_sine import NoisySine
from timing import Work, cpu_model, in_turns, ratio

import gansurrogate as gs

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from make_golden import untrained


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=41)
    given = parser.parse_args()
    print(cpu_model())
    print("| signals a call | conditions | guard | us per signal | ratio | of processor time |")
    print("|---|---|---|---|---|---|", flush=True)
    if given.model:
        conditional = bool(gs.load(given.model).spec.conditions)
        table(given.model, NoisySine(conditional=conditional), given.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        for conditional in (False, True):
            simulator, file = NoisySine(conditional=conditional), Path(folder, "noisy-sine.onnx")
            export(untrained(simulator.spec), file)
            table(file, simulator, given.rounds)


def table(file: Path, simulator: gs.SignalGenerator, rounds: int) -> None:
    """Print the lines of one surrogate."""
    surrogate = gs.load(file, device="cpu", threads=1)
    options = {"false_alarm": 1e-300, "tolerance": 0.9999}
    kind = ", ".join(c.name for c in surrogate.spec.conditions) or "none"
    samplers: dict[str, Any] = {
        "none": surrogate,
        "no check": gs.guard(surrogate, simulator, check=0),
        "checks 1 %": gs.guard(surrogate, simulator, **options),
    }
    each = surrogate.draw_conditions(20_000, rng=1)
    one = {name: values[0].item() for name, values in each.items()}

    def at_once(n: int, sampler: gs.Sampler) -> None:
        sampler.sample(n, conditions={name: values[:n] for name, values in each.items()}, rng=1)

    def one_by_one(n: int, sampler: gs.Sampler) -> None:
        for i in range(n):
            sampler.sample(1, conditions=one, rng=1, start=i)

    for label, n, work in (("1000", 1000, at_once), ("20000", 20_000, at_once), ("1", 2000, one_by_one)):
        works = {name: Work(n, partial(work, n, sampler)) for name, sampler in samplers.items()}
        pause = Work(1, partial(samplers["checks 1 %"].wait, 60))
        names = ("none", "no check", "pause", "checks 1 %", "pause after")  # in either direction
        turns = {name: works.get(name, pause) for name in names}
        wall, own = in_turns(turns, rounds), in_turns(turns, rounds, time.thread_time)
        for name in works:
            ratios = [f"{ratio(seconds[name], seconds['none']):.3f}" for seconds in (wall, own)]
            print(f"| {label} | {kind} | {name} | {median(wall[name]) * 1e6:.3g} | {' | '.join(ratios)} |", flush=True)
    print(f"\n{samplers['checks 1 %'].report}\n")


if __name__ == "__main__":
    main()
