"""Gates: figures that a surrogate has to reach, as ``spectral_auc<=0.55``."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gansurrogate.errors import ArgumentError

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
PATTERN = re.compile(r"\s*(\w+)\s*(<=|>=|<|>)\s*([-+.\deE]+)\s*")


@dataclass(frozen=True)
class Requirement:
    """A bound on a figure's value."""

    name: str
    comparison: str
    bound: float

    @classmethod
    def parse(cls, text: str) -> "Requirement":
        """Read ``NAME<=NUMBER``, or with ``>=``, ``<`` or ``>``.

        Raises
        ------
        ArgumentError
            For any other text.
        """
        found = PATTERN.fullmatch(text)
        try:
            assert found is not None
            return cls(found[1], found[2], float(found[3]))
        except (AssertionError, ValueError) as error:
            msg = f"a requirement reads NAME<=NUMBER or NAME>=NUMBER, as in spectral_auc<=0.55; got {text!r}"
            raise ArgumentError(msg) from error

    def __str__(self) -> str:
        return f"{self.name}{self.comparison}{self.bound:g}"

    def holds(self, figures: Mapping[str, float]) -> bool:
        """Whether the figure of this name, out of values by name, keeps the bound.

        Raises
        ------
        ArgumentError
            If there is no such figure.
        """
        if self.name not in figures:
            msg = f"there is no figure {self.name!r}; measured are {', '.join(figures) or 'none'}"
            raise ArgumentError(msg)
        return COMPARISONS[self.comparison](figures[self.name], self.bound)
