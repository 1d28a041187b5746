"""The one module that imports onnxruntime: a surrogate's graph, ready to run on a device."""

import os
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
    SurrogateFileError,
)
from gansurrogate.manifest import Manifest

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
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
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors only: a library does not print into its host
        wanted = _providers(ort, device)
        try:
            self._session = ort.InferenceSession(data, options, providers=wanted)
        except Exception as error:  # onnxruntime's own classes derive from Exception only
            msg = f"onnxruntime {ort.__version__} refuses the graph: {str(error).splitlines()[0]}"
            raise SurrogateFileError(msg) from error
        self.providers: tuple[str, ...] = tuple(self._session.get_providers())
        name = wanted[0][0] if isinstance(wanted[0], tuple) else wanted[0]
        if name not in self.providers:
            if device != "auto":
                msg = (
                    f"device {device!r} cannot be used: {name} did not start (its CUDA or cuDNN libraries are missing"
                    " or too old). Try: pip install 'gansurrogate[gpu]', or device='cpu'"
                )
                raise DeviceError(msg)
            logger.warning("%s did not start; the surrogate runs on %s", name, self.providers[0])
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
        """
        (signal,) = self._session.run(["signal"], feeds)
        result: NDArray[np.float32] = signal
        return result

    def _check_graph(self, manifest: Manifest) -> None:
        """The graph's inputs and output are those of the manifest, by name, type and rank."""
        spec = manifest.spec
        wanted = {"seed": ("tensor(int64)", 0), "rows": ("tensor(int64)", 1)}
        wanted |= {c.name: (_TYPES[c.kind], 1) for c in spec.conditions}
        found = {i.name: (i.type, len(i.shape)) for i in self._session.get_inputs()}
        output = [(o.name, o.type, tuple(o.shape[1:])) for o in self._session.get_outputs()]
        if found != wanted or output != [("signal", "tensor(float)", spec.shape)]:
            msg = (
                f"the graph takes {found} and gives {output}; the manifest promises {wanted} and a float signal"
                f" of shape (N, {', '.join(map(str, spec.shape))})"
            )
            raise GraphMismatchError(msg)


def _providers(ort: ModuleType, device: str) -> list[Any]:
    """What to ask onnxruntime for, best first."""
    available = ort.get_available_providers()
    if not isinstance(device, str):
        msg = f"device is 'auto', 'cpu', 'cuda', 'cuda:1' or a provider's name; got {device!r}"
        raise ArgumentTypeError(msg)
    if device == "auto":
        best = [PROVIDERS["cuda"]] if PROVIDERS["cuda"] in available else []
        return [*best, PROVIDERS["cpu"]]
    kind, colon, number = device.partition(":")
    name = PROVIDERS.get(kind, kind)
    if name not in available or (colon and not (kind == "cuda" and number.isdigit())):
        msg = (
            f"device {device!r} cannot be used: this onnxruntime {ort.__version__} offers {', '.join(available)}."
            " For CUDA: pip uninstall -y onnxruntime && pip install 'gansurrogate[gpu]'"
        )
        raise DeviceError(msg)
    return [(name, {"device_id": number}) if number else name]
