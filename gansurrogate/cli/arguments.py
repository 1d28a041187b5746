"""Options that several commands share, and how their text is read."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from gansurrogate.arguments import seed_of
from gansurrogate.cli.console import stderr
from gansurrogate.spec import SignalSpec

Model = Annotated[
    str, typer.Argument(help="The surrogate: a file, a name (`gansurrogate list`), or a URI.", show_default=False)
]
N = Annotated[int | None, typer.Option("-n", help="How many signals.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the stream of rows; fresh by default.")]
Signals = Annotated[Path, typer.Option("-o", "--output", help="File to write: .npy, or .npz to keep conditions.")]
Start = Annotated[int, typer.Option("--start", help="First row.")]
Conditions = Annotated[
    list[str] | None,
    typer.Option(
        "--condition",
        metavar="NAME=VALUE",
        help="Set a condition: to a number, a word, or FILE.npy with one value (or array) for each signal or for all;"
        " the others are drawn uniformly.",
    ),
]


def read_seed(seed: int | None) -> int:
    """The seed to use; a fresh one is told, so that the run can be repeated."""
    if seed is not None:
        return seed_of(seed)
    fresh = seed_of(None) % 2**31  # short enough to be typed again
    stderr.print(f"seed {fresh}")
    return fresh


def read_conditions(texts: list[str] | None, spec: SignalSpec) -> dict[str, Any]:
    """Conditions from texts like ``omega=1.5`` or ``image=FILE.npy``; a categorical one may be a number or a word."""
    known = {condition.name: condition for condition in spec.conditions}
    given: dict[str, Any] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or name in given:
            msg = f"a condition is NAME=VALUE, once for each name; got {text!r}"
            raise typer.BadParameter(msg, param_hint="--condition")
        levels = {str(level): level for level in known[name].levels} if name in known else {}
        if value.endswith(".npy") and value not in levels:
            given[name] = _array(Path(value))
            continue
        try:
            # An unknown name or level is answered by the spec, which knows what there is.
            given[name] = levels.get(value, value) if levels or name not in known else float(value)
        except ValueError as error:
            msg = f"the value of {name} is a number; got {value!r}"
            raise typer.BadParameter(msg, param_hint="--condition") from error
    return {**spec.left_open, **given}


def _array(path: Path) -> NDArray[Any]:
    """The array of an npy file; it stays on the disk until it is used."""
    try:
        array: NDArray[Any] = np.lib.format.open_memmap(path, mode="r")
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise typer.BadParameter(msg, param_hint="--condition") from error
    except (OSError, ValueError, EOFError) as error:
        msg = f"{path} is no npy file of numbers or texts, or not a whole one: {error}"
        raise typer.BadParameter(msg, param_hint="--condition") from error
    return array
