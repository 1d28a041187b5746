"""The page's C++ program, with the very library that Python samples with."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs

COMPILER = shutil.which("c++")
HEADERS = "/usr/include/onnxruntime"  # where Debian puts them; the compiler looks into $CPLUS_INCLUDE_PATH as well
ONNXRUNTIME = importlib.util.find_spec("onnxruntime")
INCLUDES = "#include <onnxruntime_cxx_api.h>\n#include <nlohmann/json.hpp>\n"


def test_the_pages_program_gives_pythons_bits(programs: Path, sine: Callable[..., Path], tmp_path: Path) -> None:
    assert ONNXRUNTIME is not None
    libraries = [*Path(str(ONNXRUNTIME.origin)).parent.glob("capi/libonnxruntime.so.*")]
    if COMPILER is None or not libraries:
        pytest.skip("needs a C++ compiler, and onnxruntime as a shared library (Linux)")
    compile_ = [COMPILER, "-std=c++17", "-I", HEADERS, "-x", "c++"]
    if subprocess.run(
        [*compile_, "-fsyntax-only", "-"], input=INCLUDES, capture_output=True, text=True, check=False
    ).returncode:
        pytest.skip(
            "needs onnxruntime's and nlohmann's headers: libonnxruntime-dev and nlohmann-json3-dev of Debian 13"
        )
    (tmp_path / "libonnxruntime.so.1").symlink_to(libraries[0])
    link = ["-L", tmp_path, "-l:libonnxruntime.so.1", f"-Wl,-rpath,{tmp_path}"]
    subprocess.run(
        [*compile_, programs / "sample.cpp", "-Wall", "-Werror", "-o", tmp_path / "sample", *link], check=True
    )
    surrogate = gs.load(shutil.copy(sine(), tmp_path / "noisy-sine.onnx"), device="cpu")
    subprocess.run([tmp_path / "sample"], cwd=tmp_path, env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"}, check=True)
    drawn = np.fromfile(tmp_path / "signals.f32", np.float32)
    assert np.array_equal(drawn.view(np.uint32), surrogate.sample(1000, rng=7).ravel().view(np.uint32))
