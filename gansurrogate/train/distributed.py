"""Several processes, one training: under ``torchrun`` each plays its share of the joint batch.

Alone in its process every function here does nothing. PyTorch's DistributedDataParallel averages the gradients; what is
here sees to it that the joint batch, the budget and the losses are those of one process.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import torch
import torch.distributed as dist
import torch.distributed.nn.functional as differentiable
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from gansurrogate.errors import ArgumentError

T = TypeVar("T")


@contextmanager
def processes() -> Iterator[None]:
    """Join the processes that ``torchrun`` started; alone, do nothing."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or dist.is_initialized():
        yield
        return
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def count() -> int:
    """Number of processes."""
    return dist.get_world_size() if dist.is_initialized() else 1


def is_first() -> bool:
    """Whether this process is the one that writes files and tests."""
    return not dist.is_initialized() or dist.get_rank() == 0


def agree(value: T) -> T:
    """The first process's `value`, in all of them."""
    if count() == 1:
        return value
    values = [value]
    dist.broadcast_object_list(values)
    return values[0]


def mean(values: Mapping[str, float]) -> dict[str, float]:
    """The mean over the processes of each value."""
    if count() == 1:
        return dict(values)
    total = torch.tensor(list(values.values()), dtype=torch.float64)
    dist.all_reduce(total)
    return dict(zip(values, (total / count()).tolist(), strict=True))


def share(joint: Tensor) -> Tensor:
    """This process's rows of the joint batch.

    Raises
    ------
    ArgumentError
        If the rows cannot be shared equally.
    """
    if len(joint) % count():
        msg = f"a batch of {len(joint)} cannot be shared by {count()} processes: choose a batch_size that divides by it"
        raise ArgumentError(msg)
    return joint if count() == 1 else joint.chunk(count())[dist.get_rank()]


def together(rows: Tensor) -> Tensor:
    """The rows of all processes, in the order of the joint batch; gradients flow back to each process's own."""
    return rows if count() == 1 else torch.cat(list(differentiable.all_gather(rows)))


def synchronised(network: nn.Module) -> nn.Module:
    """`network`, its gradients averaged over the processes whenever they are computed."""
    return network if count() == 1 else DistributedDataParallel(network, broadcast_buffers=False)
