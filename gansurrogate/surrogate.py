"""`load` a surrogate file and draw signals from it."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Self, overload

from numpy.typing import ArrayLike, NDArray

from gansurrogate import arrays, asking, places, processors, rowlaw, trust
from gansurrogate.arguments import RNGLike, check_integer, seed_of
from gansurrogate.conditions import Domain
from gansurrogate.errors import ArgumentError
from gansurrogate.manifest import Manifest
from gansurrogate.plugins import installed
from gansurrogate.providers import CPU
from gansurrogate.sampling.drawing import draw_on_device, draw_tile, fill, output_of
from gansurrogate.sampling.readahead import Reader, stream_key
from gansurrogate.sampling.request import Request
from gansurrogate.sampling.tiles import TileHooks
from gansurrogate.self_test import run_self_test
from gansurrogate.session import Session
from gansurrogate.signals import SignalArray
from gansurrogate.spec import SignalSpec
from gansurrogate.storage import streaming
from gansurrogate.surrogate_file import Source, errors_name, read
from gansurrogate.trust.obeying import check
from gansurrogate.trust.policy import Policy, in_force


def load(
    source: Source,
    *,
    device: str = "auto",
    threads: int | None = None,
    verify: bool = True,
    signature: bytes | None = None,
) -> "Surrogate":
    """Load a surrogate, if the policy of this machine allows it.

    Parameters
    ----------
    source : path or bytes
        The surrogate file, or its content; the name of one that is installed, in a folder of ``GANSURROGATE_PATH`` or
        in the cache, as ``"noisy-sine"`` or ``"noisy-sine@1.2"``; or a URI with its SHA-256, as
        ``"https://host/noisy-sine.onnx#sha256=..."`` (docs/names-and-places.md).
    device : str
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``, or the name of an onnxruntime provider. Any but
        ``"auto"`` is strict: honoured or refused.
    threads : int, optional
        Tiles computed at a time. By default, on the CPU, the processors this process may use (its affinity,
        ``OMP_NUM_THREADS``, ``SLURM_CPUS_PER_TASK``), and 1 elsewhere. The signals do not depend on it.
    verify : bool
        Check the file's SHA-256 (about 1 ms per MB). A policy holds in any case.
    signature : bytes, optional
        Content of the signature, where it does not lie beside the file as ``<source>.sig``. Read under a policy only.

    Returns
    -------
    Surrogate

    Raises
    ------
    FileNotFoundError, PermissionError
        If the file cannot be read.
    UnknownNameError
        If nothing has the name, or nobody knows the URI's scheme.
    PluginError
        If a plugin that is asked fails, or a name is doubled.
    FetchError
        If a surrogate from elsewhere cannot be had.
    SurrogateFileError
        If it is not a sound surrogate; its subclasses say what is wrong.
    SignatureError, PolicyError
        If the policy of this machine refuses it, or cannot be read itself.
    MissingPackageError
        If onnxruntime is not installed, or under a policy with keys the extra ``sign``.
    DeviceError
        If `device` cannot be honoured.
    """
    found = places.find(source)
    data, manifest, signature = trust.admit(found, verify=verify, signature=signature)
    with errors_name(found):
        return Surrogate(data, manifest, _session(data, manifest, device), threads, device, signature)


def load_own(data: bytes, *, device: str = "cpu", threads: int | None = None, verify: bool = True) -> "Surrogate":
    """A surrogate that this program makes or has checked itself: no policy is asked.

    See `load` for the parameters and the errors.
    """
    manifest = read(data, verify=verify)[1]
    return Surrogate(data, manifest, _session(data, manifest, device), threads, device)


class Surrogate:
    """What stands in for a signal generator. Made by `load`; pickles with its file and opens it again.

    Safe to use from several threads, and after a fork. ``with gs.load(...) as surrogate`` gives the memory back
    at the end.

    Attributes
    ----------
    manifest : Manifest
        What the file says of itself.
    spec : SignalSpec
        What one signal is.
    providers : dict of str to float
        The onnxruntime providers in use, best first, each with its share of the graph's nodes.
    threads : int
        Tiles computed at a time.
    """

    def __init__(
        self,
        data: bytes,
        manifest: Manifest,
        session: Session,
        threads: int | None,
        device: str,
        signature: bytes | None = None,
    ) -> None:
        self.manifest = manifest
        self._open: Session | None = session
        if threads is None:
            self.threads = processors.available() if session.provider == CPU else 1
        else:
            self.threads = check_integer(threads, "threads", least=1)
        self._reader, self._hooks = Reader(), TileHooks(installed(), manifest)
        self._origin = data, device, threads, signature

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, self._origin  # what was left to the default is the other process's to choose

    def __repr__(self) -> str:
        shape, provider = self.spec.shape, self._session.provider
        return f"<Surrogate {self.manifest.name!r}: signals of shape {shape}, on {provider}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory back; the surrogate cannot be used any more."""
        self._open = None

    @property
    def _session(self) -> Session:
        if self._open is None:
            msg = "the surrogate was closed; load it again"
            raise ArgumentError(msg)
        return self._open

    @property
    def spec(self) -> SignalSpec:
        """What one signal is."""
        return self.manifest.spec

    @property
    def providers(self) -> dict[str, float]:
        """The onnxruntime providers in use, best first, each with its share of the graph's nodes."""
        return dict(self._session.providers)

    @overload
    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        out: None = None,
        domain: Domain = "error",
        tile: int | None = None,
        device_output: Literal[True],
    ) -> Any: ...

    @overload
    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        out: SignalArray | None = None,
        domain: Domain = "error",
        tile: int | None = None,
        device_output: Literal[False] = False,
    ) -> SignalArray: ...

    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        out: SignalArray | None = None,
        domain: Domain = "error",
        tile: int | None = None,
        device_output: bool = False,
    ) -> Any:
        """Draw rows ``start`` to ``start + n`` of the stream that (this file, `rng`) defines.

        Row i depends on (file, seed, i, conditions of i) only: not on `n`, `tile`, threads or process. A host that
        asks for few rows at a time, in order and under one seed and the same conditions, pays little more per row than
        for all at once: rows are computed ahead.

        Parameters
        ----------
        n : int
            Number of signals.
        conditions : mapping of name to a number or an array of shape (n,)
            Every condition of the spec, in its unit; of an array condition one array, or (n, *shape).
        rng : int, numpy Generator, BitGenerator, SeedSequence or None
            An int is the seed itself. A generator yields a seed. None gives rows that nobody had before: the next
            ones of a stream whose seed comes from the operating system, one for each thread.
        start : int
            First row.
        out : array of shape (n, *spec.shape) and ``spec.dtype``, optional
            Filled and returned, for instance a memory map.
        domain : "error", "warn", "clip", "ignore" or "simulate"
            What to do with conditions outside the range the surrogate was trained on. ``"simulate"`` lets the signal
            generator compute those rows, where it is installed, or a plugin (the hook `answer_outside`).
        tile : int, optional
            Rows per inference call; the manifest's advice by default.
        device_output : bool
            Leave the signals in the device's memory and return an object that answers to DLPack
            (``torch.from_dlpack``, ``cupy.from_dlpack``, ``jax.dlpack.from_dlpack``). Needs onnxruntime 1.26.

        Returns
        -------
        array of shape (n, *spec.shape)
            float32 in ``spec.unit``, or int64 ids of tokens (``spec.decode`` gives the tokens).

        Raises
        ------
        ArgumentError, ArgumentTypeError, ConditionError
            For impossible arguments.
        SamplingError
            If onnxruntime fails, for instance for want of memory.
        """
        n, start = check_integer(n, "n"), check_integer(start, "start")
        seed, start = self._reader.fresh(n, start) if rng is None else (seed_of(rng), start)
        advised = self.manifest.tile
        plain = tile is None and out is None and not device_output and domain != "simulate"  # no row that nobody wants
        few = 0 < n < advised and plain
        if few and (key := stream_key(self.spec, seed, conditions, domain)) is not None:
            least = n if self._session.provider == CPU else advised  # elsewhere a tile has one price, full or not
            most = max(n, min(advised, 2**rowlaw.ROW_BITS - start))

            def draw(size: int) -> SignalArray:
                ahead = Request.of(self.spec, size, conditions, seed, start, domain, advised)
                return draw_tile(self._session, self._hooks, ahead, 0)

            return self._reader.ahead.take(key, start, n, min(least, most), most, draw)
        request = Request.of(self.spec, n, conditions, seed, start, domain, advised if tile is None else tile)
        if device_output:
            if out is not None:
                msg = "device_output=True returns memory of the device; it excludes out"
                raise ArgumentError(msg)
            return draw_on_device(self._session, self._hooks, request)
        signals = output_of((n, *self.spec.shape), self.spec.dtype, out)
        fill(self._session, self._hooks, request, signals, self.threads)
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
    ) -> Iterator[SignalArray]:
        """Draw as `sample` does, one tile at a time, so that memory stays bounded for any `n`.

        Yields
        ------
        array of shape (rows, *spec.shape)
            At most `tile` rows, in order.
        """
        tile = self.manifest.tile if tile is None else tile
        request = Request.of(self.spec, n, conditions, seed_of(rng), start, domain, tile)
        return (draw_tile(self._session, self._hooks, request, first) for first in request.firsts())

    def draw_conditions(self, n: int, *, rng: RNGLike = None, start: int = 0) -> dict[str, NDArray[Any]]:
        """Draw conditions uniformly over their ranges, row by row like the signals.

        Returns
        -------
        dict
            Name to array of shape (n, *shape of the condition), ready for ``sample(n, conditions=...)`` with the same
            `start`.
        """
        taken = sum(block.counters for block in self.manifest.latents)  # counters of a row that the signals use
        return self.spec.draw_conditions(check_integer(n, "n"), seed_of(rng), check_integer(start, "start"), taken)

    sample_to = streaming.sample_to
    to_dask = arrays.to_dask
    to_xarray = arrays.to_xarray

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
        return run_self_test(self.manifest, self._session)


def _session(data: bytes, manifest: Manifest, device: str) -> Session:
    wanted = functools.partial(asking.provider_options, installed(), manifest)
    return Session(data, manifest, device, wanted, functools.partial(asking.chosen_providers, installed(), manifest))


def _reopen(data: bytes, device: str, threads: int | None, signature: bytes | None = None) -> Surrogate:
    """A surrogate from its pickle, under the policy of the machine that opens it."""
    manifest, session = _shared(data, device, signature, tuple(in_force()))
    return Surrogate(data, manifest, session, threads, device, signature)


@functools.lru_cache(maxsize=4)
def _shared(
    data: bytes, device: str, signature: bytes | None, policies: tuple[Policy, ...]
) -> tuple[Manifest, Session]:
    """One session for the thousand tasks that a worker unpickles, as long as the same policies hold."""
    manifest = read(data, verify=False)[1]
    for policy in policies:
        check(policy, data, data, manifest, signature)
    return manifest, _session(data, manifest, device)
