"""Commands of plugins: the hook `register_commands`."""

from collections.abc import Callable, Sequence
from typing import Any

import typer

from gansurrogate.discovery.offers import named_function
from gansurrogate.errors import PluginError
from gansurrogate.plugins import installed

PANEL = "Of plugins"


def add_plugin_commands(app: typer.Typer, arguments: Sequence[str]) -> None:
    """Add the commands that plugins offer, where `arguments` call none that is built in: others need no plugin."""
    app.registered_commands[:] = [each for each in app.registered_commands if each.rich_help_panel != PANEL]
    built_in = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    if arguments and arguments[0] in {*built_in, "--version"}:
        return

    def named(name: Any, function: Any) -> tuple[str, Callable[..., Any]]:
        if name in built_in or (isinstance(name, str) and name.startswith("-")):
            msg = f"a command cannot be called {name!r}: choose another name"
            raise PluginError(msg)
        found = named_function(name, function)
        typer.main.get_command(_alone(*found))  # what typer cannot read is the plugin's fault, and not the others'
        return found

    for name, function in installed().offered("register_commands", named).things.items():
        app.command(name, rich_help_panel=PANEL)(function)


def _alone(name: str, function: Callable[..., Any]) -> typer.Typer:
    app = typer.Typer(add_completion=False)
    app.command(name)(function)
    return app
