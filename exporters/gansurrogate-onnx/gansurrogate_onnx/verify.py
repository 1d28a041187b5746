"""Does the exported file give what the trained network gives, for any batch and in any cut?"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ExportError
from gansurrogate.providers import CPU
from gansurrogate.sampling.request import Request
from gansurrogate.session import open_session
from gansurrogate.surrogate import load_own
from gansurrogate.testing import draw_varied
from gansurrogate.train.conditions import as_tensors
from gansurrogate.train.trained import TrainedGenerator
from gansurrogate_onnx.tokens import chooses, deciding, sure

SIZES = (1, 2, 7, 257)
TOLERANCE = 1e-4  # of the signals' standard deviation; float32 networks differ by about 1e-6
SEED = 20_221_214
CUTS = ((0, 1), (0, 7), (0, 64), (131, 50), (299, 8))  # start and tile


def parity(data: bytes, trained: TrainedGenerator) -> dict[str, float]:
    """Largest deviation from PyTorch at each of `SIZES`, relative to the signals' standard deviation.

    Of tokens: the share of ids that differ among those that do not hang on rounding; it has to be none.

    Raises
    ------
    ExportError
        If a deviation exceeds `TOLERANCE`, or an id differs.
    """
    surrogate = load_own(data, threads=1, verify=False)
    deviations: dict[str, float] = {}
    spread = 1e-30
    for n in reversed(SIZES):
        given = draw_varied(surrogate, n, SEED)
        drawn = surrogate.sample(n, conditions=given, rng=SEED, tile=n)
        tensors = as_tensors(surrogate.spec.conditions, surrogate.spec.encode_conditions(given, n))
        expected = trained.rows(SEED, range(n), tensors)
        spread = max(spread, float(expected.std()))  # a single value has none of its own: the larger sizes come first
        if chooses(trained):
            compared = sure(trained, SEED, range(n), tensors, 0.0 if surrogate.spec.tokens else TOLERANCE * spread)
            drawn, expected = (signals.reshape(n, -1)[compared] for signals in (drawn, expected))
        if surrogate.spec.tokens:
            other = drawn != expected
            if other.any():
                msg = f"the exported graph draws {other.mean():.2g} of the tokens otherwise than PyTorch at N = {n}"
                raise ExportError(msg)
            deviations[str(n)] = 0.0
            continue
        deviation = float(np.abs(drawn - expected).max(initial=0)) / spread
        deviations[str(n)] = float(f"{deviation:.2g}")
        if not deviation <= TOLERANCE:  # also true for NaN
            msg = f"the exported graph differs from PyTorch by {deviation:.2g} standard deviations at N = {n}"
            raise ExportError(msg)
    return dict(reversed(deviations.items()))


def check_cuts(data: bytes) -> None:
    """Rows are the same bits for different tiles, threads and starts; of tokens also the numbers that decide them.

    Raises
    ------
    ExportError
        If they are not: an operator of the network computes a row by its neighbours.
    """
    whole, parts = (load_own(data, threads=threads, verify=False) for threads in (1, 2))
    n = 300
    given = draw_varied(whole, n, SEED)
    expected = whole.sample(n, conditions=given, rng=SEED, tile=n)
    for start, tile in CUTS:
        rest = {name: values[start:] for name, values in given.items()}
        drawn = parts.sample(n - start, conditions=rest, rng=SEED, start=start, tile=tile)
        if not np.array_equal(expected[start:], drawn):
            raise _dependent(start, tile)
    if whole.spec.tokens:
        _check_deciding(data, Request.of(whole.spec, n, given, SEED, 0, "error", n))


def _check_deciding(data: bytes, request: Request) -> None:
    """Ids hide a difference in the last bits until, one row in a million, it changes one."""
    extended, names = deciding(data)
    session = open_session(extended, (CPU, {}))

    def run(start: int, tile: int) -> Iterator[list[NDArray[np.float32]]]:
        for first in range(start, request.n, tile):
            yield session.run(names, replace(request, tile=tile).feeds(first, padded=False))

    (expected,) = run(0, request.n)
    for start, tile in CUTS:
        parts = [np.concatenate(values) for values in zip(*run(start, tile), strict=True)]
        if not all(np.array_equal(part, whole[start:]) for part, whole in zip(parts, expected, strict=True)):
            raise _dependent(start, tile)


def _dependent(start: int, tile: int) -> ExportError:
    return ExportError(
        f"rows depend on how they are cut (start {start}, tile {tile}): the network treats rows together"
    )
