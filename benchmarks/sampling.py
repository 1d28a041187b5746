"""How fast surrogates are sampled, beside what one would use instead: all in turns, in one run.

    python benchmarks/sampling.py                    generators of each kind, untrained
    python benchmarks/sampling.py noisy-sine.onnx    a surrogate of your own, without conditions

One thread each, unless a line says otherwise. Read the ratios, since single rates depend on what else the machine does:
a ratio is the median over the rounds of the line's time over that of `surrogate.sample`, so that above 1 the surrogate
is faster. Keras runs in a process of its own; `--keras PYTHON` names an interpreter with keras and tensorflow.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

# Read by the libraries below when they are imported.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import torch
from gansurrogate_onnx import export
from keras_worker import Keras
from networks import CASES, Case
from rivals import best_batch, by_tiles, products, pytorch, session
from threadpoolctl import threadpool_info
from timing import Seconds, Work, cpu_model, in_turns, ratio

import gansurrogate as gs

SAMPLE = "surrogate.sample"
RUN = "onnxruntime run() by tiles"
SIGNALS = 50_000  # of a surrogate of the user's own
ONE_BY_ONE = 5000
Figures = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keras", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    torch.set_num_threads(1)
    figures: Figures = {"machine": machine()}
    print(*(f"{name}: {value}" for name, value in figures["machine"].items()), sep="\n", flush=True)
    if given.model:
        figures["model"] = measure(given.model, None, None, given.rounds)
    else:
        with ExitStack() as stack:
            keras = stack.enter_context(Keras(given.keras)) if "lstm" in given.only else None
            if keras:
                figures["machine"] |= keras.versions
                print(*(f"{name}: {value}" for name, value in keras.versions.items()), sep="\n", flush=True)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for name in given.only:
                case, file = CASES[name](), folder / f"{name}.onnx"
                export(case.trained, file)
                figures[name] = measure(file, case, keras if name == "lstm" else None, given.rounds)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


def machine() -> dict[str, str]:
    """What the figures depend on."""
    blas: dict[str, Any] = next((info for info in threadpool_info() if "numpy" in info["filepath"]), {})
    packages = {name: version(name) for name in ("gansurrogate", "onnxruntime", "numpy", "torch")}
    return {
        "processor": f"{cpu_model()}, {os.cpu_count()} cores",
        "numpy's products": f"{blas.get('internal_api')} for {blas.get('architecture')}; for Zen and Haswell that is"
        " AVX2, as are PyTorch's on AMD, where onnxruntime uses AVX-512",
        "python": sys.version.split()[0],
        **packages,
    }


def measure(file: Path, case: Case | None, keras: Keras | None, rounds: int) -> Figures:
    """All figures of one surrogate, printed as they come."""
    surrogate, several = gs.load(file, threads=1), gs.load(file, threads=2)
    raw, tile = session(file.read_bytes()), surrogate.manifest.tile
    n = case.signals if case else SIGNALS
    print(f"\n{case.title if case else surrogate.manifest.name}: {n:,} signals, tile {tile}\n", flush=True)
    works = {SAMPLE: Work(n, lambda: surrogate.sample(n, rng=7))}
    if (os.cpu_count() or 1) > 1:
        works[f"{SAMPLE}, 2 threads"] = Work(n, lambda: several.sample(n, rng=7))
    works |= {
        RUN: by_tiles(raw, n, tile, keep=False),
        f"{RUN} into one array": by_tiles(raw, n, tile, keep=True),
        **(by_pytorch(case) if case else {}),
        **(by_keras(keras, n) if keras else {}),
    }
    gemm = products()
    seconds = in_turns(works | gemm, rounds)
    limit = [1 / min(times) for times in zip(*(seconds.pop(name) for name in gemm), strict=True)]  # FLOP per second
    figures: Figures = {"signals": n, "tile": tile, "lines": table(seconds, "signal")}
    figures["cost_over_run"] = ratio(seconds[SAMPLE], seconds[RUN]) - 1
    print(f"\n{SAMPLE} costs {100 * figures['cost_over_run']:.1f} % more than {RUN}")
    if case:
        share = ratio([case.flop / time for time in seconds[SAMPLE]], limit)
        figures |= {"flop": case.flop, "gemm_flop_per_second": median(limit), "share_of_gemm": share}
        print(f"{case.flop / 1e3:,.0f} kFLOP a signal: {100 * share:.0f} % of the rate of float32 matrix products")
        print(f"({median(limit) / 1e9:.0f} GFLOP/s)")
    print("\nOne signal a call:\n")
    figures["one_by_one"] = table(in_turns(one_by_one(surrogate, raw, case, keras), rounds), "call")
    return figures


def by_pytorch(case: Case) -> dict[str, Work]:
    """PyTorch at its best batch, eager and compiled."""
    network, latents, n = case.trained.network, case.trained.latents, case.signals
    batch = best_batch(lambda signals, batch: pytorch(network, latents, signals, batch))
    works = {f"PyTorch eager, batches of {batch}": pytorch(network, latents, n, batch)}
    if shutil.which(os.environ.get("CXX", "g++")) is None:
        print("left out: torch.compile, as there is no C++ compiler")
        return works
    torch.compiler.reset()
    compiled: Any = torch.compile(network, dynamic=False)
    try:
        batch = best_batch(lambda signals, batch: pytorch(compiled, latents, signals, batch))
    except Exception as error:  # of whatever kind its many passes raise
        print(f"left out: torch.compile, {str(error).splitlines()[0]}")
        return works
    return works | {f"torch.compile, batches of {batch}": pytorch(compiled, latents, n, batch)}


def by_keras(keras: Keras, n: int) -> dict[str, Work]:
    """Keras at its default batch, as in the article, and at its best one."""
    if "missing" in keras.versions:
        print(f"left out: Keras, {keras.versions['missing']}")
        return {}
    batch = best_batch(lambda signals, batch: Work(signals, lambda: keras.predict(signals, batch)))
    return {f"Keras predict, batches of {size}": Work(n, partial(keras.predict, n, size)) for size in (32, batch)}


def one_by_one(surrogate: gs.Surrogate, raw: Any, case: Case | None, keras: Keras | None) -> dict[str, Work]:
    """A host that asks for one signal after the other."""

    def sample() -> None:
        for i in range(ONE_BY_ONE):
            surrogate.sample(1, rng=7, start=i)

    works = {f"{SAMPLE}(1)": Work(ONE_BY_ONE, sample), f"{RUN[:17]} on one row": by_tiles(raw, 500, 1, keep=False)}
    if case:
        works["PyTorch eager"] = pytorch(case.trained.network, case.trained.latents, 500, 1)
    if keras and "missing" not in keras.versions:
        works["Keras predict"] = Work(1, lambda: keras.predict(1, 1))
    return works


def table(seconds: Seconds, unit: str) -> Figures:
    """Print a table of `seconds` per `unit`, the first line being the reference of the ratios."""
    first = next(iter(seconds.values()))
    print(f"| what | us per {unit} | {unit}s per second | ratio |\n|---|---|---|---|")
    lines: Figures = {}
    for name, times in seconds.items():
        middle, relative = median(times), ratio(times, first)
        lines[name] = {"seconds": times, "ratio": relative}
        print(f"| {name} | {middle * 1e6:.3g} | {1 / middle:,.0f} | {relative:.2f} |", flush=True)
    return lines


if __name__ == "__main__":
    main()
