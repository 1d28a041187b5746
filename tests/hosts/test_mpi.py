"""The ranks of an MPI job draw the rows of one process, bit for bit."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs

MPIRUN = shutil.which("mpirun")
PROGRAM = Path(__file__).with_name("mpi_program.py")
N, LIMIT = 2000, 100  # LIMIT [s]


def is_open_mpi() -> bool:
    done = subprocess.run([str(MPIRUN), "--version"], capture_output=True, text=True, check=False, timeout=LIMIT)
    return "Open MPI" in done.stdout


pytestmark = [
    pytest.mark.skipif(not (MPIRUN and is_open_mpi()), reason="needs Open MPI: apt-get install openmpi-bin"),
    pytest.mark.skipif(not importlib.util.find_spec("mpi4py"), reason="needs mpi4py: pip install mpi4py"),
]


@pytest.fixture(scope="module")
def folder(golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What three ranks have drawn."""
    folder = tmp_path_factory.mktemp("mpi")
    ranks = ["-n", "3", "--oversubscribe", "--allow-run-as-root", "--timeout", str(LIMIT)]
    program = [sys.executable, "-m", "mpi4py.futures", str(PROGRAM), str(golden), str(folder)]
    done = subprocess.run(
        [str(MPIRUN), *ranks, *program],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT + 20,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", ["submitted.npy", "streamed.npy"])
def test_ranks_draw_the_rows_of_one_process(folder: Path, golden: Path, name: str) -> None:
    surrogate = gs.load(golden, device="cpu")
    expected = surrogate.sample(N, conditions=surrogate.draw_conditions(N, rng=5), rng=5)
    np.testing.assert_array_equal(np.load(folder / name), expected, strict=True)


def test_the_work_was_done_by_the_other_ranks(folder: Path) -> None:
    assert (folder / "ranks").read_text().split() == ["1", "2"]
