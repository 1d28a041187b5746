"""Options of a file of recordings: those of `gansurrogate.train.from_file`."""

from typing import Annotated, Any

import typer

from gansurrogate.errors import ArgumentError

FILE = "Of a file of recordings"
Window = Annotated[
    int | None,
    typer.Option("--window", help="Cut one long recording into signals of so many samples.", rich_help_panel=FILE),
]
Stride = Annotated[
    int | None, typer.Option("--stride", help="Samples from window to window; 1 by default.", rich_help_panel=FILE)
]
Dataset = Annotated[
    str | None, typer.Option("--dataset", help="The array in the file, or the column.", rich_help_panel=FILE)
]
Conditions = Annotated[
    str | None, typer.Option("--conditions", help="A,B: the arrays or columns that are.", rich_help_panel=FILE)
]
NoConditions = Annotated[bool, typer.Option("--no-conditions", help="Leave them out.", rich_help_panel=FILE)]
ChannelsLast = Annotated[
    bool, typer.Option("--channels-last", help="Signals are (n, length, channels).", rich_help_panel=FILE)
]


def read_options(
    source: str,
    window: int | None,
    stride: int | None,
    dataset: str | None,
    conditions: str | None,
    no_conditions: bool,
    channels_last: bool,
) -> dict[str, Any]:
    """The arguments of `from_file` that were given.

    Raises
    ------
    ArgumentError
        If conditions are named and left out at once, or `source` is no file of recordings.
    """
    from gansurrogate.train.readers.find import is_recordings

    if conditions is not None and no_conditions:
        msg = "--conditions names conditions and --no-conditions leaves them out: give one of them"
        raise ArgumentError(msg)
    names = None if conditions is None else [name.strip() for name in conditions.split(",")]
    given = {
        "window": window, "stride": stride, "dataset": dataset, "conditions": [] if no_conditions else names,
        "channels_last": channels_last or None,
    }  # fmt: skip
    said = {name: value for name, value in given.items() if value is not None}
    if said and not is_recordings(source):
        msg = f"{source} is a signal generator; options of a file of recordings do not suit it: {', '.join(said)}"
        raise ArgumentError(msg)
    return said
