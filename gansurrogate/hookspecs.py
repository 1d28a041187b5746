"""The hooks a plugin may implement. Arguments may be added to a hook later, never removed.

A plugin is a module (or object) with functions marked ``@gansurrogate.hookimpl``, announced by an entry
point in the group ``gansurrogate``. Plugins are loaded by the runtime, so they import numpy only at the
top; anything heavy is imported inside the function that needs it.
"""

from collections.abc import Callable

import pluggy

from gansurrogate.signals import SignalGenerator

PROJECT = "gansurrogate"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_signal_generators(register: Callable[[SignalGenerator], None]) -> None:
    """Offer signal generators: call ``register(generator)`` once for each."""
