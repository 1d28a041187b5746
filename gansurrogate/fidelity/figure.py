"""One figure of fidelity."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A measured difference between real and surrogate signals.

    Attributes
    ----------
    name : str
        What was measured, e.g. ``"spectral_auc"``.
    value : float
        Surrogate against real.
    floor : float
        The same measurement of real against real: no surrogate can be expected below it.
    n : int
        Signals on each side.
    seed : int
    """

    name: str
    value: float
    floor: float
    n: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain JSON values."""
        return asdict(self)
