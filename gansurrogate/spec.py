"""What a signal is: its shape, axes and units, and the conditions a user may set.

One spec is shared by a signal generator and by the surrogates trained on it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.errors import ArgumentError, ConditionError, SpecError

Domain = Literal["error", "warn", "clip", "ignore"]
DOMAINS: tuple[str, ...] = get_args(Domain)
RESERVED_NAMES = ("seed", "rows", "signal", "latent")  # names of the surrogate file's own tensors


@dataclass(frozen=True)
class Axis:
    """One regularly sampled axis of a signal: coordinate ``start + step * index`` in `unit`."""

    name: str
    unit: str = ""
    start: float = 0.0
    step: float = 1.0


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
    levels: tuple[str | int, ...] = ()
    description: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(self.levels))
        if not self.name.isidentifier() or self.name in RESERVED_NAMES:
            reserved = ", ".join(RESERVED_NAMES)
            msg = f"a condition's name is a Python identifier and not one of {reserved}; got {self.name!r}"
            raise SpecError(msg)
        if self.levels:
            if self.low is not None or self.high is not None or len(set(self.levels)) < 2:
                msg = f"condition {self.name!r}: give two or more different levels, or low and high"
                raise SpecError(msg)
        elif self.low is None or self.high is None or not -math.inf < self.low < self.high < math.inf:
            msg = f"condition {self.name!r} needs finite low < high, or levels; got {self.low} and {self.high}"
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

    def encode(self, value: ArrayLike, n: int, domain: Domain = "error") -> tuple[NDArray[Any], int]:
        """Turn a user's value into what the surrogate file takes.

        Returns
        -------
        array of shape (n,)
            float32 in `unit`, or int64 indices into `levels`.
        int
            How many of the `n` values lie outside the range.

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
        encoded, outside = self._levels(given) if self.levels else self._continuous(given, domain)
        return np.broadcast_to(encoded, (n,)), outside * (n if encoded.size == 1 else 1)

    def decode(self, encoded: NDArray[Any]) -> NDArray[Any]:
        """The inverse of `encode`: levels as the user writes them, numbers unchanged."""
        return np.asarray(self.levels)[encoded] if self.levels else encoded

    def _levels(self, given: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
        index = {level: i for i, level in enumerate(self.levels)}
        try:
            return np.array([index[v] for v in given.ravel().tolist()], np.int64).reshape(given.shape), 0
        except (KeyError, TypeError) as error:
            msg = f"unknown level in condition {self.name!r}: got {error}; expected {self.describe()}"
            raise ConditionError(msg) from error

    def _continuous(self, given: NDArray[Any], domain: Domain) -> tuple[NDArray[np.float32], int]:
        try:
            values = given.astype(np.float32)
        except (TypeError, ValueError) as error:
            msg = f"condition {self.name!r} takes numbers; got {given.dtype}"
            raise ConditionError(msg) from error
        # Compare in float32, as the file does: 0.1 given as float32 is not above a high of 0.1.
        low, high = np.float32(self.low), np.float32(self.high)
        if np.isnan(values).any():
            msg = f"condition {self.name!r} is NaN; expected {self.describe()}"
            raise ConditionError(msg)
        outside = (values < low) | (values > high)
        if domain == "error" and outside.any():
            worst = values[outside].flat[0]
            msg = (
                f"condition {self.name!r} is {worst:g}, outside what the surrogate was trained on"
                f" ({self.describe()}); pass domain='clip', 'warn' or 'ignore' to go on"
            )
            raise ConditionError(msg)
        return np.clip(values, low, high) if domain == "clip" else values, int(outside.sum())


@dataclass(frozen=True)
class SignalSpec:
    """What one signal is.

    Parameters
    ----------
    shape : tuple of int
        Shape of one signal: ``(length,)``, ``(channels, length)``, ``(height, width)``.
    unit : str
        Unit of the values, e.g. ``"V"``.
    sampling_rate : float, optional
        [Hz]. Without `axes` it says that the last axis is time in seconds, starting at 0.
    axes : sequence of Axis, optional
        One per dimension.
    conditions : sequence of Condition
        What a user sets for each signal.
    """

    shape: tuple[int, ...]
    unit: str = ""
    sampling_rate: float | None = None
    axes: tuple[Axis, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        shape = tuple(int(size) for size in self.shape)
        if not shape or min(shape) < 1:
            msg = f"a signal's shape has one or more positive sizes; got {self.shape}"
            raise SpecError(msg)
        if self.sampling_rate is not None and not 0 < self.sampling_rate < math.inf:
            msg = f"sampling_rate is a positive number of Hz; got {self.sampling_rate}"
            raise SpecError(msg)
        if self.axes and len(self.axes) != len(shape):
            msg = f"give {len(shape)} axes, one per dimension of {shape}; got {len(self.axes)}"
            raise SpecError(msg)
        names = [condition.name for condition in self.conditions]
        if len(set(names)) < len(names):
            msg = f"each condition needs its own name; got {names}"
            raise SpecError(msg)
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "conditions", tuple(self.conditions))
        object.__setattr__(self, "axes", tuple(self.axes) or self._default_axes(shape))

    def _default_axes(self, shape: tuple[int, ...]) -> tuple[Axis, ...]:
        leading = tuple(Axis(f"axis{i}") for i in range(len(shape) - 1))
        if self.sampling_rate is None:
            return (*leading, Axis("sample"))
        return (*leading, Axis("time", "s", 0.0, 1 / self.sampling_rate))

    @property
    def coordinates(self) -> dict[str, NDArray[np.float64]]:
        """Coordinates along each axis, by the axis' name, in the axis' unit."""
        pairs = zip(self.axes, self.shape, strict=True)
        return {axis.name: axis.start + axis.step * np.arange(size, dtype=np.float64) for axis, size in pairs}

    def encode_conditions(
        self, given: Mapping[str, ArrayLike] | None, n: int, domain: Domain = "error"
    ) -> tuple[dict[str, NDArray[Any]], int]:
        """Check a user's conditions for `n` signals and bring each to shape ``(n,)``.

        Returns
        -------
        dict
            Condition name to float32 values or int64 level indices.
        int
            How many values lie outside their range (0 with ``domain="error"``).

        Raises
        ------
        ConditionError
            If a condition is missing, unknown, misshapen or outside its range.
        """
        if domain not in DOMAINS:
            msg = f"domain is one of {', '.join(DOMAINS)}; got {domain!r}"
            raise ArgumentError(msg)
        given = {} if given is None else dict(given)
        known = [condition.name for condition in self.conditions]
        wanted = "; ".join(c.describe() for c in self.conditions) or "no conditions"
        if unknown := [name for name in given if name not in known]:
            msg = f"unknown condition {', '.join(map(repr, unknown))}; this signal has {wanted}"
            raise ConditionError(msg)
        if missing := [name for name in known if name not in given]:
            msg = f"missing condition {', '.join(map(repr, missing))}; this signal needs {wanted}"
            raise ConditionError(msg)
        encoded = {c.name: c.encode(given[c.name], n, domain) for c in self.conditions}
        return {name: e[0] for name, e in encoded.items()}, sum(e[1] for e in encoded.values())

    def to_dict(self) -> dict[str, Any]:
        """The spec as plain JSON values."""
        axes = [vars(axis) for axis in self.axes]
        conditions: list[dict[str, Any]] = []
        for c in self.conditions:
            bounds = {"levels": list(c.levels)} if c.levels else {"low": c.low, "high": c.high}
            entry = {"name": c.name, "kind": c.kind, "unit": c.unit, "description": c.description}
            conditions.append(entry | bounds)
        return {
            "shape": list(self.shape),
            "dtype": "float32",
            "unit": self.unit,
            "sampling_rate": self.sampling_rate,
            "axes": axes,
            "conditions": conditions,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "SignalSpec":
        """The inverse of `to_dict`.

        Raises
        ------
        SpecError
            If `data` is not a spec.
        """
        try:
            axes = tuple(Axis(a["name"], a["unit"], a["start"], a["step"]) for a in data["axes"])
            conditions = tuple(
                Condition(
                    c["name"],
                    c["unit"],
                    c.get("low"),
                    c.get("high"),
                    tuple(c.get("levels", ())),
                    c.get("description", ""),
                )
                for c in data["conditions"]
            )
            return cls(tuple(data["shape"]), data["unit"], data["sampling_rate"], axes, conditions)
        except (KeyError, TypeError) as error:
            msg = f"not a signal specification: {type(error).__name__} {error}"
            raise SpecError(msg) from error


def check_signals(signals: ArrayLike, spec: SignalSpec, n: int, source: str) -> NDArray[np.float32]:
    """Return `signals` as float32 of shape ``(n, *spec.shape)``.

    Raises
    ------
    SpecError
        If the shape or type is another one; the message names `source`.
    """
    array = np.asarray(signals)
    expected: Sequence[int] = (n, *spec.shape)
    if array.shape != tuple(expected) or array.dtype.kind not in "fiu":
        msg = f"{source} must give numbers of shape {tuple(expected)}; got {array.dtype} {array.shape}"
        raise SpecError(msg)
    return array.astype(np.float32, copy=False)
