"""What a measure is: a comparison goes in, figures and curves come out."""

from collections.abc import Callable, Sequence
from functools import partial

from gansurrogate.fidelity.comparison import Comparison
from gansurrogate.fidelity.curve import Curve
from gansurrogate.fidelity.estimate import Estimate
from gansurrogate.fidelity.figure import Figure

Found = tuple[list[Figure], list[Curve]]
Measure = Callable[[Comparison], Found]


class NotMeasured(Exception):  # noqa: N818  # nothing went wrong
    """Why a measure has no figure for these signals; there may be something to see all the same."""

    def __init__(self, reason: str, curves: Sequence[Curve] = ()) -> None:
        super().__init__(reason)
        self.curves = curves


def plain(name: str, measure: Callable[..., Estimate]) -> Measure:
    """One figure of the signals themselves."""

    def measured(comparison: Comparison) -> Found:
        return [comparison.figure(name, comparison.measured(partial(measure, seed=comparison.seed)))], []

    return measured
