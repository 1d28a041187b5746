"""``gansurrogate simulate``: real signals from a signal generator, into a file."""

from typing import Annotated

import typer

from gansurrogate.arguments import check_integer
from gansurrogate.cli.arguments import Conditions, Seed, Signals, Start, read_conditions, read_seed
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.cli.rows import check_conditions, check_output, write_rows
from gansurrogate.plugins import installed

Name = Annotated[str, typer.Argument(help="A signal generator; see `gansurrogate list`.", show_default=False)]
Count = Annotated[int, typer.Option("-n", help="How many signals.", show_default=False)]


def simulate(
    name: Name,
    output: Signals,
    n: Count,
    seed: Seed = None,
    start: Start = 0,
    condition: Conditions = None,
    json: Json = False,
) -> None:
    """Run a signal generator and write its signals to a file."""
    signal_generator = installed().signal_generator(name)
    n, start = check_integer(n, "n", least=1), check_integer(start, "start")
    output = check_output(output)
    given = read_conditions(condition, signal_generator.spec)
    check_conditions(signal_generator, given, n)
    seed = read_seed(seed)
    write_rows(output, signal_generator, given, seed, start, n, signal_generator.rows_per_seed, "simulating")
    if json:
        print_json({"output": str(output), "signals": n, "shape": list(signal_generator.spec.shape), "seed": seed})
    else:
        stderr.print(f"{n} signals of {name} in {output}")
