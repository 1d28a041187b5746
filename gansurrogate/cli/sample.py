"""``gansurrogate sample``: signals from a surrogate, into a file."""

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gansurrogate.arguments import check_integer
from gansurrogate.cli.arguments import Conditions, Model, N, Seed, Start, read_conditions, read_seed
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.cli.rows import check_conditions, check_output, stream_rows, write_rows
from gansurrogate.conditions import Domain
from gansurrogate.storage.stores import SUFFIXES
from gansurrogate.storage.streaming import unfinished
from gansurrogate.surrogate import load

FILES = (".npy", ".npz", *(suffix for suffix in SUFFIXES if suffix != ".npy"))
Rows = Annotated[str | None, typer.Option("--rows", metavar="A:B", help="Rows A to B - 1, instead of -n and --start.")]
Outside = Annotated[
    Domain, typer.Option("--domain", help="What to do with conditions outside the range that was trained on.")
]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, or an onnxruntime provider.")]
Output = Annotated[
    Path,
    typer.Option("-o", "--output", help=f"File to write: {', '.join(FILES)}. All but .npy keep the conditions."),
]
TILES_PER_CHUNK = 16  # of an .npz, drawn at a time by each thread


def sample(
    model: Model,
    output: Output,
    n: N = None,
    seed: Seed = None,
    start: Start = 0,
    rows: Rows = None,
    condition: Conditions = None,
    domain: Outside = "error",
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Draw signals from a surrogate and write them to a file.

    Parts of a long stream may be drawn by different jobs with --rows and the same --seed. After an interrupt
    the same command goes on where it was (but for .npz).
    """
    start, n = _range(n, start, rows)
    output = check_output(output, FILES)
    surrogate = load(model, device=device)
    given = read_conditions(condition, surrogate.spec)
    given = check_conditions(surrogate, given, n, domain)
    asked: Domain = "ignore" if domain == "warn" else domain  # the warning is given
    found = unfinished(output) if output.suffix in SUFFIXES and seed is None else None
    seed = read_seed(found.get("seed") if found else seed)
    began, drawn = time.perf_counter(), n
    if output.suffix in SUFFIXES:
        with _going_on(model, output, n, start, seed, condition, domain, device):
            drawn = stream_rows(output, surrogate, given, seed, start, n, asked)
    else:
        size = surrogate.manifest.tile * surrogate.threads * TILES_PER_CHUNK
        write_rows(output, surrogate, given, seed, start, n, size, "sampling", asked)
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
                "providers": surrogate.providers,
            }
        )
    else:
        stderr.print(f"{n} signals in {output}, {drawn / seconds:,.0f} per second on {next(iter(surrogate.providers))}")


@contextmanager
def _going_on(
    model: str, output: Path, n: int, start: int, seed: int, condition: list[str] | None, domain: str, device: str
) -> Iterator[None]:
    """After an interrupt, print the command that goes on."""
    try:
        yield
    except KeyboardInterrupt:
        if unfinished(output):
            options = {"-n": n, "--start": start, "--seed": seed, "--domain": domain, "--device": device, "-o": output}
            again = ["gansurrogate", "sample", model, *(f"--condition={text}" for text in condition or ())]
            again += [str(word) for option in options.items() for word in option]
            stderr.print(f"stopped; to go on: {shlex.join(again)}", soft_wrap=True)
        raise


def _range(n: int | None, start: int, rows: str | None) -> tuple[int, int]:
    """First row and number of rows."""
    if rows is None:
        if n is None:
            msg = "give -n, or --rows A:B"
            raise typer.BadParameter(msg)
        return check_integer(start, "start"), check_integer(n, "n", least=1)
    first, colon, last = rows.partition(":")
    whole = colon and first.isascii() and last.isascii() and first.isdecimal() and last.isdecimal()
    if not whole or int(first) >= int(last) or n is not None or start:
        msg = f"--rows is A:B with A < B and excludes -n and --start; got {rows!r}"
        raise typer.BadParameter(msg)
    return int(first), int(last) - int(first)
