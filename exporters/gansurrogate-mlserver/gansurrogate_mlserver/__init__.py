"""Serve a surrogate by MLServer: `export` writes the folder that it starts from, `SurrogateRuntime` answers."""

from typing import TYPE_CHECKING

from gansurrogate_mlserver.export import export as export

if TYPE_CHECKING:
    from gansurrogate_mlserver.runtime import SurrogateRuntime as SurrogateRuntime


def __getattr__(name: str) -> object:
    """`SurrogateRuntime` is imported when MLServer asks for it: the export needs no MLServer."""
    if name == "SurrogateRuntime":
        from gansurrogate_mlserver.runtime import SurrogateRuntime

        return SurrogateRuntime
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
