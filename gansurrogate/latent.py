"""What the row law feeds a generator: blocks of latent values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from gansurrogate.errors import SpecError
from gansurrogate.transforms import BOUND

WORDS = 4  # that one counter of the row law gives
MOST = WORDS * 2**24  # a counter keeps 24 bits for its number within the row
Kind = Literal["uniform", "normal", "truncated_normal", "categorical"]


@dataclass(frozen=True)
class Latent:
    """One block of a row's latents: `size` independent draws of one distribution.

    Attributes
    ----------
    kind : str
        ``"uniform"`` on (0, 1], standard ``"normal"``, ``"truncated_normal"`` or ``"categorical"``.
    size : int
        Number of draws.
    low : float
        Of a truncated normal, -4 <= low < high <= 4.
    high : float
        The other bound.
    probabilities : tuple of float
        One per class of a categorical draw, which is fed as one-hot values: class 0 of every draw, then class 1 of
        every draw, and so on. They are divided by their sum.
    """

    kind: Kind
    size: int
    low: float | None = None
    high: float | None = None
    probabilities: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "probabilities", tuple(self.probabilities))
        if self.kind not in get_args(Kind) or type(self.size) is not int or not 1 <= self.size <= MOST:
            msg = f"a latent block is one of {', '.join(get_args(Kind))} with a size from 1 to {MOST}; got {self}"
            raise SpecError(msg)
        bounded, classes = self.kind == "truncated_normal", self.kind == "categorical"
        if bounded and not (_numbers(self.low, self.high) and -BOUND <= self.low < self.high <= BOUND):  # type: ignore[operator]  # _numbers has excluded None
            msg = f"a truncated normal has bounds -{BOUND:g} <= low < high <= {BOUND:g}; got {self}"
            raise SpecError(msg)
        if classes and not (
            len(self.probabilities) > 1 and _numbers(*self.probabilities) and min(self.probabilities) > 0
        ):
            msg = f"a categorical latent has at least two positive probabilities; got {self}"
            raise SpecError(msg)
        if (not bounded and (self.low, self.high) != (None, None)) or (not classes and self.probabilities):
            msg = f"bounds belong to truncated_normal and probabilities to categorical; got {self}"
            raise SpecError(msg)

    @property
    def width(self) -> int:
        """Values per row."""
        return self.size * max(1, len(self.probabilities))

    @property
    def counters(self) -> int:
        """Counters of the row law per row; each gives four words, and a draw takes one."""
        return -(-self.size // WORDS)

    def to_dict(self) -> dict[str, Any]:
        """The block's manifest entry: what is not given is left out."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["probabilities"] = list(self.probabilities) or None
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Latent":
        """The block from its manifest entry."""
        return cls(**{f.name: data[f.name] for f in fields(cls) if f.name in data or f.name in ("kind", "size")})


def _numbers(*values: Any) -> bool:
    return all(type(value) in (int, float) and math.isfinite(value) for value in values)
