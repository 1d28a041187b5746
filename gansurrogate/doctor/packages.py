"""Versions, and the one thing that goes wrong most often: which onnxruntime is installed."""

import platform
import re
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

from gansurrogate.doctor import nvidia
from gansurrogate.doctor.finding import Finding
from gansurrogate.errors import MissingPackageError
from gansurrogate.session import installed_wheels, onnxruntime

OLDEST = (1, 21)  # onnxruntime; older ones lack Add and Mul on unsigned integers
PYPI_HAS_GPU_WHEEL = ("x86_64", "AMD64")


def check_versions() -> Iterator[Finding]:
    """Python, numpy and this package."""
    yield Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Finding("numpy", version("numpy"))
    yield Finding("gansurrogate", version("gansurrogate"))


def check_onnxruntime(root: Path = nvidia.ROOT) -> Iterator[Finding]:
    """The wheel for this machine, once, whole and not too old."""
    wheels = _wheels()
    names, card = list(wheels), nvidia.has_card(root)
    extra = "gpu" if card and _has_gpu_wheel() else "cpu"
    install = f"pip install 'gansurrogate[{extra}]'"
    instead = f"pip uninstall -y {' '.join(names)} && {install}"
    found = " and ".join(f"{name} {number}" for name, number in wheels.items())
    if not wheels:
        yield Finding("onnxruntime", "not installed: no surrogate can be loaded", "problem", install)
        return
    if len(wheels) > 1:
        yield Finding("onnxruntime", f"{found} overwrite each other's files", "problem", instead)
        return
    (number,) = wheels.values()
    if _numbers(number) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        newer = f"pip install -U '{names[0]}>={oldest}'"
        yield Finding("onnxruntime", f"{found} is older than {oldest}", "problem", newer)
        return
    again = f"pip install --force-reinstall --no-deps {names[0]}=={number}"
    try:
        imported = onnxruntime()
    except MissingPackageError as error:
        yield Finding("onnxruntime", f"{found} cannot be imported: {error.__cause__}", "problem", again)
        return
    if imported.__version__ != number:
        value = f"{found} is installed, but {imported.__version__} is imported from {imported.__file__}"
        yield Finding("onnxruntime", value, "problem", again)
    elif "gpu" in names[0] and not card:
        value = f"{found}, but no NVIDIA card is seen here: right on a login node, else surrogates run on the CPU"
        yield Finding("onnxruntime", value, "warning", instead)
    elif names[0] == "onnxruntime" and card and _has_gpu_wheel():
        yield Finding("onnxruntime", f"{found} cannot use the NVIDIA card that is here", "warning", instead)
    else:
        yield Finding("onnxruntime", found)


def _wheels() -> dict[str, str]:
    """Every distribution that brings the module, and those whose module is gone."""
    owners = packages_distributions().get("onnxruntime", ())
    return installed_wheels() | {name: version(name) for name in owners}


def _has_gpu_wheel() -> bool:
    return platform.machine() in PYPI_HAS_GPU_WHEEL


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])
