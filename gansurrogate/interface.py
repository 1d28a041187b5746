"""A graph's inputs and output are those that its manifest promises."""

from collections.abc import Sequence
from typing import Any

from gansurrogate.errors import GraphMismatchError
from gansurrogate.manifest import Manifest

_TYPES = {"float32": "tensor(float)", "int64": "tensor(int64)"}


def check_interface(session: Any, manifest: Manifest) -> None:
    """Compare an onnxruntime session with `manifest`, by name, type and shape.

    Raises
    ------
    GraphMismatchError
        If they differ.
    """
    spec = manifest.spec
    rows: tuple[int | str, ...] = ("rows",)  # stands for a free first dimension
    wanted: dict[str, tuple[str, tuple[int | str, ...]]] = {
        "seed": ("tensor(int64)", ()),
        "rows": ("tensor(int64)", rows),
    }
    wanted |= {c.name: (_TYPES[c.dtype.name], (*rows, *c.shape)) for c in spec.conditions}
    wanted |= {"-> signal": (_TYPES[spec.dtype.name], (*rows, *spec.shape))}
    found = {i.name: (i.type, _free(i.shape)) for i in session.get_inputs()}
    found |= {f"-> {o.name}": (o.type, _free(o.shape)) for o in session.get_outputs()}
    if found != wanted:
        msg = f"the graph has {found}; the manifest promises {wanted}"
        raise GraphMismatchError(msg)


def _free(shape: Sequence[int | str]) -> tuple[int | str, ...]:
    """A shape whose first dimension, if it is free, is called ``rows``."""
    return tuple("rows" if i == 0 and not isinstance(size, int) else size for i, size in enumerate(shape))
