"""What plugins answer when a surrogate is loaded: which providers run it, and with which options."""

from collections.abc import Mapping, Sequence

from gansurrogate.manifest import Manifest
from gansurrogate.plugins import Plugins


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
