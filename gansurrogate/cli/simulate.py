"""``gansurrogate simulate``: real signals from a signal generator, into a file."""

from typing import Annotated

import numpy as np
import typer
from rich.progress import track

from gansurrogate.arguments import check_integer
from gansurrogate.cli.arguments import (
    Conditions,
    Output,
    Seed,
    Start,
    fill_conditions,
    read_conditions,
    read_seed,
)
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.cli.store import check_suffix, write_signals
from gansurrogate.plugins import installed

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
    seed = read_seed(seed)
    # Conditions come from a stream of their own, so that rows do not depend on n.
    drawn = generator.draw_conditions(start + n, np.random.default_rng(np.random.SeedSequence(seed % 2**64)))
    conditions = fill_conditions(given, {name: values[start:] for name, values in drawn.items()}, n)
    generator.spec.encode_conditions(conditions, n)  # complain before the work, not after
    blocks = (
        generator.sample(min(generator.block, n - first), rng=seed, start=start + first,
                         conditions={k: v[first : first + generator.block] for k, v in conditions.items()})
        for first in range(0, n, generator.block)
    )  # fmt: skip
    total = -(-n // generator.block)
    shown = track(blocks, "simulating", total, console=stderr, disable=not stderr.is_terminal, transient=True)
    write_signals(output, shown, n, generator.spec, conditions)
    if json:
        print_json({"output": str(output), "signals": n, "shape": list(generator.spec.shape), "seed": seed})
    else:
        stderr.print(f"{n} signals of {name} in {output}")
