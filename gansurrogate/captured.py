"""Runs of one shape at fixed addresses, as a CUDA graph needs them."""

import threading
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray


class CapturedRun:
    """A session's graph for one shape, with inputs and output that stay where they are.

    With the provider option ``enable_cuda_graph`` onnxruntime records the kernels of the first runs and from then on
    launches them all at once; that needs the same addresses every time, and one run at a time.

    Parameters
    ----------
    ort : module
        onnxruntime.
    session : onnxruntime.InferenceSession
    feeds : dict
        Inputs of the shapes and types to come.
    shape : tuple of int
        Of the signals.
    dtype : numpy.dtype
        Of the signals.
    place : tuple of str and int
        The device in onnxruntime's words.
    """

    def __init__(
        self,
        ort: ModuleType,
        session: Any,
        feeds: dict[str, NDArray[Any]],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        place: tuple[str, int],
    ) -> None:
        self._session, self._lock = session, threading.Lock()
        self._inputs = {name: ort.OrtValue.ortvalue_from_numpy(value, *place) for name, value in feeds.items()}
        self._output = ort.OrtValue.ortvalue_from_shape_and_type(list(shape), dtype.type, *place)
        self._binding = session.io_binding()
        for name, value in self._inputs.items():
            self._binding.bind_ortvalue_input(name, value)
        self._binding.bind_ortvalue_output("signal", self._output)

    def run(self, feeds: dict[str, NDArray[Any]]) -> NDArray[Any]:
        """Evaluate the graph once; `feeds` have the shapes of the first ones."""
        with self._lock:
            for name, value in feeds.items():
                self._inputs[name].update_inplace(value)
            self._binding.synchronize_inputs()
            self._session.run_with_iobinding(self._binding)
            self._binding.synchronize_outputs()
            signals: NDArray[Any] = self._output.numpy()
            return signals.copy() if self._output.device_name() == "cpu" else signals  # there it is no copy yet
