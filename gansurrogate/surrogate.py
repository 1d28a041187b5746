"""`load` a surrogate file and draw signals from it."""

import functools
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate import rowlaw
from gansurrogate.arguments import RNGLike, check_integer, seed_of
from gansurrogate.conditions import Domain
from gansurrogate.errors import ArgumentError, ArgumentTypeError, SelfTestError
from gansurrogate.manifest import Manifest
from gansurrogate.session import PROVIDERS, Session
from gansurrogate.signals import FloatArray
from gansurrogate.spec import SignalSpec
from gansurrogate.surrogate_file import Source, errors_name, read


def load(source: Source, *, device: str = "auto", threads: int | None = None, verify: bool = True) -> "Surrogate":
    """Load a surrogate.

    Parameters
    ----------
    source : path or bytes
        The surrogate file, or its content.
    device : str
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``, or the name of an onnxruntime provider. Any but
        ``"auto"`` is strict: honoured or refused.
    threads : int, optional
        Tiles computed at a time; by default the CPUs this process may use. The signals do not depend on it.
    verify : bool
        Check the file's SHA-256 (about 1 ms per MB).

    Returns
    -------
    Surrogate

    Raises
    ------
    FileNotFoundError, PermissionError
        If the file cannot be read.
    SurrogateFileError
        If it is not a sound surrogate; its subclasses say what is wrong.
    MissingPackageError
        If onnxruntime is not installed.
    DeviceError
        If `device` cannot be honoured.
    """
    with errors_name(source):
        data, manifest = read(source, verify=verify)
        session = Session(data, manifest, device)
    return Surrogate(data, manifest, session, _threads(threads), device)


class Surrogate:
    """What stands in for a signal generator. Made by `load`; pickles with its file and opens it again.

    Attributes
    ----------
    manifest : Manifest
        What the file says of itself.
    spec : SignalSpec
        What one signal is.
    providers : tuple of str
        The onnxruntime providers in use, best first.
    threads : int
        Tiles computed at a time.
    """

    def __init__(self, data: bytes, manifest: Manifest, session: Session, threads: int, device: str) -> None:
        self.manifest = manifest
        self.threads = threads
        self._data, self._session, self._device = data, session, device

    def __reduce__(self) -> tuple[Any, ...]:
        return functools.partial(load, device=self._device, threads=self.threads, verify=False), (self._data,)

    def __repr__(self) -> str:
        shape, provider = self.spec.shape, self.providers[0]
        return f"<Surrogate {self.manifest.name!r}: signals of shape {shape}, on {provider}>"

    @property
    def spec(self) -> SignalSpec:
        """What one signal is."""
        return self.manifest.spec

    @property
    def providers(self) -> tuple[str, ...]:
        """The onnxruntime providers in use, best first."""
        return self._session.providers

    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        out: FloatArray | None = None,
        domain: Domain = "error",
        tile: int | None = None,
    ) -> FloatArray:
        """Draw rows ``start`` to ``start + n`` of the stream that (this file, `rng`) defines.

        Row i depends on (file, seed, i, conditions of i) only: not on `n`, `tile`, threads or process.

        Parameters
        ----------
        n : int
            Number of signals.
        conditions : mapping of name to a number or an array of shape (n,)
            Every condition of the spec, in its unit.
        rng : int, numpy Generator, BitGenerator, SeedSequence or None
            An int is the seed itself; None takes fresh entropy.
        start : int
            First row.
        out : array of shape (n, *spec.shape), float32, optional
            Filled and returned, for instance a memory map.
        domain : "error", "warn", "clip" or "ignore"
            What to do with conditions outside the range the surrogate was trained on.
        tile : int, optional
            Rows per inference call; the manifest's advice by default.

        Returns
        -------
        array of shape (n, *spec.shape)
            float32, in ``spec.unit``.

        Raises
        ------
        ArgumentError, ArgumentTypeError, ConditionError
            For impossible arguments.
        """
        n, start, tile, feeds = self._prepare(n, conditions, rng, start, domain, tile)
        signals = self._output(n, out)

        def fill(first: int) -> None:
            block = self._tile(feeds, start, first, tile, n)
            signals[first : first + len(block)] = block

        firsts = range(0, n, tile)
        if self.threads == 1 or len(firsts) < 2:
            for first in firsts:
                fill(first)
        else:
            with ThreadPoolExecutor(min(self.threads, len(firsts)), "gansurrogate") as pool:
                try:
                    for _ in pool.map(fill, firsts):
                        pass
                except BaseException:  # Ctrl-C as well: finish the tiles at hand and no more
                    pool.shutdown(cancel_futures=True)
                    raise
        return signals

    def iter_tiles(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        domain: Domain = "error",
        tile: int | None = None,
    ) -> Iterator[FloatArray]:
        """Draw as `sample` does, one tile at a time, so that memory stays bounded for any `n`.

        Yields
        ------
        array of shape (rows, *spec.shape)
            At most `tile` rows, in order.
        """
        n, start, tile, feeds = self._prepare(n, conditions, rng, start, domain, tile)
        return (self._tile(feeds, start, first, tile, n) for first in range(0, n, tile))

    def draw_conditions(self, n: int, *, rng: RNGLike = None, start: int = 0) -> dict[str, NDArray[Any]]:
        """Draw conditions uniformly over their ranges, row by row like the signals.

        Returns
        -------
        dict
            Name to array of shape (n,), ready for ``sample(n, conditions=...)`` with the same `start`.
        """
        taken = sum(block.counters for block in self.manifest.latents)  # counters of a row that the signals use
        return self.spec.draw_conditions(check_integer(n, "n"), seed_of(rng), check_integer(start, "start"), taken)

    def self_test(self) -> float:
        """Draw the values that the file promises and compare.

        Returns
        -------
        float
            Largest absolute deviation, in ``spec.unit``.

        Raises
        ------
        SelfTestError
            If a value is further off than the file's tolerance.
        """
        test = self.manifest.self_test
        rows = np.array(test.rows, np.int64)
        feeds: dict[str, NDArray[Any]] = {"seed": np.array(test.seed, np.int64), "rows": rows}
        for c in self.spec.conditions:
            feeds[c.name] = np.array(test.conditions[c.name], np.int64 if c.levels else np.float32)
        expected = np.array(test.expected)
        drawn = self._session.run(feeds).reshape(len(rows), -1)[:, test.positions]
        deviation = np.abs(drawn - expected)
        if not (deviation <= test.atol + test.rtol * np.abs(expected)).all():
            msg = (
                f"the surrogate does not reproduce its file's self-test on {self.providers[0]}: off by up to"
                f" {np.nanmax(deviation):.3g} {self.spec.unit}, allowed {test.atol:.3g}"
            )
            raise SelfTestError(msg)
        return float(deviation.max())

    def _prepare(
        self,
        n: int,
        conditions: Mapping[str, ArrayLike] | None,
        rng: RNGLike,
        start: int,
        domain: Domain,
        tile: int | None,
    ) -> tuple[int, int, int, dict[str, NDArray[Any]]]:
        n, start = check_integer(n, "n"), check_integer(start, "start")
        tile = check_integer(self.manifest.tile if tile is None else tile, "tile", least=1)
        if start + n > 2**rowlaw.ROW_BITS:
            msg = f"rows end at 2**{rowlaw.ROW_BITS}; got start + n = {start + n}: take another seed"
            raise ArgumentError(msg)
        feeds = self.spec.encode_conditions(conditions, n, domain)
        return n, start, tile, {"seed": np.array(seed_of(rng), np.int64), **feeds}

    def _tile(self, feeds: dict[str, NDArray[Any]], start: int, first: int, tile: int, n: int) -> FloatArray:
        """Rows ``start + first`` onwards, at most `tile` of them.

        Away from the CPU the last tile is filled up with its last row: every call has one shape there, so that
        no kernel is searched and no memory grows. On the CPU a short call is only quicker.
        """
        size = min(tile, n - first) if self.providers[0] == PROVIDERS["cpu"] else tile
        rows = np.minimum(np.arange(first, first + size), n - 1)
        inputs = {name: value[rows] if value.ndim else value for name, value in feeds.items()}
        return self._session.run({**inputs, "rows": rows + start})[: n - first]

    def _output(self, n: int, out: FloatArray | None) -> FloatArray:
        shape = (n, *self.spec.shape)
        if out is None:
            return np.empty(shape, np.float32)
        if not isinstance(out, np.ndarray) or out.dtype != np.float32:
            msg = f"out is a float32 array; got {getattr(out, 'dtype', type(out).__name__)}"
            raise ArgumentTypeError(msg)
        if out.shape != shape or not out.flags.writeable:
            msg = f"out is a writeable array of shape {shape}; got {out.shape}"
            raise ArgumentError(msg)
        return out


def _threads(threads: int | None) -> int:
    if threads is not None:
        return check_integer(threads, "threads", least=1)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
