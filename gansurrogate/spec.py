"""What a signal is: its shape, axes and units, and the conditions a user may set.

One spec is shared by a signal generator and by the surrogates trained on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate import rowlaw, tokens
from gansurrogate.conditions import DOMAINS, Condition, Domain, check_shape
from gansurrogate.errors import ArgumentError, ConditionError, SpecError
from gansurrogate.plain import is_number


@dataclass(frozen=True)
class Axis:
    """One regularly sampled axis of a signal: coordinate ``start + step * index`` in `unit`."""

    name: str
    unit: str = ""
    start: float = 0.0
    step: float = 1.0

    def __post_init__(self) -> None:
        numbers = is_number(self.start) and is_number(self.step)
        if not (isinstance(self.name, str) and isinstance(self.unit, str) and numbers and self.step):
            msg = f"an axis has a name, a unit, a finite start and a finite step other than 0; got {self}"
            raise SpecError(msg)


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
    tokens : sequence of str, optional
        The vocabulary of a signal that is a sequence of tokens, such as words or quantised values. Then signals hold
        ids, the indices into it; `encode` and `decode` lead from texts to ids and back.
    """

    shape: tuple[int, ...]
    unit: str = ""
    sampling_rate: float | None = None
    axes: Sequence[Axis] = ()
    conditions: Sequence[Condition] = ()
    tokens: Sequence[str] = ()

    def __post_init__(self) -> None:
        shape = check_shape(self.shape, "a signal's shape")
        if not shape:
            msg = "a signal's shape has at least one dimension; got ()"
            raise SpecError(msg)
        rate = self.sampling_rate
        if rate is not None and not (is_number(rate) and rate > 0):
            msg = f"sampling_rate is a positive number of Hz; got {rate!r}"
            raise SpecError(msg)
        if not isinstance(self.unit, str):
            msg = f"the unit is text; got {self.unit!r}"
            raise SpecError(msg)
        if self.axes and len(self.axes) != len(shape):
            msg = f"give {len(shape)} axes, one per dimension of {shape}; got {len(self.axes)}"
            raise SpecError(msg)
        for names in ([axis.name for axis in self.axes], [condition.name for condition in self.conditions]):
            if len(set(names)) < len(names):
                msg = f"each axis and each condition needs its own name; got {names}"
                raise SpecError(msg)
        object.__setattr__(self, "tokens", tokens.check_vocabulary(self.tokens))
        object.__setattr__(self, "shape", shape)
        object.__setattr__(self, "conditions", tuple(self.conditions))
        object.__setattr__(self, "axes", tuple(self.axes) or self._default_axes(shape))

    def _default_axes(self, shape: tuple[int, ...]) -> tuple[Axis, ...]:
        leading = tuple(Axis(f"axis{i}") for i in range(len(shape) - 1))
        if self.sampling_rate is None:
            return (*leading, Axis("sample"))
        return (*leading, Axis("time", "s", 0.0, 1 / self.sampling_rate))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the signals: float32, or int64 for the ids of tokens."""
        return np.dtype(np.int64 if self.tokens else np.float32)

    @property
    def coordinates(self) -> dict[str, NDArray[np.float64]]:
        """Coordinates along each axis, by the axis' name, in the axis' unit."""
        pairs = zip(self.axes, self.shape, strict=True)
        return {axis.name: axis.start + axis.step * np.arange(size, dtype=np.float64) for axis, size in pairs}

    @property
    def left_open(self) -> dict[str, NDArray[Any]]:
        """The conditions that may be left out, with their values then: tokens that may be given, and are not."""
        return {c.name: np.full(c.shape, c.levels[0]) for c in self.conditions if self.tokens and c.shape and c.levels}

    def encode(self, words: ArrayLike) -> NDArray[np.int64]:
        """The ids of `words`, tokens in an array of any shape."""
        return tokens.encode(words, self.tokens)

    def decode(self, signals: ArrayLike) -> NDArray[np.str_]:
        """The tokens whose ids `signals` holds, in an array of the same shape."""
        return tokens.decode(signals, self.tokens)

    def encode_conditions(
        self, given: Mapping[str, ArrayLike] | None, n: int, domain: Domain = "error"
    ) -> dict[str, NDArray[Any]]:
        """Check a user's conditions for `n` signals and bring each to shape ``(n, *shape)`` of the condition.

        Of a sequence of tokens, those that may be given are left open if nothing is said of them.

        Returns
        -------
        dict
            Condition name to float32 values or int64 level indices.

        Raises
        ------
        ConditionError
            If a condition is missing, unknown, misshapen or outside its range.
        """
        if domain not in DOMAINS:
            msg = f"domain is one of {', '.join(DOMAINS)}; got {domain!r}"
            raise ArgumentError(msg)
        wanted = "; ".join(c.describe() for c in self.conditions) or "no conditions"
        given = {} if given is None else given
        if not isinstance(given, Mapping):
            msg = f"conditions are a mapping of name to value ({wanted}); got {type(given).__name__}"
            raise ConditionError(msg)
        known = [condition.name for condition in self.conditions]
        if unknown := [name for name in given if name not in known]:
            msg = f"unknown condition {', '.join(map(repr, unknown))}; this signal has {wanted}"
            raise ConditionError(msg)
        given = {**self.left_open, **given}
        if missing := [name for name in known if name not in given]:
            msg = f"missing condition {', '.join(map(repr, missing))}; this signal needs {wanted}"
            raise ConditionError(msg)
        return {c.name: c.encode(given[c.name], n, domain) for c in self.conditions}

    def draw_conditions(self, n: int, seed: int, start: int = 0, first: int = 0) -> dict[str, NDArray[Any]]:
        """Draw conditions for rows ``start`` to ``start + n``, uniformly over their ranges, by the row law.

        Every value takes one word; a condition begins with a new counter.

        Parameters
        ----------
        first : int
            The row's first counter that nothing else uses.

        Returns
        -------
        dict
            Condition name to float32 values or levels of shape (n, *shape).
        """
        drawn, rows = {}, np.arange(start, start + n)
        for c in self.conditions:
            words = np.concatenate(rowlaw.words(seed, rows, c.counters, first))[: c.size]  # (size, n)
            drawn[c.name] = c.at(words.T.reshape(n, *c.shape) / 2**32)
            first += c.counters
        return drawn

    def to_dict(self) -> dict[str, Any]:
        """The spec as plain JSON values."""
        axes = [vars(axis) for axis in self.axes]
        conditions: list[dict[str, Any]] = []
        for c in self.conditions:
            bounds = {"levels": list(c.levels)} if c.levels else {"low": c.low, "high": c.high}
            entry = {"name": c.name, "kind": c.kind, "unit": c.unit, "description": c.description}
            conditions.append(entry | bounds | ({"shape": list(c.shape)} if c.shape else {}))
        vocabulary = {"tokens": list(self.tokens)} if self.tokens else {}
        return vocabulary | {
            "shape": list(self.shape),
            "dtype": self.dtype.name,
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
            if others := [key for key in ("shape", "axes", "conditions") if not isinstance(data[key], list)]:
                msg = (
                    f"a signal's shape, axes and conditions are lists; got {', '.join(f'{data[k]!r}' for k in others)}"
                )
                raise SpecError(msg)
            axes = tuple(Axis(a["name"], a["unit"], a["start"], a["step"]) for a in data["axes"])
            conditions = tuple(
                Condition(
                    c["name"],
                    c["unit"],
                    c.get("low"),
                    c.get("high"),
                    tuple(c.get("levels", ())),
                    c.get("description", ""),
                    tuple(c.get("shape", ())),
                )
                for c in data["conditions"]
            )
            if [c["kind"] for c in data["conditions"]] != [c.kind for c in conditions]:
                msg = "a condition with levels is of the kind 'category', one with low and high 'continuous'"
                raise SpecError(msg)
            shape, vocabulary = tuple(data["shape"]), data.get("tokens", ())
            spec = cls(shape, data["unit"], data["sampling_rate"], axes, conditions, vocabulary)
            if data["dtype"] != spec.dtype.name:
                msg = f"signals are float32, or int64 with tokens; got {data['dtype']!r}"
                raise SpecError(msg)
        except (KeyError, TypeError) as error:
            msg = f"not a signal specification: {type(error).__name__} {error}"
            raise SpecError(msg) from error
        return spec


def check_signals(signals: ArrayLike, spec: SignalSpec, n: int, source: str) -> NDArray[Any]:
    """Return `signals` as ``spec.dtype`` of shape ``(n, *spec.shape)``.

    Raises
    ------
    SpecError
        If the shape or type is another one, or a token is not in the vocabulary; the message names `source`.
    """
    array = np.asarray(signals)
    expected = (n, *spec.shape)
    if array.shape != expected or array.dtype.kind not in "fiu":
        msg = f"{source} must give numbers of shape {expected}; got {array.dtype} {array.shape}"
        raise SpecError(msg)
    if spec.tokens:
        tokens.check_ids(array, spec.tokens, f"{source} must give")
    return array.astype(spec.dtype, copy=False)
