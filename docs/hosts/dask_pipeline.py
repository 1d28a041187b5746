"""Dask: the mean power spectrum of more signals than memory holds, on as many machines as the cluster has.

python dask_pipeline.py noisy-sine.onnx
"""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs


def power(block: NDArray[np.float32]) -> NDArray[np.float64]:
    """Power of each signal at each frequency, in the spec's unit squared."""
    return np.abs(np.fft.rfft(block.astype(np.float64), axis=-1)) ** 2


def mean_spectrum(surrogate: gs.Surrogate, n: int, seed: int, chunk: int) -> Any:
    """The mean power of `n` signals at each frequency, as a lazy array: ``.compute()`` it."""
    signals: Any = surrogate.to_dask(n, rng=seed, chunk=chunk)
    frequencies = surrogate.spec.shape[-1] // 2 + 1
    return signals.map_blocks(power, dtype=np.float64, chunks=(signals.chunks[0], (frequencies,))).mean(axis=0)


if __name__ == "__main__":
    spectrum = mean_spectrum(gs.load(sys.argv[1]), 200_000, seed=7, chunk=20_000).compute()
    print(f"most power beside the mean at index {1 + spectrum[1:].argmax()}")
