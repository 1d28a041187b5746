"""Which weights are reduced: the least harmful ones, as many as the judges let pass."""

from collections.abc import Collection
from typing import Protocol

import numpy as np
import onnx

from gansurrogate.errors import ExportError
from gansurrogate.fidelity.figure import Figure
from gansurrogate.manifest import Manifest
from gansurrogate.surrogate import Surrogate, load_own
from gansurrogate.surrogate_file import seal
from gansurrogate_onnx.harm import harm, is_coarse
from gansurrogate_onnx.loss import ROWS, rows_of, told_apart
from gansurrogate_onnx.verify import SEED

TRIAL_SEED = SEED + 1  # rows on which weights are chosen: others than those of the figures


class Reduction(Protocol):
    """A way to reduce a model, weight by weight."""

    names: list[str]

    def reduced(self, names: Collection[str]) -> onnx.ModelProto:
        """The model with the weights `names` reduced."""


def choose(plain: Surrogate, reduction: Reduction, gate: float, samples: int) -> tuple[list[str], list[Figure]]:
    """The weights to reduce, and what the judges say of them on rows that nothing was chosen on.

    All weights are tried first; where these do not pass, the number of the least harmful that do is found by bisection.

    Raises
    ------
    ExportError
        If not even the least harmful weight passes.
    """
    order = _by_harm(plain, reduction)

    def figures(count: int, seed: int) -> list[Figure]:
        return told_apart(plain, _draft(reduction, order[:count], plain.manifest), samples, seed)

    if not order:
        msg = "there is nothing to reduce: no float32 weight is large enough, or its steps would be seen in the signals"
        raise ExportError(msg)
    found: list[Figure] = []
    passing, failing = 0, len(order) + 1
    trial = len(order)  # all of them first: mostly they pass
    while passing + 1 < failing:
        found = figures(trial, TRIAL_SEED)
        if found[0].value <= gate:
            passing = trial
        else:
            failing = trial
        trial = (passing + failing) // 2
    for count in range(passing, 0, -1):
        found = figures(count, SEED)
        if found[0].value <= gate:
            return order[:count], found
    msg = (
        f"judges tell signals from float32 ones with an AUC of {found[0].value:.3f} (float32 from float32"
        f" {found[0].floor:.3f}) when only the least harmful of {len(order)} weights is reduced, and the gate is"
        f" {gate:g}: keep float32, try precision=float16, or a looser gate"
    )
    raise ExportError(msg)


def _by_harm(plain: Surrogate, reduction: Reduction) -> list[str]:
    """Names of the weights that can be reduced without visible steps, the least harmful first."""
    expected, harms = rows_of(plain, ROWS, TRIAL_SEED), {}
    for name in reduction.names:
        drawn = rows_of(_draft(reduction, [name], plain.manifest), ROWS, TRIAL_SEED)
        if np.isfinite(drawn).all() and not is_coarse(expected, drawn):
            harms[name] = harm(expected, drawn)
    return sorted(harms, key=lambda name: harms[name])


def _draft(reduction: Reduction, names: Collection[str], manifest: Manifest) -> Surrogate:
    data = seal(reduction.reduced(names).SerializeToString(), manifest)
    return load_own(data, threads=1, verify=False)
