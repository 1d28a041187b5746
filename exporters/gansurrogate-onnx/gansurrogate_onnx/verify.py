"""Does the exported file give what the trained network gives, for any batch and in any cut?"""

import numpy as np
import torch
from torch import Tensor

from gansurrogate.errors import ExportError
from gansurrogate.signals import FloatArray
from gansurrogate.surrogate import Surrogate, load
from gansurrogate.train.trained import TrainedGenerator

SIZES = (1, 2, 7, 257)
TOLERANCE = 1e-4  # of the signals' standard deviation; float32 networks differ by about 1e-6
SEED = 20_221_214


def parity(data: bytes, trained: TrainedGenerator) -> dict[str, float]:
    """Largest deviation from PyTorch at each of `SIZES`, relative to the signals' standard deviation.

    Raises
    ------
    ExportError
        If a deviation exceeds `TOLERANCE`.
    """
    surrogate = load(data, device="cpu", threads=1, verify=False)
    deviations: dict[str, float] = {}
    for n in SIZES:
        given = surrogate.draw_conditions(n, rng=SEED)
        drawn = surrogate.sample(n, conditions=given, rng=SEED, tile=n)
        expected = trained.rows(SEED, range(n), tensors(surrogate, given, n))
        deviation = float(np.abs(drawn - expected).max()) / max(float(expected.std()), 1e-30)
        deviations[str(n)] = float(f"{deviation:.2g}")
        if not deviation <= TOLERANCE:  # also true for NaN
            msg = f"the exported graph differs from PyTorch by {deviation:.2g} standard deviations at N = {n}"
            raise ExportError(msg)
    return deviations


def check_cuts(data: bytes) -> None:
    """Rows are the same bits for different tiles, threads and starts.

    Raises
    ------
    ExportError
        If they are not: an operator of the network computes a row by its neighbours.
    """
    whole, parts = (load(data, device="cpu", threads=threads, verify=False) for threads in (1, 2))
    n = 300
    given = whole.draw_conditions(n, rng=SEED)
    expected = whole.sample(n, conditions=given, rng=SEED, tile=n)
    for start, tile in ((0, 1), (0, 7), (0, 64), (131, 50), (299, 8)):
        if not np.array_equal(expected[start:], _sample(parts, given, start, n, tile)):
            msg = f"rows depend on how they are cut (start {start}, tile {tile}): the network treats rows together"
            raise ExportError(msg)


def _sample(surrogate: Surrogate, given: dict[str, FloatArray], start: int, n: int, tile: int) -> FloatArray:
    part = {name: values[start:] for name, values in given.items()}
    return surrogate.sample(n - start, conditions=part, rng=SEED, start=start, tile=tile)


def tensors(surrogate: Surrogate, given: dict[str, FloatArray], n: int) -> list[Tensor]:
    """Conditions as the network takes them."""
    encoded = surrogate.spec.encode_conditions(given, n)
    return [torch.from_numpy(encoded[c.name].copy()) for c in surrogate.spec.conditions]
