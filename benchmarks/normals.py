"""What a normal costs: the row law's graph alone, beside numpy's generators, in turns in one run.

    python benchmarks/normals.py

CPU time of one thread. numpy's ziggurat and PyTorch's Box-Muller go through one stream from its beginning: their
values cannot be asked for by row.
"""

import argparse
import os
import time
from statistics import median
from typing import Any

# Read by the libraries below when they are imported.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import numpy as np
import onnxruntime
import torch
from gansurrogate_onnx.rowlaw_graph import row_law
from rivals import session
from timing import Work, cpu_model, in_turns

from gansurrogate.latent import Latent

SIZES = (8, 300)  # normals a row
TILES = (32, 64, 128, 256, 512, 1024, 2048, 4096)
LEAST = 400_000  # normals in one measurement


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    print(f"{cpu_model()}, onnxruntime {onnxruntime.__version__}, numpy {np.__version__}, torch {torch.__version__}")
    print("\nns per normal\n")
    for size in SIZES:
        graphs = {
            name: session(row_law([Latent("normal", size)], 18, 8, cpu_only=cpu_only).SerializeToString())
            for name, cpu_only in (("row law", False), ("row law, cpu_only", True))
        }
        for tile in TILES:
            seconds = in_turns(works(graphs, size, tile), rounds, time.thread_time)
            if (size, tile) == (SIZES[0], TILES[0]):
                print(f"| normals a row | rows | {' | '.join(seconds)} |\n|---|---|{'---|' * len(seconds)}")
            cells = [f"{median(times) * 1e9:.1f}" for times in seconds.values()]
            print(f"| {size} | {tile} | {' | '.join(cells)} |", flush=True)


def works(graphs: dict[str, Any], size: int, tile: int) -> dict[str, Work]:
    """Each way to draw `tile` rows of `size` normals, again and again."""
    repeats = -(-LEAST // (size * tile))
    feeds = {"seed": np.array(7), "rows": np.arange(tile)}
    out, random = np.empty((tile, size), np.float32), torch.Generator().manual_seed(7)

    def graph(name: str) -> Work:
        def call() -> None:
            for _ in range(repeats):
                graphs[name].run(None, feeds)

        return Work(repeats * size * tile, call)

    def numpy(bits: np.random.BitGenerator) -> Work:
        generator = np.random.Generator(bits)

        def call() -> None:
            for _ in range(repeats):
                generator.standard_normal(dtype=np.float32, out=out)

        return Work(repeats * size * tile, call)

    def pytorch() -> None:
        for _ in range(repeats):
            torch.randn(tile, size, generator=random)

    return {
        **{name: graph(name) for name in graphs},
        "numpy PCG64": numpy(np.random.PCG64(7)),
        "numpy Philox": numpy(np.random.Philox(7)),
        "torch.randn": Work(repeats * size * tile, pytorch),
    }


if __name__ == "__main__":
    main()
