"""The sub-commands, and what happens when one fails."""

import signal
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer
from rich.text import Text

import gansurrogate
from gansurrogate.cli import codes, demo, doctor, evaluate, export, inspect, listing, plugins, sample, simulate, train
from gansurrogate.cli.card import card
from gansurrogate.cli.console import stderr
from gansurrogate.cli.fetch import fetch
from gansurrogate.cli.new_plugin import new_plugin
from gansurrogate.cli.package import package
from gansurrogate.cli.plugin_commands import add_plugin_commands
from gansurrogate.cli.sign import sign
from gansurrogate.cli.upgrade import upgrade
from gansurrogate.cli.verify import verify
from gansurrogate.errors import ExportError, SelfTestError, SurrogateError, TrainingError

INTERRUPTED = 130

app = typer.Typer(
    name="gansurrogate",
    help="Replace a slow or costly experiment by a generator: train once, ship one file, sample anywhere.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("list")(listing.list_)
app.command()(simulate.simulate)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(codes.codes)
app.command()(sample.sample)
app.command()(inspect.inspect)
app.command()(fetch)
app.command()(export.export)
app.command()(upgrade)
app.command()(package)
app.command()(card)
app.command()(plugins.plugins)
app.command()(new_plugin)
app.command()(sign)
app.command()(verify)
app.command()(doctor.doctor)
app.command()(demo.demo)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(gansurrogate.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; a user's mistake gives a sentence, never a traceback."""
    try:
        add_plugin_commands(app, arguments)
        app(list(arguments), prog_name="gansurrogate")  # ends by SystemExit; usage errors are shown by typer
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
        if code == INTERRUPTED:
            stderr.print("interrupted", style="yellow")
        return code
    except (SurrogateError, OSError) as error:
        stderr.print(Text("error: ", style="bold red") + Text(str(error)), soft_wrap=True)
        return 1 if isinstance(error, TrainingError | ExportError | SelfTestError) else 2
    return 0


def take_sigterm() -> None:
    """A job scheduler's end is a Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
