"""Resident memory, threads and open files while surrogates are loaded, sampled and dropped, again and again.

    python benchmarks/leak.py noisy-sine.onnx

The lines should agree from the second on. Linux only.
"""

import argparse
import gc
import pickle
import resource
from pathlib import Path

import gansurrogate as gs

ROWS = 1000


def main() -> None:
    """Cycle and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--cycles", type=int, default=10_000)
    arguments = parser.parse_args()
    print(f"{'cycles':>8}{'resident MB':>14}{'threads':>10}{'open files':>12}")
    for cycle in range(arguments.cycles + 1):
        if cycle % max(1, arguments.cycles // 10) == 0:
            memory, threads, files = state()
            print(f"{cycle:8,}{memory / 1e6:14.1f}{threads:10}{files:12}", flush=True)
        surrogate = gs.load(arguments.model, device="cpu")
        conditions = surrogate.draw_conditions(ROWS, rng=cycle)
        surrogate.sample(ROWS, conditions=conditions, rng=cycle)
        surrogate = pickle.loads(pickle.dumps(surrogate))
        surrogate.sample(ROWS, conditions=conditions, rng=cycle)


def state() -> tuple[int, int, int]:
    """Resident memory [bytes], threads, and open files of this process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    threads, files = (sum(1 for _ in Path("/proc/self", what).iterdir()) for what in ("task", "fd"))
    return pages * resource.getpagesize(), threads, files


if __name__ == "__main__":
    main()
