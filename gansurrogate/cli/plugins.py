"""``gansurrogate plugins``: what is installed, and what is broken."""

from dataclasses import asdict
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from rich.text import Text

from gansurrogate.cli.console import Json, print_json, print_table, stdout
from gansurrogate.discovery.entrypoints import chosen
from gansurrogate.plugins import installed

Static = Annotated[bool, typer.Option("--static", help="Read the metadata alone: no plugin is imported.")]


def plugins(static: Static = False, json: Json = False) -> None:
    """Show the installed plugins and their hooks; a broken one with its cause."""
    if static:
        _show_static(json)
        return
    _ask_all()
    found = installed().plugins
    if json:
        print_json([asdict(plugin) for plugin in found])
        return
    for plugin in found:
        style = "bold red" if plugin.error else "yellow" if plugin.remarks else "green"
        origin = f"{plugin.distribution} {plugin.version}, {1000 * plugin.seconds:.0f} ms to import: "
        title = f"{plugin.name:12} {origin if plugin.distribution else ''}"
        stdout.print(Text(title) + Text("broken" if plugin.error else "ok", style), soft_wrap=True)
        said = [*plugin.remarks, plugin.error, f"hooks: {', '.join(plugin.hooks) or 'none'}"]
        said += [f"signal generators: {', '.join(plugin.signal_generators)}"] if plugin.signal_generators else []
        for line in filter(None, said):
            stdout.print(f"{'':12} {line}", soft_wrap=True)
    if not found:
        stdout.print("no plugin is installed, or GANSURROGATE_PLUGINS leaves none")


def _show_static(json: bool) -> None:
    listed: list[dict[str, Any]] = [
        {
            "name": each.name, "distribution": each.distribution, "version": each.version,
            "entry_point": each.point.value if each.point else "", "error": each.error,
        }
        for each in chosen()
    ]  # fmt: skip
    if json:
        print_json(listed)
        return
    columns = ("plugin", "distribution", "version", "entry point", "metadata")
    print_table(
        "plugins, not imported", columns, [(*list(each.values())[:-1], each["error"] or "ok") for each in listed]
    )


def _ask_all() -> None:
    """Ask the hooks that are asked only when wanted, so that those who fail in them are known."""
    from gansurrogate.cli.app import app
    from gansurrogate.cli.plugin_commands import add_plugin_commands

    add_plugin_commands(app, ())
    if find_spec("torch"):
        from gansurrogate.train.default.recipe import plugin_families
        from gansurrogate.train.recipes import known_recipes

        plugin_families()
        known_recipes()
    if find_spec("sklearn"):
        from gansurrogate.fidelity.panel import find

        find(())
