"""The inputs of a surrogate's graph as Triton's configuration has them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gansurrogate.spec import SignalSpec

FREE = -1  # Triton's word for a dimension that the request chooses
TYPES = {"float32": "TYPE_FP32", "int64": "TYPE_INT64"}


@dataclass(frozen=True)
class Tensor:
    """A tensor of the graph.

    Attributes
    ----------
    name : str
    dtype : numpy.dtype
    dims : tuple of int
        As configured, with `FREE` for the rows.
    file : str
        Where the warm-up finds its values. The number keeps apart names that differ in case only, which some file
        systems take for one.
    """

    name: str
    dtype: np.dtype[Any]
    dims: tuple[int, ...]
    file: str = ""

    @property
    def type(self) -> str:
        """The element type in Triton's words."""
        return TYPES[self.dtype.name]


def tensors_of(spec: SignalSpec) -> list[Tensor]:
    """The inputs: seed, rows and conditions.

    Triton's configuration knows no scalars: the seed has one dimension of 1, which Triton's backend drops.
    """
    named: list[tuple[str, np.dtype[Any], tuple[int, ...]]] = [
        ("seed", np.dtype(np.int64), (1,)),
        ("rows", np.dtype(np.int64), (FREE,)),
        *((c.name, c.dtype, (FREE, *c.shape)) for c in spec.conditions),
    ]
    return [Tensor(name, dtype, dims, f"{i}-{name}") for i, (name, dtype, dims) in enumerate(named)]


def output_of(spec: SignalSpec) -> Tensor:
    """The output: signals."""
    return Tensor("signal", spec.dtype, (FREE, *spec.shape))
