"""Peak resident memory of drawing 100,000 and 10,000,000 signals, streamed through a process and into a file.

    python benchmarks/memory.py noisy-sine.onnx --folder /scratch

Each line is a process of its own. The files are removed again; the larger takes 12 GB for signals of 300 values.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = """
import resource, sys
import gansurrogate as gs
model, how, n, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
surrogate = gs.load(model, device="cpu")
if how == "iter_tiles":
    for tile in surrogate.iter_tiles(n, rng=7):
        pass
else:
    surrogate.sample_to(path, n, rng=7)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--folder", type=Path, help="where the files go for a while; the system's temporary folder")
    parser.add_argument("-n", type=int, nargs="+", default=[100_000, 10_000_000])
    arguments = parser.parse_args()
    for how in ("iter_tiles", "sample_to"):
        for n in arguments.n:
            with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
                began = time.perf_counter()
                command = [sys.executable, "-c", PROGRAM, arguments.model, how, str(n), f"{folder}/signals.npy"]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds = time.perf_counter() - began
            print(f"{how:12s}{n:12,} signals: peak {int(done.stdout) / 1024:6.0f} MB, {seconds:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
