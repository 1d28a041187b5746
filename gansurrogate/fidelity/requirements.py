"""Gates: figures that a surrogate has to reach, as ``spectral_auc<=0.55``."""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.figure import Figure

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

    def holds(self, figures: Sequence[Figure]) -> bool:
        """Whether the figure of this name keeps the bound.

        Raises
        ------
        ArgumentError
            If there is no such figure.
        """
        values = {figure.name: figure.value for figure in figures}
        if self.name not in values:
            msg = f"there is no figure {self.name!r}; measured are {', '.join(values)}"
            raise ArgumentError(msg)
        return COMPARISONS[self.comparison](values[self.name], self.bound)
