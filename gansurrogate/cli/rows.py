"""Rows of a signal generator or a surrogate, chunk by chunk, into a file."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import Progress, track

from gansurrogate.cli.console import stderr
from gansurrogate.conditions import Domain
from gansurrogate.errors import ArgumentError
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.rowlaw import ROW_BITS
from gansurrogate.signals import Sampler, SignalArray
from gansurrogate.storage.stores import SUFFIXES, check_store
from gansurrogate.storage.streaming import sample_to
from gansurrogate.surrogate import Surrogate

Chunk = tuple[SignalArray, dict[str, Any]]  # signals, and their conditions
DRAWN = 2**20  # values of conditions at a time


def check_output(path: Path, suffixes: Sequence[str] = (".npy", ".npz")) -> Path:
    """Fail before the work is done if `path` cannot be written or says no format."""
    if path.suffix not in suffixes:
        msg = f"the output is a {', '.join(suffixes[:-1])} or {suffixes[-1]} file; got {path}"
        raise ArgumentError(msg)
    return check_store(path) if path.suffix in SUFFIXES else check_writable(path)


def check_conditions(sampler: Sampler, given: dict[str, Any], n: int, domain: Domain = "error") -> dict[str, Any]:
    """Complain before the work about the conditions that are given; say which ones will be drawn.

    Returns
    -------
    dict
        `given`, clipped to their ranges if that is what `domain` wants.
    """
    middle = {c.name: c.at(np.full(c.shape, 0.5)) for c in sampler.spec.conditions}
    encoded = sampler.spec.encode_conditions({**middle, **given}, n, domain)
    if drawn := [name for name in middle if name not in given]:
        stderr.print(f"drawing {', '.join(drawn)} uniformly over the range")
    clipped = [c.name for c in sampler.spec.conditions if c.kind == "continuous" and domain == "clip"]
    return {name: encoded[name] if name in clipped else value for name, value in given.items()}


def write_rows(
    path: Path,
    sampler: Sampler,
    given: dict[str, Any],
    seed: int,
    start: int,
    n: int,
    size: int,
    title: str,
    domain: Domain = "error",
) -> None:
    """Write rows ``start`` to ``start + n`` of `sampler`, `size` at a time, with a bar on a terminal.

    ``.npy`` holds the signals only and is streamed: memory stays that of one chunk. ``.npz`` also holds the
    conditions, one array by name, and the specification, as ``gansurrogate train`` reads them.
    """
    _check_rows(start, n)
    chunks = _chunks(sampler, given, seed, start, start + n, size, domain)
    total = -(-(start + n) // size) - start // size
    shown = track(chunks, title, total, console=stderr, disable=not stderr.is_terminal, transient=True)
    spec = sampler.spec
    if path.suffix == ".npz":
        signals, conditions = zip(*shown, strict=True)
        columns: dict[str, Any] = {
            c.name: np.concatenate([part[c.name] for part in conditions]) for c in spec.conditions
        }
        with atomic_write(path) as file:
            np.savez(file, signals=np.concatenate(signals), spec=json.dumps(spec.to_dict()), **columns)
        return
    if spec.conditions:
        stderr.print("conditions are not kept in .npy; write .npz to keep them")
    dtype = spec.dtype.newbyteorder("<")
    header = {"descr": dtype.str, "fortran_order": False, "shape": (n, *spec.shape)}
    with atomic_write(path) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for chunk, _ in shown:
            file.write(np.ascontiguousarray(chunk, dtype).data)


def stream_rows(
    path: Path, surrogate: Surrogate, given: dict[str, Any], seed: int, start: int, n: int, domain: Domain
) -> int:
    """Write rows ``start`` to ``start + n`` by `sample_to`, with a bar on a terminal.

    Returns
    -------
    int
        How many rows were not there from an earlier call.
    """
    _check_rows(start, n)
    missing = [c.name for c in surrogate.spec.conditions if c.name not in given]
    if surrogate.spec.conditions and path.suffix == ".npy":
        stderr.print("conditions are not kept in .npy; write .npz, .h5 or .zarr to keep them")
    conditions = given | _drawn(surrogate, missing, seed, start, n)
    there: list[int] = []
    with Progress(console=stderr, disable=not stderr.is_terminal, transient=True) as bar:
        task = bar.add_task("sampling", total=n)

        def progress(done: int, total: int) -> None:
            if not there:
                there.append(done)
                if done:
                    stderr.print(f"going on: {done} of {total} signals are there")
            bar.update(task, completed=done)

        sample_to(surrogate, path, n, conditions=conditions, rng=seed, start=start, domain=domain, progress=progress)
    return n - there[0]


def _drawn(surrogate: Surrogate, names: list[str], seed: int, start: int, n: int) -> dict[str, Any]:
    """The conditions `names` of all rows, drawn part by part, since drawing takes more memory than its result."""
    if not names:
        return {}
    step = max(1, DRAWN // sum(c.size for c in surrogate.spec.conditions))
    firsts = range(start, start + n, step)
    parts = [surrogate.draw_conditions(min(step, start + n - first), rng=seed, start=first) for first in firsts]
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def _check_rows(start: int, n: int) -> None:
    if start + n > 2**ROW_BITS:
        msg = f"rows end at 2**{ROW_BITS}; got {start} to {start + n}: take another seed"
        raise ArgumentError(msg)


def _chunks(
    sampler: Sampler, given: dict[str, Any], seed: int, start: int, end: int, size: int, domain: Domain
) -> Iterator[Chunk]:
    """Rows `start` to `end`; conditions that are not given are drawn by row.

    Chunks end at multiples of `size`, so that rows which a signal generator computes together stay together.
    """
    repeated = {c.name: c.repeat(given[c.name], end - start) for c in sampler.spec.conditions if c.name in given}
    first = start
    while first < end:
        n = min(size - first % size, end - first)
        fixed = {name: values[first - start : first - start + n] for name, values in repeated.items()}
        conditions = {**sampler.draw_conditions(n, rng=seed, start=first), **fixed}
        yield sampler.sample(n, conditions=conditions, rng=seed, start=first, domain=domain), conditions
        first += n
