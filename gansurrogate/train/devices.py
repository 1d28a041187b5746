"""Where networks are trained."""

import os

import torch

from gansurrogate.errors import ArgumentError, DeviceError


def pick(name: str) -> torch.device:
    """The device called `name`: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, or with ``"auto"`` a GPU if there is one.

    Under ``torchrun`` each process on a machine takes a GPU of its own.

    Raises
    ------
    ArgumentError
        For another name.
    DeviceError
        If PyTorch cannot use the GPU that is asked for.
    """
    available = torch.cuda.is_available()
    if name == "auto":
        name = "cuda" if available else "cpu"
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda") or (number and not (kind == "cuda" and number.isdecimal())):
        msg = f"a training's device is auto, cpu, cuda or cuda:N; got {name!r}"
        raise ArgumentError(msg)
    if kind == "cpu":
        return torch.device("cpu")
    index = int(number or os.environ.get("LOCAL_RANK", "0"))
    if not available or index >= torch.cuda.device_count():
        has = f"sees {torch.cuda.device_count()} of them" if available else "cannot use any"
        msg = f"the device {name!r} is asked for, but PyTorch {torch.__version__} {has}: nvidia-smi shows what there is"
        raise DeviceError(msg)
    return torch.device("cuda", index)
