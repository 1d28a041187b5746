"""``gansurrogate simulate``: real signals from a signal generator, into a file."""

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track

from gansurrogate.arguments import check_integer
from gansurrogate.cli.arguments import (
    Conditions,
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
from gansurrogate.plugins import installed
from gansurrogate.signals import SignalGenerator

Name = Annotated[str, typer.Argument(help="A signal generator; see `gansurrogate list`.", show_default=False)]
Count = Annotated[int, typer.Option("-n", help="How many signals.", show_default=False)]


def simulate(
    name: Name,
    output: Output,
    n: Count,
    seed: Seed = None,
    start: Start = 0,
    condition: Conditions = None,
    json: Json = False,
) -> None:
    """Run a signal generator and write its signals to a file."""
    generator = installed().signal_generator(name)
    n, start = check_integer(n, "n", least=1), check_integer(start, "start")
    output = check_suffix(output)
    given = read_conditions(condition, generator.spec)
    check_conditions(given, generator.spec)
    seed = read_seed(seed)
    # Conditions come from a stream of their own that begins at row 0: a later --start goes on with it.
    drawn = generator.draw_conditions(start + n, np.random.default_rng(np.random.SeedSequence(seed % 2**64)))
    conditions = fill_conditions(given, {name: values[start:] for name, values in drawn.items()}, n)
    blocks = _blocks(generator, conditions, seed, range(start, start + n, generator.block), start)
    total = -(-n // generator.block)
    shown = track(blocks, "simulating", total, console=stderr, disable=not stderr.is_terminal, transient=True)
    write_signals(output, shown, n, generator.spec)
    if json:
        print_json({"output": str(output), "signals": n, "shape": list(generator.spec.shape), "seed": seed})
    else:
        stderr.print(f"{n} signals of {name} in {output}")


def _blocks(
    generator: SignalGenerator, conditions: dict[str, Any], seed: int, firsts: range, start: int
) -> Iterator[Block]:
    for first in firsts:
        n = min(firsts.step, firsts.stop - first)
        part = {name: values[first - start :][:n] for name, values in conditions.items()}
        yield generator.sample(n, conditions=part, rng=seed, start=first), part
