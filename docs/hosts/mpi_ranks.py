"""MPI: ranks that are equals draw their own rows of one stream; only sums travel.

mpirun -n 4 python mpi_ranks.py noisy-sine.onnx
"""

import sys

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

import gansurrogate as gs


def rows_of(rank: int, ranks: int, n: int) -> tuple[int, int]:
    """First row and number of rows of a rank; together they are `n`, whatever the number of ranks."""
    first, end = n * rank // ranks, n * (rank + 1) // ranks
    return first, end - first


def mean_signal(surrogate: gs.Surrogate, n: int, seed: int) -> NDArray[np.float64]:
    """The mean of rows 0 to `n`, on every rank."""
    world = MPI.COMM_WORLD
    first, count = rows_of(world.Get_rank(), world.Get_size(), n)
    total = np.zeros(surrogate.spec.shape)
    for tile in surrogate.iter_tiles(count, rng=seed, start=first):
        total += tile.sum(axis=0, dtype=np.float64)
    world.Allreduce(MPI.IN_PLACE, total)
    return total / n


if __name__ == "__main__":
    mean = mean_signal(gs.load(sys.argv[1], threads=1), 100_000, seed=7)  # a process for each core: one thread in each
    if MPI.COMM_WORLD.Get_rank() == 0:
        print(f"mean over signals and time: {mean.mean():.4f}")
