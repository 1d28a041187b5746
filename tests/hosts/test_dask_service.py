"""A cluster that holds a surrogate gives the rows of the plain call, also when a worker is killed."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import gansurrogate as gs

distributed = pytest.importorskip("distributed", reason="needs dask.distributed: pip install distributed")
N, LIMIT = 500, 100  # LIMIT [s]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = str(tmp_path_factory.mktemp("workers"))
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=True, dashboard_address=None, local_directory=folder
    )
    with cluster, distributed.Client(cluster, timeout=LIMIT) as client:
        yield client


@pytest.fixture
def program(example: Callable[[str, str], ModuleType], client, golden: Path, tmp_path: Path, monkeypatch) -> ModuleType:
    """The example, with the surrogate held by the cluster under the name ``held``."""
    program = example("dask_service", "distributed")
    monkeypatch.setattr(program, "BLOCK", 37)
    program.publish(client, str(shutil.copy(golden, tmp_path / "held.onnx")))
    return program


@pytest.fixture(scope="module")
def alone(golden: Path) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Conditions, and the signals that one process draws."""
    surrogate = gs.load(golden, device="cpu", threads=1)
    conditions = surrogate.draw_conditions(N, rng=5)
    return conditions, surrogate.sample(N, conditions=conditions, rng=5, start=9)


def test_rows_are_those_of_the_plain_call_and_a_killed_worker_costs_none(program: ModuleType, client, alone) -> None:
    conditions, expected = alone
    drawn = program.sample(client, "held", N, seed=5, start=9, conditions=conditions)
    np.testing.assert_array_equal(drawn, expected, strict=True)
    (process,) = client.run(os.getpid).values()
    os.kill(process, signal.SIGKILL)
    drawn = program.sample(client, "held", N, seed=5, start=9, conditions=conditions)
    np.testing.assert_array_equal(drawn, expected, strict=True)
    assert [*client.run(os.getpid).values()] != [process]  # a new one, which holds the surrogate again


def test_what_makes_no_sense_is_told_to_the_program_that_asked(program: ModuleType, client, alone) -> None:
    conditions, expected = alone
    with pytest.raises(ValueError, match=r"a call draws up to 1000000 signals; got 1000001"):
        program.sample(client, "held", 1_000_001, seed=5)
    wrong = {**conditions, "energy": conditions["energy"] + 1000}
    with pytest.raises(gs.SurrogateError, match="outside its range"):
        program.sample(client, "held", N, seed=5, conditions=wrong)
    drawn = program.sample(client, "held", N, seed=5, start=9, conditions=conditions)  # the workers go on
    np.testing.assert_array_equal(drawn, expected, strict=True)
