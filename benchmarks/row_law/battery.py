"""TestU01 on the words of the row law: along rows, along words and along seeds.

    python benchmarks/row_law/battery.py run small crush --testu01 PREFIX --results p-values.jsonl
    python benchmarks/row_law/battery.py report --results p-values.jsonl

PREFIX is where TestU01 (github.com/umontreal-simul/TestU01-2009) was installed: it holds include/ and lib/. Every
test of a battery is a process of its own and one line of the results; a run that was stopped goes on where it was.
SmallCrush takes 4 seconds a stream, Crush 12 and BigCrush 100 CPU-minutes (AMD EPYC, Zen 5).
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import kstest

SOURCE = Path(__file__).with_name("words.c")
TESTS = {"small": 0, "crush": 96, "big": 106}  # how many tests can be run one by one
ODD = 1e-3  # p-values this near 0 or 1 are named
FAILED = 1e-10  # as in the literature on TestU01: such a p-value is no chance
WIDTH = 300  # words of a row when streams run along words
CRUSH = {
    "rows": [(1, 0), (2, 1), (12_345, 3)],
    "words": [(1, WIDTH), (2, WIDTH), (12_345, WIDTH)],
    "seeds": [(0, 0), (12_345, 1), (2**33, 3)],
}
Unit = tuple[str, int, str, int, int]  # battery, test, direction, seed (or row), word (or words)


def units(battery: str) -> Iterator[Unit]:
    """What a battery runs. SmallCrush: 208 pairs of key and word; Crush: three streams a direction; BigCrush: one."""
    if battery == "small":
        for seed, word in itertools.product([0, 1, -1, *range(1000, 1049)], range(4)):
            yield "small", 0, "rows", seed, word
    for test in range(1, TESTS[battery] + 1):
        streams = CRUSH if battery == "crush" else {"words": [(1, WIDTH)]}
        for direction, pairs in streams.items():
            yield from ((battery, test, direction, seed, index) for seed, index in pairs)


def run(batteries: list[str], prefix: Path, results: Path, jobs: int) -> None:
    """Run what `results` does not have yet and append to it."""
    done = {tuple(line["unit"]) for line in read(results)}
    waiting = [unit for battery in batteries for unit in units(battery) if unit not in done]
    with tempfile.TemporaryDirectory() as folder, results.open("a") as file, ThreadPoolExecutor(jobs) as pool:
        program = Path(folder) / "words"
        flags = [f"-I{prefix}/include", f"-L{prefix}/lib", "-ltestu01", "-lprobdist", "-lmylib", "-lm"]
        subprocess.run(["cc", "-O3", "-march=native", SOURCE, "-o", program, *flags], check=True)
        began = time.monotonic()
        for count, line in enumerate(pool.map(lambda unit: measure(program, unit), waiting), 1):
            file.write(json.dumps(line) + "\n")
            file.flush()
            left = (time.monotonic() - began) / count * (len(waiting) - count) / 60
            print(f"\r{count} of {len(waiting)}, about {left:.0f} minutes left ", end="", file=sys.stderr, flush=True)


def measure(program: Path, unit: Unit) -> dict[str, Any]:
    """The p-values of one test."""
    done = subprocess.run([program, *map(str, unit)], capture_output=True, text=True, check=True)
    pairs = [line.split("\t") for line in done.stderr.splitlines()]
    return {"unit": unit, "p": [[name, float(p)] for name, p in pairs]}


def read(results: Path) -> list[dict[str, Any]]:
    """The lines so far."""
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


def report(results: Path) -> None:
    """Print what was run, what looked odd, and whether the p-values are uniform."""
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    runs: Counter[tuple[str, str]] = Counter()
    for line in read(results):
        battery, test, direction, seed, index = line["unit"]
        runs[battery, direction] += 1
        stream = f"{direction}, {'row' if direction == 'seeds' else 'seed'} {seed}"
        stream += f", {index} words a row" if direction == "words" else f", word {index}"
        found.setdefault((battery, direction), []).extend(
            (p, f"{battery} along {stream}: {f'test {test}, ' if test else ''}{name}") for name, p in line["p"]
        )
    for key, values in found.items():
        p = np.array([p for p, _ in values])
        tails = np.minimum(p, 1 - p)
        odd = int((tails < ODD).sum())
        print(f"{key[0]} along {key[1]}: {runs[key]} runs, {len(p)} statistics")
        print(f"  smallest distance to 0 or 1: {tails.min():.2g}, expected about {0.5 / len(p):.2g}")
        print(f"  within {ODD:g} of 0 or 1: {odd}, expected {2 * ODD * len(p):.1f}")
        print(f"  p-values uniform: Kolmogorov-Smirnov p = {kstest(p, 'uniform').pvalue:.2g}")
        for tail, (value, name) in sorted(zip(tails, values, strict=True))[:odd]:
            print(f"    {name}: p = {'1 - ' if value > 0.5 else ''}{tail:.2g}{'   FAILED' if tail < FAILED else ''}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run")
    runs.add_argument("batteries", nargs="+", choices=TESTS)
    runs.add_argument("--testu01", type=Path, required=True)
    runs.add_argument("--jobs", type=int, default=2)
    for command in (runs, commands.add_parser("report")):
        command.add_argument("--results", type=Path, required=True)
    given = parser.parse_args()
    if given.command == "run":
        run(given.batteries, given.testu01, given.results, given.jobs)
    report(given.results)


if __name__ == "__main__":
    main()
