"""PyTorch's data loader gives the rows of the plain call, in order, in the memory they were drawn into."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from torch.utils.data import DataLoader

import gansurrogate as gs

N, BATCH = 500, 64


@pytest.fixture
def program(example: Callable[[str, str], ModuleType]) -> ModuleType:
    return example("torch_dataset", "torch")


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("workers", [0, 2])
def test_workers_draw_rows_of_their_own(program: ModuleType, sine: Callable[..., Path], workers: int) -> None:
    surrogate = gs.load(sine(), device="cpu", threads=1)
    loader = DataLoader(program.Signals(surrogate, N, BATCH, seed=7), batch_size=None, num_workers=workers)
    drawn = [batch.numpy() for batch in loader]
    assert [len(batch) for batch in drawn] == [BATCH] * (N // BATCH) + [N % BATCH]
    np.testing.assert_array_equal(np.concatenate(drawn), surrogate.sample(N, rng=7), strict=True)


def test_tensors_are_the_arrays_memory(program: ModuleType) -> None:
    class Kept:
        def sample(self, n: int, **options: object) -> np.ndarray:
            self.signals = np.zeros((n, 3), np.float32)
            return self.signals

    kept = Kept()
    (tensor,) = program.Signals(kept, 10, 10, seed=7)
    assert tensor.data_ptr() == kept.signals.ctypes.data
