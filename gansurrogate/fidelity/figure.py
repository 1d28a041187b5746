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


def spoken(name: str) -> str:
    """A figure's name for people: ``held_out_auc`` is held-out AUC."""
    return " ".join(word.upper() if word in ("auc", "fid", "ks") else word for word in name.split("_")).replace(
        "held out", "held-out"
    )
