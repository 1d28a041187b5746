"""A pipeline of Dask gives the spectrum of the plain call, from the same bits."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

import gansurrogate as gs


def test_the_mean_spectrum_is_that_of_the_plain_call(
    example: Callable[[str, str], ModuleType], sine: Callable[..., Path]
) -> None:
    program, surrogate = example("dask_pipeline", "dask.array"), gs.load(sine(), device="cpu", threads=1)
    lazy = program.mean_spectrum(surrogate, 1000, seed=7, chunk=150)
    signals = surrogate.sample(1000, rng=7)
    np.testing.assert_allclose(lazy.compute(), program.power(signals).mean(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(surrogate.to_dask(1000, rng=7, chunk=150).compute(), signals, strict=True)
