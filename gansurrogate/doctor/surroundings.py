"""Telemetry and plugins: what else happens in this process."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from gansurrogate.discovery.entrypoints import RESTRICTION
from gansurrogate.doctor.finding import Finding
from gansurrogate.plugins import installed

TELEMETRY = "ORT_DISABLE_TELEMETRY"
DATABASE = ".onnxruntime/onnxruntime.db"
OFF = ("1", "true", "yes", "on")  # as onnxruntime reads it


def check_telemetry() -> Iterator[Finding]:
    """Does onnxruntime report home? To be asked before this package imports it."""
    value = os.environ.get(TELEMETRY)
    wanted = value is not None and value.lower() not in OFF
    if (running := database()) and not wanted:
        found = f"on: onnxruntime was imported before gansurrogate could turn it off; it writes {running}"
        yield Finding("telemetry", found, "warning", f"export {TELEMETRY}=1, or import gansurrogate and load first")
    elif wanted:
        yield Finding("telemetry", f"on, as {TELEMETRY}={value} says")
    elif value is None:
        yield Finding("telemetry", f"off: gansurrogate sets {TELEMETRY}=1")
    else:
        yield Finding("telemetry", f"off: {TELEMETRY}={value}")


def database() -> Path | None:
    """The file that onnxruntime's telemetry (from 1.29 on) keeps open in this process."""
    if sys.platform != "linux":
        return None
    files = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return next((file for file in files if str(file).endswith(DATABASE)), None)


def check_plugins() -> Iterator[Finding]:
    """Each broken plugin, and the others."""
    plugins, chosen = installed(), os.environ.get(RESTRICTION)
    sound = [f"{p.name} ({p.distribution} {p.version})" for p in plugins.plugins if not p.error]
    restricted = "" if chosen is None else f"; {RESTRICTION}={chosen}"
    yield Finding("plugins", (", ".join(sound) or "none") + restricted)
    for plugin in plugins.plugins:
        if plugin.remarks:
            fix = f"{RESTRICTION} leaves it out; tell its authors"
            yield Finding(f"plugin {plugin.name}", "; ".join(plugin.remarks), "warning", fix)
    for plugin in plugins.broken:
        if plugin.distribution:
            fix = f"pip install -U {plugin.distribution}, or pip uninstall {plugin.distribution}"
        else:
            fix = f"install it, or take it out of {RESTRICTION}"
        yield Finding(f"plugin {plugin.name}", f"skipped: {plugin.error}", "problem", fix)
