"""The one module that imports onnxruntime: a surrogate's graph, ready to run on a device."""

import contextlib
import io
import math
import os
import threading
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from gansurrogate.captured import CapturedRun
from gansurrogate.conditions import logger
from gansurrogate.errors import (
    DeviceError,
    GraphMismatchError,
    MissingPackageError,
    SamplingError,
    SurrogateFileError,
)
from gansurrogate.interface import check_interface
from gansurrogate.manifest import Manifest
from gansurrogate.plain import printable
from gansurrogate.providers import CPU, CUDA, Choose, Provider, Wanted, candidates
from gansurrogate.signals import SignalArray

WHEELS = ("onnxruntime", "onnxruntime-gpu")
Feeds = dict[str, NDArray[Any]]
_opening = threading.RLock()
if hasattr(os, "register_at_fork"):  # a child of a fork in the middle of it would wait for ever for onnxruntime's locks
    os.register_at_fork(before=_opening.acquire, after_in_parent=_opening.release, after_in_child=_opening.release)


def onnxruntime() -> ModuleType:
    """Import onnxruntime with its telemetry off.

    Raises
    ------
    MissingPackageError
        If no onnxruntime is installed, or both wheels are: they overwrite each other's files.
    """
    wheels = installed_wheels()
    if len(wheels) > 1:
        msg = (
            "both onnxruntime and onnxruntime-gpu are installed and overwrite each other's files. Keep one:"
            " pip uninstall -y onnxruntime onnxruntime-gpu && pip install 'gansurrogate[cpu]' (or [gpu])"
        )
        raise MissingPackageError(msg)
    # From 1.29 on onnxruntime writes a database under $HOME unless this is set before its import.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        import onnxruntime as ort
    except ImportError as error:
        cause = f" ({error})" if wheels else ""
        msg = f"sampling needs onnxruntime{cause}: pip install 'gansurrogate[cpu]' (or [gpu])"
        raise MissingPackageError(msg) from error
    module: ModuleType = ort
    return module


def installed_wheels() -> dict[str, str]:
    """The installed onnxruntime distributions and their versions."""
    found = {}
    for name in WHEELS:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


class Session:
    """A graph on a device. One inference thread: callers run several tiles at a time instead.

    Parameters
    ----------
    data : bytes
        The surrogate file.
    manifest : Manifest
        What the graph has to agree with.
    device : str
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or the name of an onnxruntime provider.
        ``auto`` takes CUDA where it works and the CPU otherwise; any other device is taken or refused.
    wanted : callable
        The options that a provider gets besides the defaults.
    choose : callable
        The providers that ``auto`` tries, out of those that are available; None for the usual ones.

    Attributes
    ----------
    providers : dict of str to float
        The providers that onnxruntime really uses, best first, and the share of the graph's nodes that each
        runs; NaN where onnxruntime (before 1.24) does not say.
    """

    def __init__(self, data: bytes, manifest: Manifest, device: str, wanted: Wanted, choose: Choose) -> None:
        self._data, self._spec, self._tile = data, manifest.spec, manifest.tile
        self._session: Any
        ort = onnxruntime()
        available = ort.get_available_providers()
        cpu_only = manifest.export.get("cpu_only") is True
        chosen = choose(available) if device == "auto" and not cpu_only else None
        *better, last = candidates(device, available, wanted, cpu_only=cpu_only, chosen=chosen)
        for candidate in better:
            try:
                self._open(candidate)
                break
            except DeviceError as error:
                logger.warning("%s; going on with %s", error, last[0])
        else:
            self._open(last)
        check_interface(self._session, manifest)

    @property
    def provider(self) -> str:
        """The provider that does the work."""
        return self._provider[0]

    def run(self, feeds: Feeds) -> SignalArray:
        """Evaluate the graph once.

        Parameters
        ----------
        feeds : dict
            ``seed`` int64 of shape (), ``rows`` int64 of shape (N,), and each condition of shape (N, *shape).

        Returns
        -------
        array of shape (N, *spec.shape)

        Raises
        ------
        SamplingError
            If onnxruntime fails, for instance for want of memory.
        """
        session, rows = self._current(), len(feeds["rows"])
        try:
            if self._captures and rows == self._tile:
                signal = self._captured(session, feeds).run(feeds)
            else:
                (signal,) = session.run(["signal"], feeds, self._run_options)
        except Exception as error:  # onnxruntime's own classes derive from Exception only
            raise self._failure(error) from error
        self._check_result(signal.shape, rows)
        result: SignalArray = signal
        return result

    def device_buffer(self, n: int) -> Any:
        """An OrtValue for `n` signals in the device's memory: ``spec.dtype`` (n, *spec.shape)."""
        kind, number = self._place()
        shape = [n, *self._spec.shape]
        return onnxruntime().OrtValue.ortvalue_from_shape_and_type(shape, self._spec.dtype.type, kind, number)

    def run_into(self, feeds: Feeds, buffer: Any, first: int) -> None:
        """Evaluate the graph once; the signals go to `buffer` from row `first` on and stay on the device."""
        kind, number = self._place()
        rows = len(feeds["rows"])
        dtype = self._spec.dtype
        row_bytes = dtype.itemsize * math.prod(self._spec.shape)
        session = self._current()
        binding = session.io_binding()
        try:
            for name, value in feeds.items():
                binding.bind_cpu_input(name, value)
            shape = [rows, *self._spec.shape]
            binding.bind_output("signal", kind, number, dtype.type, shape, buffer.data_ptr() + first * row_bytes)
            session.run_with_iobinding(binding, self._run_options)
            binding.synchronize_outputs()
        except Exception as error:  # as in `run`
            raise self._failure(error) from error

    def operators(self, provider: str) -> Counter[str]:
        """Operator types that `provider` runs, with their number of nodes; empty before onnxruntime 1.24."""
        parts: list[Any] = getattr(self._session, "get_provider_graph_assignment_info", list)()
        return Counter(node.op_type for part in parts if part.ep_name == provider for node in part.get_nodes())

    def _current(self) -> Any:
        """The onnxruntime session, made anew in a forked child: threads and CUDA contexts do not survive a fork."""
        if self._pid != os.getpid():
            with _opening:
                if self._pid != os.getpid():
                    self._open(self._provider)
        return self._session

    def _open(self, provider: Provider) -> None:
        self._session = open_session(self._data, provider)
        self.providers = shares(self._session)
        self._provider, self._pid = provider, os.getpid()
        self._captures = provider[1].get("enable_cuda_graph") == "1"
        self._capture: CapturedRun | None = None
        self._run_options = None
        if self._captures:  # runs of other shapes than the tile's are not captured
            self._run_options = onnxruntime().RunOptions()
            self._run_options.add_run_config_entry("gpu_graph_id", "-1")
        if 0 < self.providers.get(CPU, 0) < 1:
            share = 1 - self.providers[CPU]
            logger.warning(
                "only %.0f %% of the graph's nodes run on %s, the others on the CPU", 100 * share, self.provider
            )

    def _captured(self, session: Any, feeds: Feeds) -> CapturedRun:
        with _opening:
            if self._capture is None:
                shape = (self._tile, *self._spec.shape)
                self._capture = CapturedRun(onnxruntime(), session, feeds, shape, self._spec.dtype, self._place())
            return self._capture

    def _place(self) -> tuple[str, int]:
        """The device in onnxruntime's words."""
        if self.provider == CPU:
            return "cpu", 0
        if self.provider == CUDA:
            return "cuda", int(self._provider[1].get("device_id", "0"))
        msg = f"signals can stay on the device with the CPU and CUDA; the surrogate runs on {self.provider}"
        raise DeviceError(msg)

    def _failure(self, error: Exception) -> Exception:
        cause = printable(str(error).partition("\n")[0]) or type(error).__name__  # a MemoryError may say nothing
        msg = f"onnxruntime failed on {self.provider}: {cause}; try a smaller tile"
        return SamplingError(msg)

    def _check_result(self, shape: tuple[int, ...], rows: int) -> None:
        """A graph may declare one shape and give another."""
        if shape != (rows, *self._spec.shape):
            msg = f"the graph gave signals of shape {shape}; the manifest promises {(rows, *self._spec.shape)}"
            raise GraphMismatchError(msg)


def open_session(data: bytes, provider: Provider) -> Any:
    """A session on `provider`, with the CPU for what it cannot run."""
    ort, name = onnxruntime(), provider[0]
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Nothing is logged: a library does not print into its host, least of all names from a file. Errors are raised.
    options.log_severity_level = 4
    # Nor is the format guessed: onnxruntime would take an ONNX file for one of its own, which nobody has checked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")  # ignored before 1.24
    providers = [provider] if name == CPU else [provider, (CPU, {})]
    if name == CUDA and hasattr(ort, "preload_dlls"):
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what it does not find
            ort.preload_dlls(directory="")
    try:
        # onnxruntime's own fallback would print into the host, and change to the CPU in the middle of sampling.
        with _opening:
            session = ort.InferenceSession(data, options, providers=providers, enable_fallback=0)
    except Exception as error:  # onnxruntime's own classes derive from Exception only
        cause = printable(str(error).partition("\n")[0])
        if name == CPU:
            msg = f"onnxruntime {ort.__version__} refuses the graph: {cause}"
            raise SurrogateFileError(msg) from error
        msg = f"{name} cannot be used: {cause}"
        raise DeviceError(msg) from error
    if name not in session.get_providers():
        msg = (
            f"{name} did not start: its libraries (CUDA, cuDNN) are missing or too old."
            " Try: pip install 'gansurrogate[gpu]', or device='cpu'; `gansurrogate doctor` tells more"
        )
        raise DeviceError(msg)
    return session


def shares(session: Any) -> dict[str, float]:
    """The share of the graph's nodes that each provider runs."""
    names = session.get_providers()
    if not hasattr(session, "get_provider_graph_assignment_info"):
        return dict.fromkeys(names, 1.0 if len(names) == 1 else float("nan"))
    nodes: Counter[str] = Counter()
    for part in session.get_provider_graph_assignment_info():
        nodes[part.ep_name] += len(part.get_nodes())
    return {name: nodes[name] / max(1, nodes.total()) for name in names}
