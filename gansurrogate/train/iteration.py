"""A loop over steps that PyTorch's exporter writes as one ONNX Scan instead of every step by itself."""

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor

State = TypeVar("State", bound=tuple[Tensor, ...])


def iterate(
    step: Callable[[State, tuple[Tensor, ...]], tuple[State, Tensor]], state: State, places: tuple[Tensor, ...]
) -> Tensor:
    """What `step` gives at each of the places, stacked along a first axis.

    Parameters
    ----------
    step : callable
        ``step(state, place) -> (new state, result)``, where none of what it returns is one of its arguments.
    state : tuple of tensors
        Before the first step.
    places : tuple of tensors of shape (steps, ...)
    """
    if torch.compiler.is_exporting():
        from torch._higher_order_ops.scan import scan

        exported: Any = scan(step, state, places)
        scanned: Tensor = exported[1]
        return scanned
    results = []
    for place in zip(*places, strict=True):
        state, result = step(state, place)
        results.append(result)
    return torch.stack(results)
