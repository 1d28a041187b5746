"""Ranks that are equals find the mean of the plain call, whatever their number."""

import functools
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import gansurrogate as gs

MPIRUN, LIMIT = shutil.which("mpirun"), 100  # LIMIT [s]
PROGRAM = """
import sys
import numpy as np
import gansurrogate as gs
import mpi_ranks
mean = mpi_ranks.mean_signal(gs.load(sys.argv[1], device="cpu", threads=1), 2000, 7)
np.save(f"{sys.argv[2]}/{mpi_ranks.MPI.COMM_WORLD.Get_rank()}.npy", mean)
"""


@functools.cache
def is_open_mpi() -> bool:
    done = subprocess.run([str(MPIRUN), "--version"], capture_output=True, text=True, check=False, timeout=LIMIT)
    return "Open MPI" in done.stdout


@pytest.mark.skipif(not (MPIRUN and is_open_mpi()), reason="needs Open MPI: apt-get install openmpi-bin")
@pytest.mark.skipif(not importlib.util.find_spec("mpi4py"), reason="needs mpi4py: pip install mpi4py")
def test_every_rank_has_the_mean_of_the_plain_call(sine: Callable[..., Path], examples: Path, tmp_path: Path) -> None:
    ranks = ["-n", "3", "--oversubscribe", "--allow-run-as-root", "--timeout", str(LIMIT), "-wdir", str(examples)]
    program = [sys.executable, "-c", PROGRAM, str(sine()), str(tmp_path)]
    done = subprocess.run(
        [str(MPIRUN), *ranks, *program], capture_output=True, text=True, check=False, timeout=LIMIT + 20
    )
    assert done.returncode == 0, done.stderr
    expected = gs.load(sine(), device="cpu").sample(2000, rng=7).mean(axis=0, dtype=np.float64)
    for rank in range(3):
        np.testing.assert_allclose(np.load(tmp_path / f"{rank}.npy"), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.skipif(not importlib.util.find_spec("mpi4py"), reason="needs mpi4py: pip install mpi4py")
def test_rows_are_dealt_out_once(examples: Path) -> None:
    source = (examples / "mpi_ranks.py").read_text().partition("def mean_signal")[0]
    module = ModuleType("rows")
    exec(source.replace("from mpi4py import MPI\n", ""), module.__dict__)  # starting MPI here would keep mpirun away
    for n, ranks in ((10, 3), (2, 5), (1000, 7)):
        parts = [module.rows_of(rank, ranks, n) for rank in range(ranks)]
        assert [row for first, count in parts for row in range(first, first + count)] == [*range(n)]
