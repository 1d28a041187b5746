"""The tensors of a request and of a reply: what a surrogate's spec makes of the Open Inference Protocol."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gansurrogate.arguments import check_integer
from gansurrogate.conditions import Condition
from gansurrogate.errors import ArgumentError, ExportError
from gansurrogate.spec import SignalSpec

OWN = {
    "n": "how many signals",
    "seed": "of the stream of rows; fresh entropy where it is left out",
    "start": "the first row; 0 where it is left out",
}
_KINDS = {"INT64": "iu", "FP32": "fiu"}  # of numpy, that JSON's numbers and unpacked bytes give
MOST_DIMENSIONS = 32  # numpy has 64; the product of 100 000 large sizes takes half a minute


class Given(Protocol):
    """An input as MLServer hands it over; its data is a list, or what a client put into the place of one."""

    name: str
    datatype: str
    shape: list[int]
    data: Any


@dataclass(frozen=True)
class Tensor:
    """One input or output. In `shape`, -1 stands for one value for all signals or one per signal."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    description: str
    unit: str = ""
    optional: bool = False

    def read(self, given: Given) -> NDArray[Any]:
        """The values of `given`, in its shape: numbers, or texts as objects.

        Raises
        ------
        ArgumentError
            If it has another datatype, or its data are not such values, or not as many as its shape says.
        """
        if given.datatype != self.datatype:
            msg = f"input {self.name!r} is {self.datatype}; got {given.datatype}"
            raise ArgumentError(msg)
        data = getattr(given.data, "root", given.data)
        values = _texts(data) if self.datatype == "BYTES" else _numbers(data, _KINDS[self.datatype])
        if values is None:
            msg = f"the data of input {self.name!r} are not {self.datatype}"
            raise ArgumentError(msg)
        if not _has(given.shape, values.size):
            msg = f"input {self.name!r} has {values.size} values; its shape is {given.shape}"
            raise ArgumentError(msg)
        return values.reshape(given.shape)


def inputs_of(spec: SignalSpec) -> list[Tensor]:
    """What a request holds: `n`, `seed` and `start` as in `Surrogate.sample`, and every condition by its name.

    Raises
    ------
    ExportError
        If a condition has the name of one of the others.
    """
    if taken := [c.name for c in spec.conditions if c.name in OWN]:
        msg = f"the input {taken[0]!r} is the server's own: train with another name for the condition"
        raise ExportError(msg)
    own = [Tensor(name, "INT64", (1,), text, optional=name != "n") for name, text in OWN.items()]
    return own + [
        Tensor(c.name, _datatype(c), (-1, *c.shape), c.describe(), c.unit, c.name in spec.left_open)
        for c in spec.conditions
    ]


def outputs_of(spec: SignalSpec) -> list[Tensor]:
    """What a reply holds: the signals and the seed they were drawn with."""
    kind = "INT64" if spec.tokens else "FP32"
    what = "signals; the ids of their tokens" if spec.tokens else "signals"
    return [
        Tensor("signal", kind, (-1, *spec.shape), what, spec.unit),
        Tensor("seed", "INT64", (1,), "the seed of these rows"),
    ]


def read_inputs(inputs: Mapping[str, Tensor], given: list[Given]) -> dict[str, Any]:
    """What a request asks for: `n`, `seed` and `start` as int, where given, and conditions as arrays.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If an input is unknown, missing or given twice, or is not what its `Tensor` says.
    """
    names = [each.name for each in given]
    wanted = ", ".join(f"{each.name} ({'optional' if each.optional else each.datatype})" for each in inputs.values())
    if unknown := [name for name in names if name not in inputs]:
        msg = f"unknown input {unknown[0]!r}; this surrogate takes {wanted}"
        raise ArgumentError(msg)
    if missing := [each.name for each in inputs.values() if not each.optional and each.name not in names]:
        msg = f"missing input {missing[0]!r}; this surrogate takes {wanted}"
        raise ArgumentError(msg)
    if len(set(names)) < len(names):
        msg = f"an input is given once; got {', '.join(names)}"
        raise ArgumentError(msg)
    values = {each.name: inputs[each.name].read(each) for each in given}
    return {name: _one(value, name) if name in OWN else value for name, value in values.items()}


def _datatype(condition: Condition) -> str:
    if not condition.levels:
        return "FP32"
    return "BYTES" if isinstance(condition.levels[0], str) else "INT64"


def _has(shape: list[int], size: int) -> bool:
    """Whether an array of this shape has `size` values; no size alone is larger, beside a 0 neither."""
    possible = len(shape) <= MOST_DIMENSIONS and all(0 <= each <= size for each in shape)
    return possible and math.prod(shape) == size


def _one(value: NDArray[Any], name: str) -> int:
    if value.size != 1:
        msg = f"input {name!r} is one number; got shape {value.shape}"
        raise ArgumentError(msg)
    return check_integer(value.item(), name, least=-(2**63))


def _numbers(data: Any, kinds: str) -> NDArray[Any] | None:
    try:
        values = np.asarray(data)
    except (ValueError, OverflowError):  # lists of different lengths
        return None
    return values.ravel() if values.dtype.kind in kinds else None


def _texts(data: Any) -> NDArray[Any] | None:
    """As objects: an array of numpy's texts would give each the length of the longest."""
    try:
        texts = [text.decode() if isinstance(text, bytes) else text for text in np.asarray(data, object).ravel()]
    except UnicodeDecodeError:
        return None
    values = np.empty(len(texts), object)
    values[:] = texts
    return values if all(isinstance(text, str) for text in texts) else None
