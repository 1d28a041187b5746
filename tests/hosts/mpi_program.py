"""Draw signals on the workers of an MPI job; `test_mpi.py` starts it.

mpirun -n 3 python -m mpi4py.futures mpi_program.py FILE FOLDER

Rank 0 runs `main` and hands out the work, the other ranks draw.
"""

import sys
from pathlib import Path

import numpy as np
from mpi4py import MPI
from mpi4py.futures import MPIPoolExecutor

import gansurrogate as gs
from gansurrogate.storage.streaming import sample_to

N, CHUNK = 2000, 150


def rank(_: int) -> int:
    """Where this runs."""
    return int(MPI.COMM_WORLD.Get_rank())


def main() -> None:
    """Draw the same rows in two ways, and say which ranks drew."""
    file, folder = sys.argv[1], Path(sys.argv[2])
    surrogate = gs.load(file, device="cpu")
    conditions = surrogate.draw_conditions(N, rng=5)
    with MPIPoolExecutor() as pool:
        jobs = []
        for start in range(0, N, CHUNK):
            given = {name: values[start : start + CHUNK] for name, values in conditions.items()}
            jobs.append(pool.submit(surrogate.sample, min(CHUNK, N - start), conditions=given, rng=5, start=start))
        np.save(folder / "submitted.npy", np.concatenate([job.result() for job in jobs]))
        sample_to(surrogate, folder / "streamed.npy", N, conditions=conditions, rng=5, chunk=CHUNK, executor=pool)
        (folder / "ranks").write_text(" ".join(map(str, sorted(set(pool.map(rank, range(100)))))))


if __name__ == "__main__":
    main()
