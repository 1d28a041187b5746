"""From ``device="cuda:1"`` to the onnxruntime providers to try and their options."""

import re
from collections.abc import Callable, Mapping, Sequence

from gansurrogate.errors import ArgumentTypeError, DeviceError

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
PROVIDERS = {"cpu": CPU, "cuda": CUDA}
DEFAULTS = {
    CUDA: {
        "use_tf32": "0",  # TF32 products would be off by a thousandth
        "cudnn_conv_algo_search": "HEURISTIC",  # the default, EXHAUSTIVE, takes seconds at the first call
        "arena_extend_strategy": "kNextPowerOfTwo",  # fixed tiles: the other strategy grows without bound
    }
}
Provider = tuple[str, dict[str, str]]  # name and options
Choose = Callable[[Sequence[str]], Sequence[str] | None]  # the providers that a site wants to be tried
Wanted = Callable[[str], Mapping[str, object]]  # a provider's name to the options that a site or program wants


def candidates(
    device: str,
    available: Sequence[str],
    wanted: Wanted,
    *,
    cpu_only: bool = False,
    chosen: Sequence[str] | None = None,
) -> list[Provider]:
    """Providers to try for `device`, best first.

    Parameters
    ----------
    device : str
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or the name of an onnxruntime provider.
    available : sequence of str
        What this onnxruntime was built with.
    wanted : callable
        Options that win over `DEFAULTS`.
    cpu_only : bool
        The file was exported for CPUs only.
    chosen : sequence of str, optional
        What ``auto`` tries: CUDA, if this onnxruntime has it, and the CPU by default.

    Raises
    ------
    DeviceError
        If `device` is not among the available ones.
    """
    if not isinstance(device, str):
        msg = f"device is 'auto', 'cpu', 'cuda', 'cuda:1' or a provider's name; got {device!r}"
        raise ArgumentTypeError(msg)
    if device == "auto":
        names = chosen or ([CPU] if cpu_only or CUDA not in available else [CUDA, CPU])
        return [(name, _options(name, wanted)) for name in names]
    kind, number = (match[1], match[2]) if (match := re.fullmatch(r"(cuda):(\d+)", device)) else (device, None)
    name = PROVIDERS.get(kind, kind)
    if name not in available:
        hint = " For CUDA: pip uninstall -y onnxruntime && pip install 'gansurrogate[gpu]'." if name == CUDA else ""
        msg = (
            f"device {device!r} cannot be used: this onnxruntime offers {', '.join(available)}.{hint}"
            " `gansurrogate doctor` tells more"
        )
        raise DeviceError(msg)
    if cpu_only and name != CPU:
        msg = (
            f"device {device!r} cannot be used: the file was exported for CPUs only;"
            " export it without cpu_only, in float32 or float16"
        )
        raise DeviceError(msg)
    return [(name, {**_options(name, wanted), **({"device_id": number} if number else {})})]


def _options(name: str, wanted: Wanted) -> dict[str, str]:
    return DEFAULTS.get(name, {}) | {key: str(value) for key, value in wanted(name).items()}
