"""``gansurrogate export``: from a surrogate file to something that another host takes."""

from pathlib import Path
from typing import Annotated

import typer

from gansurrogate.cli.console import stderr
from gansurrogate.cli.exporters import Options, find_exporter, read_options
from gansurrogate.files import check_writable

Model = Annotated[Path, typer.Argument(help="The surrogate file.", show_default=False)]
To = Annotated[str, typer.Option("--to", help="The exporter: fmu, web, ...; see `gansurrogate list`.")]
Output = Annotated[Path, typer.Option("-o", "--output", help="The file to write.")]


def export(model: Model, to: To, output: Output, option: Options = None) -> None:
    """Turn a surrogate file into something that another host takes: a co-simulation unit, a page for browsers."""
    exporter = find_exporter(to, "surrogate")
    options = read_options(to, exporter, option or ())
    check_writable(output, model)
    exporter(model, output, **options)
    stderr.print(f"{output}, {output.stat().st_size / 1e6:.1f} MB", soft_wrap=True)
