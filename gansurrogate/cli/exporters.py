"""Exporters as the commands find them: what one takes is the name of its first argument."""

import inspect
import typing
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import typer

from gansurrogate.errors import ArgumentError
from gansurrogate.plugins import exporter

Options = Annotated[
    list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="An option of the exporter; may be repeated.")
]
Taken = Literal["trained", "surrogate"]
_INSTEAD = {
    "trained": "it takes what a training left: gansurrogate train ... --exporter {name}",
    "surrogate": "it takes a surrogate file: train first, then gansurrogate export MODEL --to {name}",
}


def find_exporter(name: str, taken: Taken) -> Callable[..., Any]:
    """Import the exporter called `name`, which has to take a trained generator, or a surrogate file.

    Raises
    ------
    ArgumentError
        If it takes the other.
    UnknownNameError, PluginError
        See `gansurrogate.plugins.exporter`.
    """
    export = exporter(name)
    first = next(iter(inspect.signature(export).parameters), "")
    if first != taken and first in _INSTEAD:
        msg = f"the exporter {name!r} cannot be used here: {_INSTEAD[first].format(name=name)}"
        raise ArgumentError(msg)
    return export


def read_options(name: str, export: Callable[..., Any], texts: Sequence[str]) -> dict[str, Any]:
    """Keyword arguments of the exporter `name`, from texts like ``step=0.001``.

    Raises
    ------
    ArgumentError
        For an option that it does not have, or a value of another type.
    """
    keywords = [p.name for p in inspect.signature(export).parameters.values() if p.kind is p.KEYWORD_ONLY]
    types = typing.get_type_hints(export)
    options: dict[str, Any] = {}
    for text in texts:
        option, equals, value = text.partition("=")
        if not equals or option not in keywords or option in options:
            known = ", ".join(keywords) or "none"
            msg = f"an option of the exporter {name!r} is NAME=VALUE, once for each of {known}; got {text!r}"
            raise ArgumentError(msg)
        options[option] = _read(value, types.get(option, str), text)
    return options


def _read(value: str, kind: Any, text: str) -> Any:
    """`value` as one of a Literal's, or as the first of bool, int and float that an annotation names; else as text."""
    kinds = typing.get_args(kind) or (kind,)
    if typing.get_origin(kind) is Literal and value not in kinds:
        msg = f"the option is one of {', '.join(kinds)}; got {text!r}"
        raise ArgumentError(msg)
    if bool in kinds:
        if value not in ("true", "false"):
            msg = f"the option is true or false; got {text!r}"
            raise ArgumentError(msg)
        return value == "true"
    for number in (int, float):
        if number in kinds:
            try:
                return number(value)
            except ValueError as error:
                msg = f"the option is a number; got {text!r}"
                raise ArgumentError(msg) from error
    return value
