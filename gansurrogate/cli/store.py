"""Writing signals to a file, block by block."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from gansurrogate.cli.console import stderr
from gansurrogate.errors import ArgumentError
from gansurrogate.files import atomic_save, atomic_write, check_writable
from gansurrogate.signals import FloatArray
from gansurrogate.spec import SignalSpec

Block = tuple[FloatArray, dict[str, Any]]  # signals, and their conditions


def check_suffix(path: Path) -> Path:
    """Fail before the work is done if `path` cannot be written or says no format."""
    if path.suffix not in (".npy", ".npz"):
        msg = f"the output is a .npy or .npz file; got {path}"
        raise ArgumentError(msg)
    return check_writable(path)


def write_signals(path: Path, blocks: Iterable[Block], n: int, spec: SignalSpec) -> None:
    """Write `n` signals that come in blocks, each with its conditions.

    ``.npy`` holds the signals only and is streamed: memory stays that of one block. ``.npz`` also holds the
    conditions, one array by name, and the specification, as ``gansurrogate train`` reads them.
    """
    if path.suffix == ".npz":
        signals, conditions = zip(*blocks, strict=True)
        columns = {c.name: np.concatenate([part[c.name] for part in conditions]) for c in spec.conditions}
        arrays: dict[str, Any] = {
            "signals": np.concatenate(signals),
            **columns,
            "spec": np.array(json.dumps(spec.to_dict())),
        }
        atomic_save(path, lambda file: np.savez(file, **arrays))
        return
    if spec.conditions:
        stderr.print("conditions are not kept in .npy; write .npz to keep them")
    header = {"descr": "<f4", "fortran_order": False, "shape": (n, *spec.shape)}
    with atomic_write(path) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for block, _ in blocks:
            file.write(np.ascontiguousarray(block, "<f4").data)
