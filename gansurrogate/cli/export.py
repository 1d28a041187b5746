"""``gansurrogate export``: from a surrogate file to something that another host takes."""

from pathlib import Path
from typing import Annotated

import typer

from gansurrogate import places
from gansurrogate.cli.arguments import Model
from gansurrogate.cli.console import stderr
from gansurrogate.cli.exporters import Options, find_exporter, read_options
from gansurrogate.files import check_writable

To = Annotated[str, typer.Option("--to", help="The exporter: fmu, mlserver, web, ...; see `gansurrogate list`.")]
Output = Annotated[Path, typer.Option("-o", "--output", help="The file, or folder, to write.")]


def export(model: Model, to: To, output: Output, option: Options = None) -> None:
    """Turn a surrogate file into something that another host takes.

    A co-simulation unit, a page for browsers, a folder that a server starts from.
    """
    exporter = find_exporter(to, "surrogate")
    options = read_options(to, exporter, option or ())
    found = places.find(model)
    check_writable(output, found)
    exporter(found, output, **options)
    stderr.print(f"{output}, {_size(output) / 1e6:.1f} MB", soft_wrap=True)


def _size(output: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = [output] if output.is_file() else [path for path in output.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files)
