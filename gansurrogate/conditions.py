"""A condition: a physical input that the user sets, with its range and unit."""

import keyword
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.errors import ConditionError, SpecError

logger = logging.getLogger("gansurrogate")

Domain = Literal["error", "warn", "clip", "ignore"]
DOMAINS: tuple[str, ...] = get_args(Domain)
RESERVED_NAMES = (
    *("seed", "rows", "signal", "latent"),  # the surrogate file's own tensors
    *("self", "n", "rng"),  # the other arguments of `SignalGenerator.simulate`
    *("signals", "spec", "file", "allow_pickle"),  # the other arrays of an npz file, and arguments of its writer
)


@dataclass(frozen=True)
class Condition:
    """A physical input that the user sets.

    Parameters
    ----------
    name : str
        A Python identifier; also the name of the input in the surrogate file.
    unit : str
        Unit of the values, e.g. ``"keV"``; empty for a pure number.
    low, high : float, optional
        Closed range of a continuous condition, in `unit`.
    levels : sequence of str or int, optional
        The values of a categorical condition (instead of `low` and `high`).
    description : str
        One line for people.
    """

    name: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    levels: Sequence[str | int] = ()
    description: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(self.levels))
        name = self.name
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or name in RESERVED_NAMES:
            reserved = ", ".join(RESERVED_NAMES)
            msg = f"a condition's name is a Python identifier and not one of {reserved}; got {name!r}"
            raise SpecError(msg)
        if self.levels:
            kinds = {type(level) for level in self.levels}
            unique = len(set(self.levels)) == len(self.levels) > 1
            if self.low is not None or self.high is not None or kinds not in ({str}, {int}) or not unique:
                msg = (
                    f"condition {name!r}: give two or more different levels, all text or all integers, or low and high"
                )
                raise SpecError(msg)
            return
        low, high = self.low, self.high
        if not (isinstance(low, int | float) and isinstance(high, int | float) and -math.inf < low < high < math.inf):
            msg = f"condition {name!r} needs finite numbers low < high, or levels; got {low!r} and {high!r}"
            raise SpecError(msg)

    @property
    def kind(self) -> str:
        """``"category"`` or ``"continuous"``."""
        return "category" if self.levels else "continuous"

    def describe(self) -> str:
        """The condition with its range, for messages: ``energy in [10, 500] keV``."""
        if self.levels:
            return f"{self.name} one of {', '.join(map(str, self.levels))}"
        return f"{self.name} in [{self.low:g}, {self.high:g}] {self.unit}".rstrip()

    def at(self, fraction: NDArray[np.float64]) -> NDArray[Any]:
        """The values that lie at `fraction` in [0, 1) of the range (or of the list of levels)."""
        if self.levels:
            return np.asarray(self.levels)[(fraction * len(self.levels)).astype(np.int64)]
        assert self.low is not None
        assert self.high is not None
        return (self.low + (self.high - self.low) * fraction).astype(np.float32)

    def encode(self, value: ArrayLike, n: int, domain: Domain = "error") -> NDArray[Any]:
        """Turn a user's value into what the surrogate file takes.

        Returns
        -------
        array of shape (n,)
            float32 in `unit`, or int64 indices into `levels`.

        Raises
        ------
        ConditionError
            For a wrong shape or type, for NaN, for an unknown level, and (with ``domain="error"``)
            for a value outside the range.
        """
        given = np.asarray(value)
        if given.shape not in ((), (1,), (n,)):
            msg = f"condition {self.name!r} takes one value or {n} (one per signal); got shape {given.shape}"
            raise ConditionError(msg)
        return np.broadcast_to(self._indices(given) if self.levels else self._numbers(given, domain), (n,))

    def decode(self, encoded: NDArray[Any]) -> NDArray[Any]:
        """The inverse of `encode`: levels as the user writes them, numbers unchanged."""
        return np.asarray(self.levels)[encoded] if self.levels else encoded

    def _indices(self, given: NDArray[Any]) -> NDArray[np.int64]:
        index = {level: i for i, level in enumerate(self.levels)}
        try:
            return np.array([index[v] for v in given.ravel().tolist()], np.int64).reshape(given.shape)
        except (KeyError, TypeError) as error:
            msg = f"unknown level in condition {self.name!r}: got {error}; expected {self.describe()}"
            raise ConditionError(msg) from error

    def _numbers(self, given: NDArray[Any], domain: Domain) -> NDArray[np.float32]:
        if given.dtype.kind not in "fiu":
            msg = f"condition {self.name!r} takes numbers; got {given.dtype}"
            raise ConditionError(msg)
        with np.errstate(over="ignore"):  # too large for float32 becomes infinity, which is out of range
            values = given.astype(np.float32)
        if np.isnan(values).any():
            msg = f"condition {self.name!r} is NaN; expected {self.describe()}"
            raise ConditionError(msg)
        # Compare in float32, as the file does: 0.1 given as float32 is not above a high of 0.1.
        low, high = np.float32(self.low), np.float32(self.high)
        outside = (values < low) | (values > high)
        if domain == "error" and outside.any():
            worst = values[outside].flat[0]
            msg = (
                f"condition {self.name!r} is {worst:g}, outside its range ({self.describe()});"
                " pass domain='clip', 'warn' or 'ignore' to go on"
            )
            raise ConditionError(msg)
        if domain == "warn" and outside.any():
            logger.warning(
                "condition %r leaves its range: %d values are not %s", self.name, outside.sum(), self.describe()
            )
        return np.clip(values, low, high) if domain == "clip" else values
