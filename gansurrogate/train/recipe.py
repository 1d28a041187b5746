"""A recipe: every number of a training as data, checked, to TOML and from it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

from gansurrogate.errors import ArgumentError
from gansurrogate.plain import is_number
from gansurrogate.train.recordings import Recordings

if TYPE_CHECKING:
    from gansurrogate.train.game import Game


def zero_or_more(default: Any) -> Any:
    """A number that may be zero."""
    return field(default=default, metadata={"least": 0})


def one_of(*choices: str) -> Any:
    """A text out of `choices`; the first is the default."""
    return field(default=choices[0], metadata={"choices": choices})


@dataclass(frozen=True)
class Recipe(ABC):
    """A named training configuration.

    A subclass adds the numbers of its method and `prepare`. The modules of recipes import no torch, so that recipes can
    be listed where there is none.
    """

    name: str = ""
    base: str = "default"  # the built-in recipe it started from, which says the method
    version: int = 1
    description: str = ""
    signals: int = 50_000  # drawn from a signal generator
    fewest: int = 100  # that can be trained on: fewer say nothing about a distribution
    batch_size: int = 256
    held_out_signals: int = 6_000  # at most; never more than a fifth
    checks: int = 12  # held-out tests and pictures, spread over the training
    steps: int = zero_or_more(0)  # to train where neither minutes nor steps are asked for; 0: by the clock

    def __post_init__(self) -> None:
        for entry in fields(self):
            object.__setattr__(self, entry.name, _checked(entry, getattr(self, entry.name)))

    @abstractmethod
    def prepare(self, recordings: Recordings, seed: int, saved: Mapping[str, Any] | None = None) -> "Game":
        """Look at the data and build the networks; or build them as they were `saved` by `Game.to_dict`."""

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values."""
        return asdict(self)

    def to_toml(self) -> str:
        """The recipe as TOML."""
        lines = []
        for key, value in self.to_dict().items():
            lines.append(f"{key} = {json.dumps(value)}\n")  # JSON's text, numbers and lists are TOML's
        return "".join(lines)

    def changed(self, values: Mapping[str, Any]) -> Self:
        """This recipe with other values.

        Raises
        ------
        ArgumentError
            For an unknown key or a value of the wrong kind.
        """
        known = {entry.name for entry in fields(self)}
        if unknown := sorted(set(values) - known):
            msg = f"unknown recipe value {', '.join(unknown)}; known: {', '.join(sorted(known))}"
            raise ArgumentError(msg)
        return replace(self, **values)


def _checked(entry: "Field[Any]", value: Any) -> Any:
    """`value` if it is of the kind of the entry's default: text, yes or no, a number, or several."""
    default, least = entry.default, entry.metadata.get("least")
    if isinstance(default, str):
        choices = entry.metadata.get("choices")
        expected = f"one of {', '.join(choices)}" if choices else "text"
        good = isinstance(value, str) and value in (choices or [value])
    elif isinstance(default, bool):
        expected, good = "true or false", isinstance(value, bool)
    elif isinstance(default, tuple):
        value = tuple(value) if isinstance(value, list | tuple) else value
        momenta = isinstance(default[0], float)
        expected = "two numbers in [0, 1)" if momenta else "a list of positive whole numbers"
        good = isinstance(value, tuple) and (
            len(value) == 2 and all(is_number(v) and 0 <= v < 1 for v in value)
            if momenta
            else all(type(v) is int and v > 0 for v in value)
        )
    else:
        whole = isinstance(default, int)
        expected = f"{'a' if least is None else 'zero or a'} positive {'whole ' if whole else ''}number"
        good = (type(value) is int if whole else is_number(value)) and (value > 0 or value == least)
        value = float(value) if good and not whole else value
    if not good:
        msg = f"the recipe's {entry.name} is {expected}; got {value!r}"
        raise ArgumentError(msg)
    return value
