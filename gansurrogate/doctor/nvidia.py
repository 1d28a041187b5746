"""NVIDIA cards, their driver, and the CUDA libraries that onnxruntime opens. Linux; elsewhere nothing is seen."""

import contextlib
import ctypes
import io
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gansurrogate.doctor.finding import Finding, Level
from gansurrogate.providers import CUDA
from gansurrogate.session import onnxruntime

DRIVER = "libcuda.so.1"
SECONDS = 60.0  # that nvidia-smi may take: where nothing else uses the driver, it starts it
ROOT = Path("/")


def has_card(root: Path = ROOT) -> bool:
    """Is there a card that this process could open? Under WSL 2 it is called dxg."""
    return any(root.glob("dev/nvidia[0-9]*")) or (root / "dev/dxg").exists()


def check_card(root: Path = ROOT) -> Iterator[Finding]:
    """The cards and their driver, as nvidia-smi says."""
    what, visible = "NVIDIA card", os.environ.get("CUDA_VISIBLE_DEVICES")
    chosen = "" if visible is None else f"; CUDA_VISIBLE_DEVICES={visible}"
    if not has_card(root):
        if (root / "proc/driver/nvidia/version").exists():
            value = "the driver is loaded, but this container or job was given no card"
            yield Finding(what, value, "warning", "docker: --gpus all; apptainer: --nv; SLURM: --gres=gpu:1")
        else:
            yield Finding(what, "none")
    elif (command := shutil.which("nvidia-smi")) is None:
        yield Finding(what, f"in /dev; nvidia-smi is not on the PATH{chosen}")
    else:
        asked = [command, "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=SECONDS, check=False)
        lines = (done.stdout + done.stderr).strip().splitlines() or ["nothing"]
        if done.returncode:
            yield Finding(what, f"nvidia-smi fails: {lines[0]}", "problem", "repair the NVIDIA driver, or restart")
        elif visible in ("", "-1"):
            yield Finding(what, f"hidden{chosen}", "warning", "unset CUDA_VISIBLE_DEVICES")
        else:
            yield Finding(what, "; ".join(lines) + chosen)


def check_libraries(root: Path = ROOT) -> Iterator[Finding]:
    """Can the libraries be opened that this onnxruntime was built for?"""
    ort = onnxruntime()
    built = str(getattr(ort, "cuda_version", ""))
    if CUDA not in ort.get_available_providers() or not built or sys.platform != "linux":
        return
    if hasattr(ort, "preload_dlls"):  # as `load` does: those of the pip packages before the system's
        with contextlib.redirect_stdout(io.StringIO()):
            ort.preload_dlls(directory="")
    yield from libraries(built, f"pip install 'onnxruntime-gpu[cuda,cudnn]=={ort.__version__}'", card=has_card(root))


def libraries(built: str, install: str, *, card: bool) -> Iterator[Finding]:
    """The libraries of CUDA `built`, such as ``"13.0"``, and the driver; what is missing is bad if there is a card."""
    major = int(built.partition(".")[0])
    wanted = [f"lib{name}.so.{major}" for name in ("cudart", "cublasLt", "cublas")]
    wanted += ["libcurand.so.10", f"libcufft.so.{major - 1}", "libcudnn.so.9"]
    found, missing = defaultdict(list), defaultdict(list)
    for name in wanted:
        place = opened(name)
        if isinstance(place, Path):
            found[str(place.parent)].append(name)
        else:
            missing[place.removeprefix(f"{name}: ")].append(name)
    for folder, names in found.items():
        yield Finding(f"CUDA {major} libraries", f"{', '.join(names)} in {folder}")
    level: Level = "problem" if card else "warning"
    for cause, names in missing.items():
        yield Finding(f"CUDA {major} libraries", f"{', '.join(names)}: {cause}", level, install)
    if not isinstance(place := opened(DRIVER), Path):
        if card:
            yield Finding("NVIDIA driver", place, "problem", "install the NVIDIA driver; hand it to the container")
    elif (newest := driver_cuda()) < major:
        older = "; for CUDA 12: pip install 'onnxruntime-gpu[cuda,cudnn]<1.27'" if newest == 12 else ""
        value = f"it supports CUDA {newest}; this onnxruntime was built for CUDA {built}"
        yield Finding("NVIDIA driver", value, "problem", f"install a newer driver{older}")
    else:
        yield Finding("NVIDIA driver", f"{DRIVER} in {place.parent}, for CUDA up to {newest}")


def opened(name: str) -> Path | str:
    """Where the dynamic linker finds a library, or what it says instead."""
    try:
        ctypes.CDLL(name)
    except OSError as error:
        return str(error)
    place = re.search(rf"/\S*/{re.escape(name)}\S*$", Path("/proc/self/maps").read_text(), re.MULTILINE)
    return Path(place[0] if place else name)


def driver_cuda() -> int:
    """The newest CUDA major version that the installed driver supports."""
    number = ctypes.c_int()
    ctypes.CDLL(DRIVER).cuDriverGetVersion(ctypes.byref(number))
    return number.value // 1000
