"""The one module that imports onnxruntime: a surrogate's graph, ready to run on a device."""

import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import logger
from gansurrogate.errors import (
    ArgumentTypeError,
    DeviceError,
    GraphMismatchError,
    MissingPackageError,
    SamplingError,
    SurrogateFileError,
)
from gansurrogate.manifest import Manifest

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
Provider = tuple[str, dict[str, str]]  # name and options
_TYPES = {"continuous": "tensor(float)", "category": "tensor(int64)"}


def onnxruntime() -> ModuleType:
    """Import onnxruntime with its telemetry off.

    Raises
    ------
    MissingPackageError
        If no onnxruntime is installed, or both wheels are: they overwrite each other's files.
    """
    wheels = [name for name in ("onnxruntime", "onnxruntime-gpu") if _is_installed(name)]
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


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


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

    Attributes
    ----------
    providers : tuple of str
        The providers that onnxruntime really uses, best first.
    """

    def __init__(self, data: bytes, manifest: Manifest, device: str = "auto") -> None:
        ort = onnxruntime()
        *better, last = _candidates(ort, device)
        for candidate in better:
            try:
                self._session = _open(ort, data, candidate)
                break
            except DeviceError as error:
                logger.warning("%s; going on with %s", error, last[0])
        else:
            self._session = _open(ort, data, last)
        self.providers: tuple[str, ...] = tuple(self._session.get_providers())
        self._check_graph(manifest)

    def run(self, feeds: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """Evaluate the graph once.

        Parameters
        ----------
        feeds : dict
            ``seed`` int64 of shape (), ``rows`` int64 of shape (N,), and each condition of shape (N,).

        Returns
        -------
        array of shape (N, *spec.shape)

        Raises
        ------
        SamplingError
            If onnxruntime fails, for instance for want of memory.
        """
        try:
            (signal,) = self._session.run(["signal"], feeds)
        except Exception as error:  # onnxruntime's own classes derive from Exception only
            msg = f"onnxruntime failed on {self.providers[0]}: {str(error).splitlines()[0]}; try a smaller tile"
            raise SamplingError(msg) from error
        result: NDArray[np.float32] = signal
        return result

    def _check_graph(self, manifest: Manifest) -> None:
        """The graph's inputs and output are those of the manifest, by name, type and shape."""
        spec = manifest.spec
        rows: tuple[int | str, ...] = ("rows",)  # stands for a free first dimension
        wanted: dict[str, tuple[str, tuple[int | str, ...]]] = {
            "seed": ("tensor(int64)", ()),
            "rows": ("tensor(int64)", rows),
        }
        wanted |= {c.name: (_TYPES[c.kind], rows) for c in spec.conditions}
        wanted |= {"-> signal": ("tensor(float)", (*rows, *spec.shape))}
        found = {i.name: (i.type, _free(i.shape)) for i in self._session.get_inputs()}
        found |= {f"-> {o.name}": (o.type, _free(o.shape)) for o in self._session.get_outputs()}
        if found != wanted:
            msg = f"the graph has {found}; the manifest promises {wanted}"
            raise GraphMismatchError(msg)


def _free(shape: Sequence[int | str]) -> tuple[int | str, ...]:
    """A shape whose first dimension, if it is free, is called ``rows``."""
    return tuple("rows" if i == 0 and not isinstance(size, int) else size for i, size in enumerate(shape))


def _open(ort: ModuleType, data: bytes, provider: Provider) -> Any:
    """A session on `provider`, with the CPU for what it cannot run."""
    name, cpu = provider[0], PROVIDERS["cpu"]
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: a library does not print into its host
    providers = [provider] if name == cpu else [provider, (cpu, {})]
    try:
        # onnxruntime's own fallback would print into the host, and change to the CPU in the middle of sampling.
        session = ort.InferenceSession(data, options, providers=providers, enable_fallback=0)
    except Exception as error:  # onnxruntime's own classes derive from Exception only
        cause = str(error).splitlines()[0]
        if name == cpu:
            msg = f"onnxruntime {ort.__version__} refuses the graph: {cause}"
            raise SurrogateFileError(msg) from error
        msg = f"{name} cannot be used: {cause}"
        raise DeviceError(msg) from error
    if name not in session.get_providers():
        msg = (
            f"{name} did not start: its libraries (CUDA, cuDNN) are missing or too old."
            " Try: pip install 'gansurrogate[gpu]', or device='cpu'"
        )
        raise DeviceError(msg)
    return session


def _candidates(ort: ModuleType, device: str) -> list[Provider]:
    """Providers to try for `device`, best first."""
    if not isinstance(device, str):
        msg = f"device is 'auto', 'cpu', 'cuda', 'cuda:1' or a provider's name; got {device!r}"
        raise ArgumentTypeError(msg)
    available = ort.get_available_providers()
    cpu, cuda = PROVIDERS["cpu"], PROVIDERS["cuda"]
    exact = {"use_tf32": "0"}  # TF32 products would be off by a thousandth
    if device == "auto":
        return [*([(cuda, exact)] if cuda in available else []), (cpu, {})]
    kind, colon, number = device.partition(":")
    name = PROVIDERS.get(kind, kind)
    if name not in available or (colon and not (name == cuda and number.isdecimal())):
        hint = " For CUDA: pip uninstall -y onnxruntime && pip install 'gansurrogate[gpu]'" if name == cuda else ""
        offers = ", ".join(available)
        msg = f"device {device!r} cannot be used: this onnxruntime {ort.__version__} offers {offers}.{hint}"
        raise DeviceError(msg)
    return [(name, {"device_id": number or "0", **exact} if name == cuda else {})]
