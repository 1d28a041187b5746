"""The unit's library: its C code compiled for this machine, and onnxruntime's library to lie beside it."""

import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from gansurrogate.errors import ExportError, MissingPackageError

SOURCES = Path(__file__).parent / "c"
_LIBRARY = {"linux": "libonnxruntime.so*", "darwin": "libonnxruntime*.dylib"}


def fmi_platform() -> str:
    """FMI's name of this platform, the folder under ``binaries/``.

    Raises
    ------
    ExportError
        On others than Linux and macOS.
    """
    if sys.platform == "linux" and platform.machine() == "x86_64":
        return "linux64"
    if sys.platform == "darwin":
        return "darwin64"
    msg = f"a unit is exported on the platform it is for, Linux (x86_64) or macOS; this is {platform.platform()}"
    raise ExportError(msg)


def suffix() -> str:
    """Of a shared library, as FMI wants it."""
    return ".dylib" if sys.platform == "darwin" else ".so"


def onnxruntime_folder() -> Path:
    """Where onnxruntime's wheel lies; it is not imported.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    found = importlib.util.find_spec("onnxruntime")
    if found is None or found.origin is None:
        msg = "the unit takes onnxruntime's library along, which is not installed: pip install 'gansurrogate[cpu]'"
        raise MissingPackageError(msg)
    return Path(found.origin).parent


def onnxruntime_library() -> Path:
    """The shared library in onnxruntime's wheel.

    Raises
    ------
    MissingPackageError
        If there is none.
    """
    folder = onnxruntime_folder() / "capi"
    libraries = sorted(folder.glob(_LIBRARY[sys.platform]))
    if not libraries:
        msg = f"there is no {_LIBRARY[sys.platform]} in {folder}: install onnxruntime's wheel from PyPI"
        raise MissingPackageError(msg)
    return libraries[0]


def compiler() -> list[str]:
    """The command that compiles C: ``$CC``, or cc, gcc or clang.

    Raises
    ------
    MissingPackageError
        If there is none.
    """
    if named := shlex.split(os.environ.get("CC", "")):
        return named
    for name in ("cc", "gcc", "clang"):
        if path := shutil.which(name):
            return [path]
    msg = "a unit is compiled, and there is no C compiler: apt-get install gcc (Debian), xcode-select --install (macOS)"
    raise MissingPackageError(msg)


def compile_unit(sources: Path, library: Path) -> None:
    """Compile the C files in `sources` to the shared library `library`.

    Raises
    ------
    ExportError
        With what the compiler says.
    """
    files = sorted(str(path) for path in sources.glob("*.c"))
    # Hidden symbols: a host may load many units, all with the same names.
    options = ["-std=c11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", str(library)]
    command = [*compiler(), *options, *files, "-ldl", "-lpthread", "-lm"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        msg = f"cannot run the C compiler {command[0]}: {error.strerror}; set CC to one that is there"
        raise ExportError(msg) from error
    if done.returncode:
        msg = f"the C compiler failed ({shlex.join(command)}): {done.stderr.strip()[-1000:]}"
        raise ExportError(msg)
