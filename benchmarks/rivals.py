"""What one would use instead of a surrogate: onnxruntime by hand, PyTorch; and the processor's own limit."""

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from networks import LENGTH
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from timing import Work, in_turns
from torch import nn

from gansurrogate.latent import Latent
from gansurrogate.train.trained import draw_latents

BATCHES = (10, 50, 250, 1000, 2500, 5000)  # each divides every number of signals that is measured


def session(model: bytes) -> Any:
    """An onnxruntime session with one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def by_tiles(raw: Any, n: int, tile: int, *, keep: bool) -> Work:
    """``run()`` on each tile of `n` rows; what it gives is kept in one array, or dropped."""
    seed, rows = np.array(7), np.arange(n)
    shape = raw.get_outputs()[0].shape[1:]

    def call() -> None:
        signals = np.empty((n if keep else 0, *shape), np.float32)
        for first in range(0, n, tile):
            (drawn,) = raw.run(None, {"seed": seed, "rows": rows[first : first + tile]})
            if keep:
                signals[first : first + tile] = drawn

    return Work(n, call)


def pytorch(network: nn.Module, latents: tuple[Latent, ...], n: int, batch: int) -> Work:
    """`n` signals in one tensor, from PyTorch's own random numbers, `batch` at a time."""
    random = torch.Generator().manual_seed(7)

    @torch.inference_mode()
    def call() -> None:
        signals = torch.empty(n, LENGTH)
        for first in range(0, n, batch):
            signals[first : first + batch] = network(draw_latents(latents, batch, random))

    return Work(n, call)


def best_batch(work_of: Callable[[int, int], Work]) -> int:
    """The fastest of `BATCHES` for ``work_of(signals, batch)``."""
    seconds = in_turns({str(batch): work_of(BATCHES[-1], batch) for batch in BATCHES}, rounds=5)
    return min(BATCHES, key=lambda batch: median(seconds[str(batch)]))


def products(size: int = 512, repeats: int = 20) -> dict[str, Work]:
    """Products of float32 matrices (size, size), by numpy and by onnxruntime; the units are FLOP."""
    random = np.random.default_rng(0)
    a, b = (random.standard_normal((size, size), np.float32) for _ in range(2))
    out = np.empty_like(a)
    matmul = _product(b)
    bound = matmul.io_binding()
    bound.bind_cpu_input("a", a)
    bound.bind_output("c")  # stays where it is: no copy into an array

    def by_numpy() -> None:
        for _ in range(repeats):
            np.matmul(a, b, out)

    def by_onnxruntime() -> None:
        for _ in range(repeats):
            matmul.run_with_iobinding(bound)

    flop = 2.0 * size**3 * repeats
    return {"numpy": Work(flop, by_numpy), "onnxruntime": Work(flop, by_onnxruntime)}


def _product(b: NDArray[np.float32]) -> Any:
    a, c = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [len(b), len(b)]) for name in "ac")
    node = helper.make_node("MatMul", ["a", "b"], ["c"])
    graph = helper.make_graph([node], "product", [a], [c], [numpy_helper.from_array(b, "b")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return session(model.SerializeToString())
