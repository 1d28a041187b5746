"""A Dask cluster of processes draws the rows of one process, bit for bit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.arrays import to_dask

distributed = pytest.importorskip("distributed", reason="needs dask.distributed: pip install distributed")

N, CHUNK, LIMIT = 2000, 150, 100  # LIMIT [s]
Drawn = tuple[dict[str, np.ndarray], np.ndarray]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two workers, two threads each, in processes of their own."""
    folder = str(tmp_path_factory.mktemp("workers"))
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, local_directory=folder
    )
    with cluster, distributed.Client(cluster, timeout=LIMIT) as client:
        yield client


@pytest.fixture(scope="module")
def surrogate(golden: Path) -> gs.Surrogate:
    return gs.load(golden, device="cpu", threads=1)


@pytest.fixture(scope="module")
def alone(surrogate: gs.Surrogate) -> Drawn:
    """Conditions, and the signals that one process draws."""
    conditions = surrogate.draw_conditions(N, rng=5)
    return conditions, surrogate.sample(N, conditions=conditions, rng=5)


def test_a_lazy_array_is_computed_by_the_workers(client, surrogate: gs.Surrogate, alone: Drawn) -> None:
    conditions, expected = alone
    lazy = to_dask(surrogate, N, conditions=conditions, rng=5, chunk=CHUNK)
    drawn = client.compute(lazy).result(LIMIT)
    np.testing.assert_array_equal(drawn, expected, strict=True)
    mean = client.compute(lazy.mean(axis=0, dtype=np.float64)).result(LIMIT)  # signals never leave the workers
    np.testing.assert_allclose(mean, expected.mean(axis=0, dtype=np.float64), rtol=1e-12, atol=1e-15)


def test_tasks_of_ones_own_take_the_surrogate(client, surrogate: gs.Surrogate, alone: Drawn) -> None:
    conditions, expected = alone
    jobs = []
    for start in range(0, N, CHUNK):
        given = {name: values[start : start + CHUNK] for name, values in conditions.items()}
        jobs.append(client.submit(surrogate.sample, min(CHUNK, N - start), conditions=given, rng=5, start=start))
    np.testing.assert_array_equal(np.concatenate([job.result(LIMIT) for job in jobs]), expected)


def test_the_clusters_executor_streams_into_one_file(
    client, surrogate: gs.Surrogate, alone: Drawn, tmp_path: Path
) -> None:
    from gansurrogate.storage.streaming import sample_to

    conditions, expected = alone
    path = tmp_path / "signals.npy"
    sample_to(surrogate, path, N, conditions=conditions, rng=5, chunk=CHUNK, executor=client.get_executor())
    np.testing.assert_array_equal(np.load(path), expected, strict=True)
