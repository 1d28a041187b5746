"""The hooks a plugin may implement. Arguments may be added to a hook later, never removed.

A plugin is a module (or object) with functions marked ``@gansurrogate.hookimpl``, announced by an entry
point in the group ``gansurrogate``. Plugins are loaded by the runtime, so they import numpy only at the
top; anything heavy is imported inside the function that needs it.
"""

from collections.abc import Callable, Mapping

import pluggy

from gansurrogate.manifest import Manifest
from gansurrogate.reading import Reader
from gansurrogate.signals import SignalGenerator

PROJECT = "gansurrogate"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_signal_generators(register: Callable[[SignalGenerator], None]) -> None:
    """Offer signal generators: call ``register(generator)`` once for each."""


@hookspec
def register_readers(register: Callable[[str, Reader], None]) -> None:
    """Offer readers of recordings: call ``register(ending, reader)`` once for each ending of file names.

    ``reader(path, selection)`` gives a `gansurrogate.FileContent`; it is called when somebody trains on such a file.
    """


@hookspec
def provider_options(provider: str, manifest: Manifest) -> Mapping[str, object] | None:
    """Options for an onnxruntime provider, over the defaults: a site's or a program's policy.

    Asked when a surrogate is loaded. ``{"use_tf32": 1}`` for ``"CUDAExecutionProvider"``, for instance, trades three
    digits for speed. Of two plugins that set the same option the one registered last wins. None changes nothing.
    """
