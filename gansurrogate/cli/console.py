"""Where output goes: results to stdout, progress and remarks to stderr."""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text


class QuietConsole(Console):
    """A console that falls silent when its reader has gone, as with ``| head``: the work goes on."""

    def on_broken_pipe(self) -> None:
        """Write into nothing from now on; Python would complain at exit otherwise."""
        self.quiet = True
        with suppress(OSError, ValueError), open(os.devnull, "w") as nothing:  # noqa: PTH123  # a device, not a path
            os.dup2(nothing.fileno(), self.file.fileno())  # a stream without a number needs no care


# Without markup: square brackets in names and messages stand for themselves.
stdout = QuietConsole(highlight=False, markup=False)
stderr = QuietConsole(stderr=True, highlight=False, markup=False)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def print_json(result: Any) -> None:
    """Print a result as JSON on stdout."""
    stdout.out(json.dumps(result, indent=1))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table on stdout."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    stdout.print(table)
