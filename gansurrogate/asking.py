"""What plugins answer when a surrogate is loaded: where a URI leads, and which providers run it with which options."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gansurrogate.errors import UnknownNameError
from gansurrogate.manifest import Manifest
from gansurrogate.plugins import Plugins

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # of a URI; one letter is a drive of Windows


def resolve_model(installed: Callable[[], Plugins], source: Any) -> Any:
    """What a URI stands for, or `source` itself if it is none: then no plugin is loaded.

    Raises
    ------
    PluginError
        If a plugin fails, or gives neither a path nor bytes.
    UnknownNameError
        If no plugin knows the URI, and it is no file.
    """
    if not isinstance(source, str) or not SCHEME.match(source):
        return source
    plugins = installed()
    if found := plugins.first("resolve_model", uri=source):
        implementation, answer = found
        if not isinstance(answer, str | bytes | os.PathLike):
            implementation.refuse("a path, bytes or None", type(answer).__name__)
        return answer
    if os.path.exists(source):  # noqa: PTH110  # a name with a colon
        return source
    msg = (
        f"there is no file {source}, and no plugin with the hook resolve_model finds it{plugins.broken_ones()};"
        " `gansurrogate plugins` lists what is installed"
    )
    raise UnknownNameError(msg)


def chosen_providers(plugins: Plugins, manifest: Manifest, available: Sequence[str]) -> list[str] | None:
    """The onnxruntime providers that a plugin wants for ``device="auto"``, the one to try first at the front.

    None if no plugin says.

    Raises
    ------
    PluginError
        If a plugin fails, or wants something that this onnxruntime does not have.
    """
    if (found := plugins.first("choose_providers", available=tuple(available), manifest=manifest)) is None:
        return None
    implementation, answer = found
    if not isinstance(answer, list | tuple) or not answer or any(name not in available for name in answer):
        implementation.refuse(f"a list out of {', '.join(available)}", repr(answer))
    return list(answer)


def provider_options(plugins: Plugins, manifest: Manifest, provider: str) -> dict[str, object]:
    """What the plugins want for an onnxruntime provider.

    Raises
    ------
    PluginError
        If a plugin fails, or gives anything but a mapping.
    """
    options: dict[str, object] = {}
    for implementation in reversed(plugins.implementations("provider_options")):
        answer = implementation(provider=provider, manifest=manifest)
        if answer is not None and not isinstance(answer, Mapping):
            implementation.refuse("a mapping or None", repr(answer))
        options |= answer or {}
    return options
