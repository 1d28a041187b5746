"""Signals as lazy Dask arrays and as labelled xarray arrays: the same rows as `Surrogate.sample`, bit for bit.

Dask and xarray are imported when asked for: extras ``[dask]`` and ``[xarray]``.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.arguments import RNGLike, check_integer, seed_of
from gansurrogate.conditions import Domain
from gansurrogate.optional import package

if TYPE_CHECKING:
    from dask.array import Array
    from xarray import DataArray

    from gansurrogate.surrogate import Surrogate

DIMENSION = "signal"  # along the rows; no condition may have this name


def to_dask(
    surrogate: "Surrogate",
    n: int,
    *,
    conditions: Mapping[str, ArrayLike] | None = None,
    rng: RNGLike = None,
    start: int = 0,
    domain: Domain = "error",
    chunk: int | None = None,
) -> "Array":
    """Rows ``start`` to ``start + n`` as a Dask array: nothing is drawn until it is computed.

    The arguments are those of `Surrogate.sample` and are checked at once. The graph holds the surrogate once and no
    session; a block runs in the one thread that Dask gives it.

    Parameters
    ----------
    rng : int, numpy Generator, BitGenerator, SeedSequence or None
        Turned into one seed now, None too, so that computing twice gives equal signals.
    chunk : int, optional
        Rows per block; by default what Dask's ``array.chunk-size`` allows (128 MiB unless configured).

    Returns
    -------
    dask.array.Array of shape (n, *spec.shape)
        float32 in ``spec.unit``, or int64 ids of tokens. Equal arguments with a fixed seed give an array of equal name.

    Raises
    ------
    MissingPackageError
        If Dask is not installed.
    ArgumentError, ArgumentTypeError, ConditionError
        For impossible arguments.
    """
    dask, da = (package(name, "dask") for name in ("dask", "dask.array"))
    seed = seed_of(rng)
    surrogate.iter_tiles(n, conditions=conditions, rng=seed, start=start, domain=domain)  # checks; draws nothing
    spec = surrogate.spec
    shape = spec.shape
    length = "auto" if chunk is None else check_integer(chunk, "chunk", least=1)
    blocks = da.core.normalize_chunks((length, *shape), (n, *shape), dtype=spec.dtype)
    given = {c.name: np.asarray((conditions or {})[c.name]) for c in spec.conditions}
    one = {c.name: given[c.name].reshape(c.shape) for c in spec.conditions if c.is_one(given[c.name])}
    each = {name: values for name, values in given.items() if name not in one}
    # Rows have the index 0, the signal's axes 1, 2, ..., and the axes of conditions others, since each lies whole in a
    # block.
    inputs: list[Any] = [da.arange(start, start + n, chunks=blocks[:1], dtype=np.int64), (0,)]
    for values in each.values():
        axes = range(len(blocks), len(blocks) + values.ndim - 1)
        inputs += [da.from_array(values, (*blocks[:1], *values.shape[1:])), (0, *axes)]
    manifest = surrogate.manifest
    origin = dask.base.tokenize(manifest.file_sha256, *surrogate.providers)
    signals: Array = da.blockwise(
        _block,
        range(len(blocks)),
        *inputs,
        surrogate=dask.delayed(surrogate, name=f"surrogate-{origin}", traverse=False),
        names=tuple(each),
        one=one,
        seed=seed,
        domain="ignore" if domain == "warn" else domain,  # the check above has warned
        name=f"{manifest.name}-{dask.base.tokenize(origin, n, given, seed, start, domain, blocks)}",
        new_axes=dict(enumerate(shape, 1)),
        concatenate=True,
        meta=np.empty((0,) * len(blocks), spec.dtype),
    )
    return signals


def to_xarray(
    surrogate: "Surrogate",
    n: int,
    *,
    conditions: Mapping[str, ArrayLike] | None = None,
    rng: RNGLike = None,
    start: int = 0,
    domain: Domain = "error",
    chunk: int | None = None,
) -> "DataArray":
    """Rows ``start`` to ``start + n`` with their coordinates, units and origin.

    The arguments are those of `Surrogate.sample`.

    Parameters
    ----------
    chunk : int, optional
        Draw lazily, in Dask blocks of so many rows. By default the signals are drawn at once, into a numpy array.

    Returns
    -------
    xarray.DataArray with dimensions ("signal", *names of the axes)
        Coordinates: the row of each signal, the spec's axes, and each condition: along the signals, or a single
        value where one stands for all (a condition named like an axis is called ``condition_`` and its name). Array
        conditions are there if they have the signal's shape, and so its axes; others have no place in one array.
        Attributes: ``units``; the ``tokens`` of ids; the ``seed``, also of ``rng=None``; and the surrogate's
        ``file_sha256``, ``version`` and, where known, ``sampling_rate`` [Hz], ``license`` and ``citation``.

    Raises
    ------
    MissingPackageError
        If xarray is not installed, or for a `chunk` Dask.
    ArgumentError, ArgumentTypeError, ConditionError
        For impossible arguments.
    """
    xarray, pandas = (package(name, "xarray") for name in ("xarray", "pandas"))
    spec, manifest, seed = surrogate.spec, surrogate.manifest, seed_of(rng)
    signals: Any
    if chunk is None:
        signals = surrogate.sample(n, conditions=conditions, rng=seed, start=start, domain=domain)
    else:
        signals = to_dask(surrogate, n, conditions=conditions, rng=seed, start=start, domain=domain, chunk=chunk)
    positions = spec.coordinates
    coordinates: dict[str, Any] = {
        DIMENSION: (DIMENSION, pandas.RangeIndex(start, start + n), {"long_name": "row of the stream"}),
        **{axis.name: (axis.name, positions[axis.name], units(axis.unit)) for axis in spec.axes},
    }
    for c in (c for c in spec.conditions if c.shape in ((), spec.shape)):
        value = (conditions or {})[c.name]
        one, axes = c.is_one(value), tuple(positions) if c.shape else ()
        used = c.decode(c.encode(value, 1 if one else n, domain if domain == "clip" else "ignore"))
        name = f"condition_{c.name}" if c.name in positions else c.name
        coordinates[name] = (axes, used[0], units(c.unit)) if one else ((DIMENSION, *axes), used, units(c.unit))
    known = {"sampling_rate": spec.sampling_rate, "license": manifest.license, "citation": manifest.citation}
    attributes = {
        **units(spec.unit),
        **({"tokens": list(spec.tokens)} if spec.tokens else {}),
        "seed": seed,
        "file_sha256": manifest.file_sha256,
        "version": manifest.version,
        **{key: value for key, value in known.items() if value},
    }
    labelled: DataArray = xarray.DataArray(signals, coordinates, (DIMENSION, *positions), manifest.name, attributes)
    return labelled


def units(unit: str) -> dict[str, str]:
    """The attribute that xarray's plots and the CF conventions read; a pure number has none."""
    return {"units": unit} if unit else {}


def _block(
    rows: NDArray[np.int64],
    *each: NDArray[Any],
    surrogate: "Surrogate",
    names: tuple[str, ...],
    one: dict[str, NDArray[Any]],
    seed: int,
    domain: Domain,
) -> NDArray[Any]:
    """The signals of consecutive `rows`, tile after tile: Dask runs several blocks at a time, so this does not."""
    n = len(rows)
    signals = np.empty((n, *surrogate.spec.shape), surrogate.spec.dtype)
    conditions = one | dict(zip(names, each, strict=True))
    start, first = int(rows[0]) if n else 0, 0
    for tile in surrogate.iter_tiles(n, conditions=conditions, rng=seed, start=start, domain=domain):
        signals[first : first + len(tile)] = tile
        first += len(tile)
    return signals
