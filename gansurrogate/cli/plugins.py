"""``gansurrogate plugins``: what is installed, and what is broken."""

from dataclasses import asdict

from gansurrogate.cli.console import Json, print_json, print_table
from gansurrogate.plugins import installed


def plugins(json: Json = False) -> None:
    """Show the installed plugins; a broken one with its cause."""
    found = installed().plugins
    if json:
        print_json([asdict(plugin) for plugin in found])
        return
    columns = ("plugin", "distribution", "version", "signal generators", "state")
    rows = [
        (
            p.name,
            p.distribution,
            p.version,
            ", ".join(p.signal_generators) or "-",
            f"broken: {p.error}" if p.error else "ok",
        )
        for p in found
    ]
    print_table("plugins", columns, rows)
