"""The providers that onnxruntime was built with, against those that really start here."""

from collections.abc import Iterator

import numpy as np

from gansurrogate import session
from gansurrogate.doctor.child import ask
from gansurrogate.doctor.finding import Finding, said
from gansurrogate.doctor.nvidia import has_card
from gansurrogate.errors import DeviceError
from gansurrogate.providers import CPU, CUDA, DEFAULTS, candidates

# y = Conv(x, w), opset 18: an operator that on CUDA needs cuBLAS and cuDNN as well.
MODEL = (
    b'\x08\x08:_\n\x0f\n\x01x\n\x01w\x12\x01y"\x04Conv\x12\x01g'
    b"Z\x17\n\x01x\x12\x12\n\x10\x08\x01\x12\x0c\n\x02\x08\x01\n\x02\x08\x01\n\x02\x08\x03"
    b"Z\x17\n\x01w\x12\x12\n\x10\x08\x01\x12\x0c\n\x02\x08\x01\n\x02\x08\x01\n\x02\x08\x01"
    b"b\x17\n\x01y\x12\x12\n\x10\x08\x01\x12\x0c\n\x02\x08\x01\n\x02\x08\x01\n\x02\x08\x03B\x04\n\x00\x10\x12"
)
STARTS = "starts"


def check_devices(device: str) -> Iterator[Finding]:
    """Start each provider, and say what `device` comes to."""
    available = session.onnxruntime().get_available_providers()
    trials = {name: _trial(name) for name in sorted(available, key=CPU.__ne__)}
    yield from trials.values()
    try:
        wanted = [name for name, _ in candidates(device, available, lambda provider: {})]
    except DeviceError as error:
        yield Finding(f"device {device}", said(error), "problem", "name a provider that starts, or cpu")
        return
    if usable := [name for name in wanted if trials[name].value.startswith(STARTS)]:
        yield Finding(f"device {device}", usable[0])
    else:
        value = f"{wanted[0]} does not start"
        yield Finding(f"device {device}", value, "problem", "repair what is said of it above, or name another device")


def start(name: str) -> Iterator[Finding]:
    """Run the one-operator model on a provider."""
    x, w = (np.array(values, np.float32).reshape(1, 1, -1) for values in ([1, 2, 3], [2]))
    try:
        opened = session.open_session(MODEL, (name, DEFAULTS.get(name, {})))
        (y,) = opened.run(None, {"x": x, "w": w})
    except Exception as error:  # onnxruntime's own classes derive from Exception only
        yield Finding(name, said(error).splitlines()[0], "problem")
        return
    if not np.array_equal(y, w * x):
        yield Finding(name, f"computes {w.item():g} * {x.ravel()} as {y.ravel()}", "problem")
    elif session.shares(opened)[name] == 0:
        yield Finding(name, f"{STARTS}, but leaves a convolution to the CPU")
    else:
        yield Finding(name, STARTS)


def _trial(name: str) -> Finding:
    """What `start` finds, in another process, and how bad that is here."""
    (*_, finding), remarks = ask(start, name)
    if finding.level == "ok":
        return finding
    value = f"does not start: {remarks[0] if remarks else finding.value}"
    if name not in (CPU, CUDA):
        return Finding(name, f"{value} (needed for --device {name} only)")
    if name == CUDA and not has_card():
        return Finding(name, value, "warning", "none is needed where there is no NVIDIA card")
    return Finding(name, value, "problem", "repair what this names, or install onnxruntime again")
