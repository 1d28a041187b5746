"""The variables of a unit: what the host sets, and what it reads over time."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gansurrogate.conditions import Condition
from gansurrogate.errors import ArgumentError, ExportError
from gansurrogate.spec import Axis, SignalSpec

MOST = 20_000  # FMI 2.0 has no arrays: each number is a variable of its own
SECONDS = {
    "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9, "ps": 1e-12,
    "min": 60.0, "h": 3600.0, "d": 86400.0,
}  # fmt: skip
LARGEST = 2**31 - 1  # FMI 2.0's Integer has 32 bits

Kind = Literal["Real", "Integer", "Boolean", "Enumeration"]


@dataclass(frozen=True)
class Variable:
    """A scalar of the unit; `start` is None for an output, and the place in the list its value reference."""

    name: str
    kind: Kind
    description: str = ""
    start: float | int | None = None
    unit: str = ""
    least: float | int | None = None
    most: float | int | None = None
    levels: str = ""  # the condition whose levels it has


def variables_of(spec: SignalSpec) -> list[Variable]:
    """Parameters, then the values of the conditions, then the channels of the signal.

    Raises
    ------
    ExportError
        If there are too many, or a condition is called like a parameter of the unit.
    """
    fixed = [
        Variable("seed", "Integer", "which stream of rows", 0),
        Variable("row", "Integer", "which signal of the stream", 0, least=0),
        Variable("repeat", "Boolean", "after the last sample go on with the next row; else hold the last sample", 0),
    ]
    count = sum(c.size for c in spec.conditions) + channels(spec)
    if count > MOST:
        msg = f"FMI 2.0 has no arrays, and {count} scalars are more than hosts bear ({MOST})"
        raise ExportError(msg)
    if taken := {variable.name for variable in fixed} & {c.name for c in spec.conditions}:
        msg = f"the unit has a parameter {min(taken)!r} of its own: train with another name of the condition"
        raise ExportError(msg)
    given = [variable for c in spec.conditions for variable in _of_condition(c)]
    kind: Kind = "Integer" if spec.tokens else "Real"
    about = "id of a token" if spec.tokens else "the signal"
    drawn = [Variable(name, kind, about, unit=spec.unit) for name in _names("signal", spec.shape[:-1])]
    return [*fixed, *given, *drawn]


def channels(spec: SignalSpec) -> int:
    """How many values the unit puts out at a time: all axes but the last, which is played."""
    return math.prod(spec.shape[:-1])


def numbers(condition: Condition) -> list[int]:
    """The number of each level in the unit: the level itself if all are integers of FMI, else 1, 2, 3 ..."""
    own = [level for level in condition.levels if isinstance(level, int) and -LARGEST <= level <= LARGEST]
    return own if len(own) == len(condition.levels) else list(range(1, len(condition.levels) + 1))


def sample_time(axis: Axis, step: float | None = None) -> float:
    """Time from sample to sample [s]: `step`, or that of the axis.

    A coordinate that is no time is played as if its unit were seconds.

    Raises
    ------
    ArgumentError
        If `step` is not a positive number.
    """
    if step is None:
        return abs(axis.step) * SECONDS.get(axis.unit, 1.0)
    if not 0 < step < math.inf:
        msg = f"step is the time from sample to sample, a positive number of seconds; got {step!r}"
        raise ArgumentError(msg)
    return float(step)


def _of_condition(c: Condition) -> Iterator[Variable]:
    about = c.description or c.describe()
    for name in _names(c.name, c.shape):
        if c.levels:
            yield Variable(name, "Enumeration", about, numbers(c)[0], levels=c.name)
        else:
            assert c.low is not None
            assert c.high is not None
            yield Variable(name, "Real", about, (c.low + c.high) / 2, c.unit, c.low, c.high)


def _names(name: str, shape: Sequence[int]) -> Iterator[str]:
    """``name``, or ``name[1,1]``, ``name[1,2]`` ... as FMI names the elements of arrays."""
    for index in itertools.product(*(range(1, size + 1) for size in shape)):
        yield f"{name}[{','.join(map(str, index))}]" if shape else name
