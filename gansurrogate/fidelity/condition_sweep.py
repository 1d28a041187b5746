"""Condition sweeps: real and surrogate signals along one condition, the others in the middle of their range."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import ConditionError
from gansurrogate.fidelity.estimate import Array
from gansurrogate.signals import Sampler
from gansurrogate.spec import SignalSpec

STEPS, LEVELS = 5, 10  # values of a range, and levels at most
MOST = 4  # conditions that are shown
BAND = (0.05, 0.95)


class Band(NamedTuple):
    """Mean, 5 % and 95 % quantile at every value of the signals: (steps, *spec.shape) each."""

    mean: Array
    low: Array
    high: Array


class ConditionSweep(NamedTuple):
    """Signals along one condition.

    Attributes
    ----------
    condition : Condition
    values : array of shape (steps,)
        From one end of its range to the other; levels, the first ones if there are many.
    surrogate : Band
    real : Band, optional
        Of what can be asked: recordings cannot.
    n : int
        Signals on each side, at each value.
    """

    condition: Condition
    values: NDArray[np.generic]
    surrogate: Band
    real: Band | None
    n: int


def condition_sweeps(
    surrogate: Sampler, real: Sampler | None, n: int, *, arrays: Mapping[str, Array] | None = None, seed: int = 0
) -> list[ConditionSweep]:
    """Sweeps of the surrogate's scalar conditions, four at most.

    Parameters
    ----------
    surrogate : Sampler
    real : Sampler, optional
        A signal generator; one with other conditions, or a narrower range of them, is left out.
    n : int
        Signals on each side, at each step.
    arrays : mapping, optional
        One value of each array condition.
    seed : int
    """
    scalar = [condition for condition in surrogate.spec.conditions if not condition.shape]
    others = middle(surrogate.spec, arrays)
    if real is not None and {c.name for c in real.spec.conditions} != others.keys():
        real = None
    sweeps = []
    for condition in scalar[:MOST]:
        values = _steps(condition)
        asked = [{**others, condition.name: value} for value in values]
        drawn = _band([surrogate.sample(n, conditions=given, rng=seed) for given in asked])
        try:
            true = None if real is None else _band([real.sample(n, conditions=given, rng=seed) for given in asked])
        except ConditionError:  # its range is narrower than the surrogate's
            true = None
        sweeps.append(ConditionSweep(condition, values, drawn, true, n))
    return sweeps


def middle(spec: SignalSpec, arrays: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """The middle of each scalar condition's range, and `arrays` as they are."""
    return {c.name: c.at(np.array(0.5)) for c in spec.conditions if not c.shape} | dict(arrays or {})


def _steps(condition: Condition) -> NDArray[np.generic]:
    if condition.levels:
        return np.asarray(condition.levels[:LEVELS])
    assert condition.low is not None
    assert condition.high is not None
    return np.linspace(condition.low, condition.high, STEPS, dtype=np.float32)


def _band(signals: list[Array]) -> Band:
    quantiles = [np.quantile(each, BAND, axis=0) for each in signals]
    low, high = np.swapaxes(quantiles, 0, 1)
    return Band(np.stack([each.mean(0, dtype=np.float64) for each in signals]), low, high)
