"""One figure of fidelity."""

from dataclasses import dataclass
from typing import Any

from gansurrogate.fidelity.estimate import Estimate
from gansurrogate.plain import LARGEST

SHORT = ("auc", "fdds", "fid", "ks", "mmd", "vds")  # names that are said letter by letter


@dataclass(frozen=True)
class Figure:
    """A measured difference between real and surrogate signals.

    Attributes
    ----------
    name : str
        What was measured, e.g. ``"spectral_auc"``.
    measured : Estimate
        Surrogate against real.
    floor : float
        The same measurement of real against real: no surrogate can be expected below it.
    copula : float or None
        The same measurement of an untrained copula against real: what does not beat it has learned little.
    n : int
        Signals on each side.
    seed : int
    """

    name: str
    measured: Estimate
    floor: float
    n: int
    seed: int
    copula: float | None = None

    @property
    def value(self) -> float:
        """What was measured, without its interval."""
        return self.measured.value

    def to_dict(self) -> dict[str, Any]:
        """The figure as plain JSON values; ``interval`` holds the ends of the 95 % confidence interval.

        What is not finite, such as the ends where a single measurement is sure of nothing, or larger than a manifest
        holds, such as a difference in units of a spread of nearly nothing, is None.
        """
        interval = [_plain(self.measured.low), _plain(self.measured.high)]
        return {
            "name": self.name, "value": _plain(self.value), "interval": interval, "floor": _plain(self.floor),
            "copula": _plain(self.copula), "n": self.n, "seed": self.seed,
        }  # fmt: skip


def _plain(value: float | None) -> float | None:
    return value if value is not None and abs(value) <= LARGEST else None


def spoken(name: str) -> str:
    """A figure's name for people: ``held_out_auc`` is held-out AUC."""
    words = [word.upper() if word in SHORT else word for word in name.split("_")]
    return " ".join(words).replace("held out", "held-out").replace("db", "[dB]").replace("ngram", "n-gram")
