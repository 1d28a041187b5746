"""The tables of papers on time-series generation, with this project's row and what they leave out.

    python benchmarks/papers/table.py ../shared/data stock energy --minutes 15 --seeds 1 2 3 --results papers

For every set: the published figures; the real-vs-real floor; the untrained copula; a surrogate per seed, trained by the
default recipe (`--minutes 0`: its start); and whatever windows are given with `--samples SET:ROW=FILE.npz` (one array
of shape (n, channels, length), physical values). Beside the papers' scores stand a sharper recurrent judge, boosted
trees and the memorisation ratio.

Every figure goes into RESULTS/scores.jsonl as soon as it is known, and an interrupted table goes on where it was.
"""

import argparse
import datetime
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from learn import learn
from measures import COLUMNS, floor, measure
from published import published
from sets import SETS

from gansurrogate.fidelity.copula import Copula
from gansurrogate.fidelity.estimate import Estimate

sys.path.append(str(Path(__file__).parents[1]))
from timing import cpu_model


class Scores:
    """What is known, by set, row, measure and repeats; kept in a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        self.known = {(line["set"], line["row"], line["measure"], line["repeats"]): line for line in lines}

    def show(
        self, name: str, row: str, compute: Callable[[str], Estimate | None], *, columns: Sequence[str], repeats: int
    ) -> None:
        """Print a row; what is not known yet is computed."""
        cells = [self._figure((name, row, column, repeats), compute) for column in columns]
        print(f"| {row} | {' | '.join(cells)} |", flush=True)

    def _figure(self, key: tuple[str, str, str, int], compute: Callable[[str], Estimate | None]) -> str:
        if key not in self.known:
            began = time.process_time()
            if (estimate := compute(key[2])) is None:
                return ""
            line = {
                **dict(zip(("set", "row", "measure", "repeats"), key, strict=True)), **estimate._asdict(),
                "cpu_seconds": round(time.process_time() - began, 1), "date": str(datetime.date.today()),
                "cpu": cpu_model(),
            }  # fmt: skip
            with self.path.open("a") as file:
                file.write(json.dumps(line) + "\n")
            self.known[key] = line
        line = self.known[key]
        return f"{line['value']:.4f} ± {(line['high'] - line['low']) / 2:.4f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds timegan_stock, energy, etth1 and mujoco_hopper")
    parser.add_argument("sets", nargs="+", choices=SETS)
    parser.add_argument("--minutes", type=float, default=15, help="of each training")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3], help="of the trainings; none: no training")
    parser.add_argument("--repeats", type=int, default=5, help="judges of each figure")
    parser.add_argument("--measures", nargs="+", choices=COLUMNS, default=COLUMNS)
    parser.add_argument("--samples", nargs="*", default=[], metavar="SET:ROW=FILE", help="windows to judge as well")
    parser.add_argument("--results", type=Path, default=Path("papers"), help="folder of figures, samples and runs")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.results.mkdir(parents=True, exist_ok=True)
    scores = Scores(arguments.results / "scores.jsonl")
    print(f"{datetime.date.today()}, {cpu_model()}, one thread; ± half a 95 % interval over {arguments.repeats} judges")
    for name in arguments.sets:
        windows = SETS[name](arguments.folder)
        real, repeats = windows.signals, arguments.repeats
        print(f"\n| {name} {real.shape} | {' | '.join(arguments.measures)} |")
        print("|---" * (1 + len(arguments.measures)) + "|", flush=True)
        for model, figures in published(name).items():
            cells = [figures.get(column, "") for column in arguments.measures]
            if any(cells):
                print(f"| {model} | {' | '.join(cells)} |")
        show = partial(scores.show, name, columns=arguments.measures, repeats=repeats)
        show("real halves", partial(floor, windows=windows, repeats=repeats))
        drawn = {"copula": lambda real=real: Copula(real).sample(len(real), 0)}
        for seed in arguments.seeds:
            row = f"gansurrogate {arguments.minutes:g} min seed {seed}"
            path = arguments.results / f"{name} {row}.npz".replace(" ", "-")
            drawn[row] = partial(surrogate, name, real, arguments.minutes, seed, path)
        for label, _, file in (sample.partition("=") for sample in arguments.samples):
            if label.startswith(f"{name}:"):
                drawn[label.removeprefix(f"{name}:")] = partial(read, Path(file))
        for row, draw in drawn.items():
            show(row, partial(measure, windows=windows, other=draw(), repeats=repeats))


def surrogate(name: str, real: np.ndarray, minutes: float, seed: int, path: Path) -> np.ndarray:
    """Windows of a surrogate, trained unless they lie in `path` already."""
    if not path.exists():
        family, drawn, spent = learn(name, real, minutes, seed, path.with_suffix(""))
        np.savez(path, drawn)
        print(f"{path.stem}: family {family}, {spent:.1f} CPU-minutes", file=sys.stderr)
    return read(path)


def read(path: Path) -> np.ndarray:
    """The one array of an npz file."""
    with np.load(path) as arrays:
        (drawn,) = arrays.values()
    return drawn


if __name__ == "__main__":
    main()
