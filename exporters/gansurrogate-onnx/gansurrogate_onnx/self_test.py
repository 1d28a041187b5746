"""The self-test of a surrogate file: a few values as PyTorch computes them, for any machine to reproduce."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import ExportError
from gansurrogate.manifest import SelfTest
from gansurrogate.spec import SignalSpec
from gansurrogate.testing import leave_open
from gansurrogate.train.conditions import as_tensors
from gansurrogate.train.trained import TrainedGenerator
from gansurrogate_onnx.tokens import chooses, sure
from gansurrogate_onnx.verify import TOLERANCE

SEED = 7
ROWS = [0, 1, 2, 1_000_003]
VALUES = 16  # per row, evenly spread over the signal
CANDIDATES = 32  # rows of drawn values from which one is taken, and how far they lie apart
APART = 3  # so that `leave_open` treats all of them alike
MOST_DRAWN = 1024  # values of an array condition that are written down one by one; of a larger one all are equal


def self_test(trained: TrainedGenerator) -> SelfTest:
    """Signals of `ROWS`, or of rows near them whose values do not hang on rounding.

    Raises
    ------
    ExportError
        If the network gives NaN or infinity, or values that hang on rounding.
    """
    spec, tokens = trained.spec, bool(trained.spec.tokens)
    rows: NDArray[np.int64] = np.add.outer(ROWS, APART * np.arange(CANDIDATES if chooses(trained) else 1)).ravel()
    encoded = spec.encode_conditions(_conditions(spec, rows), len(rows))
    given = as_tensors(spec.conditions, encoded)
    signals = trained.rows(SEED, rows.tolist(), given).reshape(len(rows), -1)
    if not np.isfinite(signals).all():
        msg = "the network gives NaN or infinity; train it again"
        raise ExportError(msg)
    atol = 0.0 if tokens else TOLERANCE * float(signals.std())
    kept, common = np.arange(len(rows)), np.arange(signals.shape[1])
    if chooses(trained):
        certain = sure(trained, SEED, rows.tolist(), given, atol)
        if certain[:, 0].mean() < 0.5:
            msg = "the first value of most rows changes with the last bits of their latents; nothing can be tested"
            raise ExportError(msg)
        lengths = certain.sum(1).reshape(len(ROWS), CANDIDATES)
        kept = lengths.argmax(1) + CANDIDATES * np.arange(len(ROWS))
        common = np.flatnonzero(certain[kept].all(0))
    positions = common[np.unique(np.linspace(0, len(common) - 1, min(len(common), VALUES)).round().astype(int))]
    return SelfTest(
        seed=SEED, rows=rows[kept].tolist(), conditions={c.name: _entries(c, encoded[c.name][kept])
                                                        for c in spec.conditions},
        positions=positions.tolist(), expected=signals[kept][:, positions].tolist(),
        atol=atol, rtol=0.0 if tokens else TOLERANCE,
    )  # fmt: skip


def _conditions(spec: SignalSpec, rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The middle of each range; arrays of values drawn from it."""
    random, conditions = np.random.default_rng(SEED), {}
    for c in spec.conditions:
        shape = (len(rows), *c.shape)
        if _is_one_number(c):
            conditions[c.name] = c.at(np.full(shape, 0.5))
        else:
            conditions[c.name] = c.at(random.integers(100, size=shape) / 100)
            leave_open(c, conditions[c.name], rows)
    return conditions


def _is_one_number(condition: Condition) -> bool:
    """Whether all values that the condition has in one row are equal."""
    return not condition.shape or condition.size > MOST_DRAWN


def _entries(condition: Condition, values: NDArray[Any]) -> list[Any]:
    """A condition's values as the manifest has them, numbers with the digits that float32 needs."""
    flat = [[float(str(v)) if v.dtype.kind == "f" else int(v) for v in row] for row in values.reshape(len(values), -1)]
    return [row[0] for row in flat] if _is_one_number(condition) else flat
