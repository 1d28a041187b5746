"""Does the compiled unit put out the surrogate's very signals? Asked as a host would, through the library."""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np

from gansurrogate.errors import ExportError
from gansurrogate.surrogate import load_own
from gansurrogate_fmu.variables import Variable

SEED, ROW = 20_221_214, 3
_CO_SIMULATION = 1
_FIRST_CONDITION = 3


def verify(unit: Path, binary: Path, data: bytes, variables: list[Variable], guid: str, step: float) -> None:
    """Compare one row, sample by sample, with what Python draws.

    Parameters
    ----------
    unit : path
        The folder of the unit.
    binary : path
        Its library.
    data : bytes
        The surrogate file.

    Raises
    ------
    ExportError
        If the unit refuses, or a value differs in any bit.
    """
    surrogate = load_own(data, threads=1)
    spec = surrogate.spec
    conditions = {c.name: c.levels[0] if c.levels else np.full(c.shape, c.low) for c in spec.conditions}
    given = {name: np.broadcast_to(value, (1, *c.shape)) for c, (name, value) in
             zip(spec.conditions, conditions.items(), strict=True)}  # fmt: skip
    expected = surrogate.sample(1, conditions=given, rng=SEED, start=ROW).reshape(-1, spec.shape[-1])
    library = ctypes.CDLL(str(binary))
    library.fmi2Instantiate.restype = ctypes.c_void_p
    resources = (unit / "resources").as_uri().encode()
    instance = library.fmi2Instantiate(b"verify", _CO_SIMULATION, guid.encode(), resources, None, 0, 0)
    if not instance:
        msg = "the compiled unit does not start on this machine: its onnxruntime or its surrogate cannot be loaded"
        raise ExportError(msg)
    handle = ctypes.c_void_p(instance)
    try:
        integers = {"seed": SEED, "row": ROW}
        _set(library.fmi2SetInteger, handle, ctypes.c_int, {
            place: integers.get(v.name, v.start) for place, v in enumerate(variables)
            if v.start is not None and v.kind in ("Integer", "Enumeration")
        })  # fmt: skip
        reals = {place: v.least for place, v in enumerate(variables) if v.start is not None and v.kind == "Real"}
        _set(library.fmi2SetReal, handle, ctypes.c_double, reals)
        outputs = [place for place, variable in enumerate(variables) if variable.start is None]
        for k in range(spec.shape[-1]):
            _check(library.fmi2DoStep(handle, ctypes.c_double(0), ctypes.c_double(k * step), 0))
            drawn = _get(library, handle, outputs, bool(spec.tokens))
            if not np.array_equal(drawn, expected[:, k]):
                msg = f"the compiled unit puts out {drawn} as sample {k}; Python draws {expected[:, k]}"
                raise ExportError(msg)
    finally:
        library.fmi2FreeInstance(handle)


def _set(function: Any, handle: ctypes.c_void_p, kind: Any, values: dict[int, Any]) -> None:
    references = (ctypes.c_uint * len(values))(*values)
    _check(function(handle, references, ctypes.c_size_t(len(values)), (kind * len(values))(*values.values())))


def _get(library: ctypes.CDLL, handle: ctypes.c_void_p, places: list[int], integers: bool) -> list[float]:
    references = (ctypes.c_uint * len(places))(*places)
    count = ctypes.c_size_t(len(places))
    if integers:
        ids = (ctypes.c_int * len(places))()
        _check(library.fmi2GetInteger(handle, references, count, ids))
        return list(ids)
    numbers = (ctypes.c_double * len(places))()
    _check(library.fmi2GetReal(handle, references, count, numbers))
    return list(numbers)


def _check(status: int) -> None:
    if status:
        msg = f"the compiled unit answers with FMI status {status}"
        raise ExportError(msg)
