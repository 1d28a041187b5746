"""``gansurrogate fetch``: surrogates into the cache, where there is a network, for machines that have none."""

import hashlib
import math
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from gansurrogate import places
from gansurrogate.cli.console import Json, print_json, stderr, stdout
from gansurrogate.errors import ArgumentError
from gansurrogate.places.receiving import MOST_BYTES
from gansurrogate.places.uris import shown
from gansurrogate.surrogate_file import errors_name, read
from gansurrogate.trust.bundle import SUFFIX

URIs = Annotated[list[str], typer.Argument(help="As https://HOST/FILE.onnx#sha256=...", show_default=False)]
Largest = Annotated[
    float, typer.Option("--largest", metavar="MB", help="A larger file is left.", show_default="512 MiB")
]


def fetch(uris: URIs, largest: Largest = MOST_BYTES / 1e6, json: Json = False) -> None:
    """Fetch surrogates into the cache, each with its signature if it has one, and print where they lie."""
    if not 0 < largest < math.inf:
        msg = f"--largest is a positive number of megabytes; got {largest:g}"
        raise ArgumentError(msg)
    said = []
    for uri in uris:
        said.append(_fetch(uri, int(largest * 1e6)))
        if not json:
            stdout.print(said[-1]["file"], soft_wrap=True)
    if json:
        print_json(said)


def _fetch(uri: str, most: int) -> dict[str, Any]:
    columns = TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn()
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal, transient=True) as bar:
        task = bar.add_task(shown(uri), total=None)

        def progress(received: int, total: int | None) -> None:
            bar.update(task, completed=received, total=total)

        found = places.fetch(uri, most=most, progress=progress)
    if isinstance(found, bytes):
        msg = f"a plugin gives the content of {shown(uri)}, not a file: there is nothing to fetch"
        raise ArgumentError(msg)
    with errors_name(found):
        data, manifest = read(found)
    signature = f"{os.fspath(found)}{SUFFIX}"
    stderr.print(f"{manifest.name} {manifest.version}, {len(data) / 1e6:.2f} MB", soft_wrap=True)
    return {
        "file": os.fspath(found),
        "signature": signature if Path(signature).is_file() else None,
        "name": manifest.name,
        "version": manifest.version,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
