"""Options that several commands share, and how their text is read."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from gansurrogate.arguments import seed_of
from gansurrogate.cli.console import stderr
from gansurrogate.spec import SignalSpec

N = Annotated[int | None, typer.Option("-n", help="How many signals.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the stream of rows; fresh by default.")]
Output = Annotated[Path, typer.Option("-o", "--output", help="File to write: .npy, or .npz to keep conditions.")]
Start = Annotated[int, typer.Option("--start", help="First row.")]
Conditions = Annotated[
    list[str] | None,
    typer.Option("--condition", metavar="NAME=VALUE", help="Set a condition; the others are drawn uniformly."),
]


def read_seed(seed: int | None) -> int:
    """The seed to use; a fresh one is told, so that the run can be repeated."""
    if seed is not None:
        return seed_of(seed)
    fresh = seed_of(None) % 2**31  # short enough to be typed again
    stderr.print(f"seed {fresh}")
    return fresh


def read_conditions(texts: list[str] | None, spec: SignalSpec) -> dict[str, Any]:
    """Conditions from texts like ``omega=1.5``; a categorical one may be a number or a word."""
    levels = {c.name: {str(level): level for level in c.levels} for c in spec.conditions if c.levels}
    given: dict[str, Any] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals:
            msg = f"a condition is NAME=VALUE; got {text!r}"
            raise typer.BadParameter(msg, param_hint="--condition")
        if name in levels:
            given[name] = levels[name].get(value, value)
            continue
        try:
            given[name] = float(value)
        except ValueError as error:
            msg = f"the value of {name} is a number; got {value!r}"
            raise typer.BadParameter(msg, param_hint="--condition") from error
    return given


def check_conditions(given: dict[str, Any], spec: SignalSpec) -> None:
    """Complain about the conditions that were given before the work; say which ones will be drawn."""
    middle = {c.name: c.at(np.array([0.5])) for c in spec.conditions}
    spec.encode_conditions({**middle, **given}, 1)
    if drawn := [name for name in middle if name not in given]:
        stderr.print(f"drawing {', '.join(drawn)} uniformly over the range")


def fill_conditions(given: dict[str, Any], drawn: dict[str, Any], n: int) -> dict[str, Any]:
    """`drawn` with the values that were `given` put over them, each of shape (n,)."""
    return {**drawn, **{name: np.full(n, value) for name, value in given.items()}}
