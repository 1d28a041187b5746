"""Signals per second of a surrogate beside what one would use instead, interleaved in one run.

    python benchmarks/sampling.py noisy-sine.onnx

Each line is a median over rounds, and its ratio to `surrogate.sample`. Unconditional surrogates only. Read the
ratios: single rates depend on what else the machine does.
"""

import argparse
import platform
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import onnxruntime as ort

import gansurrogate as gs

ROUNDS = 9


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("-n", type=int, default=65_536)
    arguments = parser.parse_args()
    n, seed = arguments.n, np.array(7)
    rows = np.arange(n)
    alone, all_cores = gs.load(arguments.model, threads=1), gs.load(arguments.model)
    tile = alone.manifest.tile
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    raw = ort.InferenceSession(arguments.model, options, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(7)
    size = sum(block.size for block in alone.manifest.latents)

    candidates: dict[str, Callable[[], object]] = {
        "surrogate.sample, 1 thread": lambda: alone.sample(n, rng=7),
        f"surrogate.sample, {all_cores.threads} threads": lambda: all_cores.sample(n, rng=7),
        "onnxruntime run() by tiles": lambda: [
            raw.run(None, {"seed": seed, "rows": rows[i : i + tile]}) for i in range(0, n, tile)
        ],
        "onnxruntime run() in one call": lambda: raw.run(None, {"seed": seed, "rows": rows}),
        "numpy normals of the latents alone": lambda: generator.standard_normal((n, size), np.float32),
    }
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, call in candidates.items():
            began = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - began)
    print(f"{platform.processor() or platform.machine()}, onnxruntime {ort.__version__}, numpy {np.__version__}, n {n}")
    reference = seconds["surrogate.sample, 1 thread"]
    for name, times in seconds.items():
        ratio = median(a / b for a, b in zip(reference, times, strict=True))
        print(f"{name:36s} {n / median(times):12,.0f} per second   x {ratio:.2f}")


if __name__ == "__main__":
    main()
