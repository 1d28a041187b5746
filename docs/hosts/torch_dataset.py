"""PyTorch: an endless data set whose workers draw rows of their own, and whose tensors are the surrogate's memory.

python torch_dataset.py noisy-sine.onnx
"""

import sys
from collections.abc import Iterator

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

import gansurrogate as gs


class Signals(IterableDataset[torch.Tensor]):
    """Rows 0 to `n` of a stream in batches; with w workers, worker k has batches k, k + w, k + 2 w, ..."""

    def __init__(self, sampler: gs.Sampler, n: int, batch: int, seed: int) -> None:
        self.sampler, self.n, self.batch, self.seed = sampler, n, batch, seed

    def __iter__(self) -> Iterator[torch.Tensor]:
        worker = get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker else (0, 1)
        for start in range(first * self.batch, self.n, step * self.batch):
            signals = self.sampler.sample(min(self.batch, self.n - start), rng=self.seed, start=start)
            yield torch.from_numpy(signals)  # shares the array's memory


if __name__ == "__main__":
    surrogate = gs.load(sys.argv[1], threads=1)
    loader = DataLoader(Signals(surrogate, 10_000, 256, seed=7), batch_size=None, num_workers=2)
    print(f"{sum(len(batch) for batch in loader)} signals, in the order of their rows")
