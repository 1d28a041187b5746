"""Dask: a cluster holds a surrogate, and any number of programs without the file ask it for rows.

The operator, once:  python dask_service.py scheduler:8786 noisy-sine.onnx
A program:           python dask_service.py scheduler:8786 noisy-sine 10000
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Client, Worker, WorkerPlugin, get_worker
from numpy.typing import NDArray

import gansurrogate as gs

MOST, BLOCK = 1_000_000, 1000  # signals of one call, and of one task
Conditions = Mapping[str, NDArray[Any]]


class Holder(WorkerPlugin):
    """Each worker, also one that joins later, opens the surrogate once and checks that it gives the file's values."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data

    def setup(self, worker: Worker) -> None:
        """Called in the worker; an error keeps it from starting."""
        self.surrogate = gs.load(self.data, device="cpu", threads=1)
        self.surrogate.self_test()


def publish(client: Client, path: str) -> None:
    """Let all workers hold the surrogate in the file at `path`, under the file's name."""
    client.upload_file(__file__)  # so that they know `Holder` and `rows`
    client.register_plugin(Holder(Path(path).stem, Path(path).read_bytes()))


def sample(
    client: Client, name: str, n: int, *, seed: int, start: int = 0, conditions: Conditions | None = None
) -> NDArray[Any]:
    """Rows `start` to ``start + n - 1`` of `seed`; each of `conditions` has a value for every row."""
    if not 0 <= n <= MOST:
        msg = f"a call draws up to {MOST} signals; got {n}"
        raise ValueError(msg)
    given = conditions or {}
    tasks = []
    for first in range(0, n, BLOCK):
        part = {key: values[first : first + BLOCK] for key, values in given.items()}
        tasks.append(client.submit(rows, name, min(BLOCK, n - first), seed, start + first, part))
    return np.concatenate(client.gather(tasks))


def rows(name: str, n: int, seed: int, start: int, conditions: Conditions) -> NDArray[Any]:
    """What a worker does."""
    surrogate = get_worker().plugins[name].surrogate
    signals: NDArray[Any] = surrogate.sample(n, conditions=conditions, rng=seed, start=start)
    return signals


if __name__ == "__main__":
    address, what, *count = sys.argv[1:]
    with Client(address) as client:
        if count:
            print(sample(client, what, int(count[0]), seed=7).shape)
        else:
            publish(client, what)
