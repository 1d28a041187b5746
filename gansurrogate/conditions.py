"""A condition: a physical input that the user sets, with its range and unit."""

import keyword
import logging
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.errors import ConditionError, SpecError
from gansurrogate.latent import WORDS
from gansurrogate.plain import is_number, listed

logger = logging.getLogger("gansurrogate")

Domain = Literal["error", "warn", "clip", "ignore", "simulate"]
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
    shape : tuple of int
        Of an array condition, such as a field that is to be completed or the first tokens of a sequence: every signal
        has an array of values. One that has the signal's own shape lies along the signal's axes. Where tokens may be
        given or left open, the first level is the one that leaves them open.
    """

    name: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    levels: Sequence[str | int] = ()
    description: str = ""
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(self.levels))
        name = self.name
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or name in RESERVED_NAMES:
            reserved = ", ".join(RESERVED_NAMES)
            msg = f"a condition's name is a Python identifier and not one of {reserved}; got {name!r}"
            raise SpecError(msg)
        if not isinstance(self.unit, str) or not isinstance(self.description, str):
            msg = f"condition {name!r}: unit and description are text; got {self.unit!r} and {self.description!r}"
            raise SpecError(msg)
        object.__setattr__(self, "shape", check_shape(self.shape, f"the shape of condition {name!r}"))
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
        if not (is_number(low) and is_number(high) and low < high):  # type: ignore[operator]  # neither is None
            msg = f"condition {name!r} needs finite numbers low < high, or levels; got {low!r} and {high!r}"
            raise SpecError(msg)

    @property
    def kind(self) -> str:
        """``"category"`` or ``"continuous"``."""
        return "category" if self.levels else "continuous"

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the encoded values: float32, or int64 for the indices of levels."""
        return np.dtype(np.int64 if self.levels else np.float32)

    @property
    def size(self) -> int:
        """Values per signal."""
        return math.prod(self.shape)

    @property
    def counters(self) -> int:
        """Counters of the row law that drawing the condition takes; each gives four words, and a value takes one."""
        return -(-self.size // WORDS)

    def describe(self) -> str:
        """The condition with its range, for messages: ``energy in [10, 500] keV``."""
        name = f"{self.name} {self.shape}" if self.shape else self.name
        if self.levels:
            return f"{name} one of {listed(self.levels)}"
        return f"{name} in [{self.low:g}, {self.high:g}] {self.unit}".rstrip()

    def at(self, fraction: NDArray[np.float64]) -> NDArray[Any]:
        """The values that lie at `fraction` in [0, 1) of the range (or of the list of levels)."""
        if self.levels:
            return np.asarray(self.levels)[(fraction * len(self.levels)).astype(np.int64)]
        assert self.low is not None
        assert self.high is not None
        return (self.low + (self.high - self.low) * fraction).astype(np.float32)

    def is_one(self, value: ArrayLike) -> bool:
        """Whether `value` stands for all signals: it has no axis of rows, or only one row."""
        shape = np.shape(value)
        return shape in (self.shape, (1, *self.shape))

    def repeat(self, value: ArrayLike, n: int) -> NDArray[Any]:
        """`value` for each of `n` signals; one for all is repeated without being copied.

        Returns
        -------
        array of shape (n, *shape)

        Raises
        ------
        ConditionError
            For another shape.
        """
        given = self._array(value)
        if not self.is_one(given) and given.shape != (n, *self.shape):
            one, each = ("one value", f"{n}") if not self.shape else (f"shape {self.shape}", f"{(n, *self.shape)}")
            msg = f"condition {self.name!r} takes {one} or {each} (one per signal); got shape {given.shape}"
            raise ConditionError(msg)
        return np.broadcast_to(given, (n, *self.shape))

    def encode(self, value: ArrayLike, n: int, domain: Domain = "error") -> NDArray[Any]:
        """Turn a user's value into what the surrogate file takes.

        Returns
        -------
        array of shape (n, *shape)
            float32 in `unit`, or int64 indices into `levels`.

        Raises
        ------
        ConditionError
            For a wrong shape or type, for NaN, for an unknown level, and (with ``domain="error"``)
            for a value outside the range.
        """
        given = self._array(value)
        self.repeat(given, n)  # a wrong shape is better told before a wrong value
        return self.repeat(self._indices(given) if self.levels else self._numbers(given, domain), n)

    def outside(self, encoded: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of `encoded`, (n, *shape), leave the range: (n,)."""
        if self.levels:
            return np.zeros(len(encoded), np.bool_)
        beyond = np.asarray((encoded < np.float32(self.low)) | (encoded > np.float32(self.high)))
        found: NDArray[np.bool_] = beyond.reshape(len(encoded), -1).max(1)
        return found

    def decode(self, encoded: NDArray[Any]) -> NDArray[Any]:
        """The inverse of `encode`: levels as the user writes them, numbers unchanged."""
        return np.asarray(self.levels)[encoded] if self.levels else encoded

    def _array(self, value: ArrayLike) -> NDArray[Any]:
        try:
            return np.asarray(value)
        except ValueError as error:
            msg = f"condition {self.name!r} is no array: its parts have different lengths"
            raise ConditionError(msg) from error

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
                " pass domain='clip', 'warn' or 'ignore' to go on;"
                " domain='simulate' and gansurrogate.guard() have such rows simulated"
            )
            raise ConditionError(msg)
        if domain == "warn" and outside.any():
            logger.warning(
                "condition %r leaves its range: %d values are not %s", self.name, outside.sum(), self.describe()
            )
        return np.clip(values, low, high) if domain == "clip" else values


def check_shape(shape: Any, what: str) -> tuple[int, ...]:
    """Return `shape` as a tuple of ints, none of them below 1.

    Raises
    ------
    SpecError
        For anything else; the message begins with `what`.
    """
    try:
        sizes = tuple(operator.index(size) for size in shape)
    except TypeError:
        sizes = (0,)
    if min(sizes, default=1) < 1:
        msg = f"{what} is a tuple of positive whole numbers; got {shape!r}"
        raise SpecError(msg)
    return sizes
