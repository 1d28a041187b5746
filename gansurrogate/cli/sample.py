"""``gansurrogate sample``: signals from a surrogate, into a file."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from gansurrogate.arguments import check_integer
from gansurrogate.cli.arguments import (
    Conditions,
    N,
    Output,
    Seed,
    Start,
    check_conditions,
    fill_conditions,
    read_conditions,
    read_seed,
)
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.cli.store import Block, check_suffix, write_signals
from gansurrogate.surrogate import Surrogate, load

Model = Annotated[Path, typer.Argument(help="The surrogate file.", show_default=False)]
Rows = Annotated[str | None, typer.Option("--rows", metavar="A:B", help="Rows A to B - 1, instead of -n and --start.")]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, or an onnxruntime provider.")]
TILES_PER_BLOCK = 16  # written at a time by each thread


def sample(
    model: Model,
    output: Output,
    n: N = None,
    seed: Seed = None,
    start: Start = 0,
    rows: Rows = None,
    condition: Conditions = None,
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Draw signals from a surrogate and write them to a file.

    Parts of a long stream may be drawn by different jobs with --rows and the same --seed.
    """
    start, n = _range(n, start, rows)
    output = check_suffix(output)
    surrogate = load(model, device=device)
    given = read_conditions(condition, surrogate.spec)
    check_conditions(given, surrogate.spec)
    seed = read_seed(seed)
    size = surrogate.manifest.tile * surrogate.threads * TILES_PER_BLOCK
    blocks = _blocks(surrogate, given, seed, range(start, start + n, size))
    began = time.perf_counter()
    shown = track(blocks, "sampling", -(-n // size), console=stderr, disable=not stderr.is_terminal, transient=True)
    write_signals(output, shown, n, surrogate.spec)
    seconds = time.perf_counter() - began
    if json:
        print_json(
            {
                "output": str(output),
                "signals": n,
                "shape": list(surrogate.spec.shape),
                "seed": seed,
                "start": start,
                "seconds": round(seconds, 3),
                "providers": list(surrogate.providers),
            }
        )
    else:
        stderr.print(f"{n} signals in {output}, {n / seconds:,.0f} per second on {surrogate.providers[0]}")


def _range(n: int | None, start: int, rows: str | None) -> tuple[int, int]:
    """First row and number of rows."""
    if rows is None:
        if n is None:
            msg = "give -n, or --rows A:B"
            raise typer.BadParameter(msg)
        return check_integer(start, "start"), check_integer(n, "n", least=1)
    first, colon, last = rows.partition(":")
    if not (colon and first.isdigit() and last.isdigit() and int(first) < int(last)) or n is not None or start:
        msg = f"--rows is A:B with A < B and excludes -n and --start; got {rows!r}"
        raise typer.BadParameter(msg)
    return int(first), int(last) - int(first)


def _blocks(surrogate: Surrogate, given: dict[str, Any], seed: int, firsts: range) -> Iterator[Block]:
    """The rows from each of `firsts` to the next; conditions that are not given are drawn by row."""
    for first in firsts:
        n = min(firsts.step, firsts.stop - first)
        conditions = fill_conditions(given, surrogate.draw_conditions(n, rng=seed, start=first), n)
        yield surrogate.sample(n, conditions=conditions, rng=seed, start=first), conditions
