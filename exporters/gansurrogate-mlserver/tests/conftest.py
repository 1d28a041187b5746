"""Surrogate files, and MLServer with all of them on loopback."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gansurrogate_mlserver import export

ROOT = Path(__file__).parents[3]
NAMES = ("golden", "fields", "text")


def benchmark(name: str) -> ModuleType:
    """A module of the benchmarks' folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def clients() -> ModuleType:
    """The benchmark's clients, which compare bytes."""
    return benchmark("clients")


@pytest.fixture(scope="module")
def server(file, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """MLServer with each of the files as a model; at most 2000 signals of ``golden`` in a request."""
    if not all(importlib.util.find_spec(name) for name in ("mlserver", "tritonclient")):  # importing both would clash
        pytest.skip("needs mlserver and tritonclient: make hosts")
    folder = tmp_path_factory.mktemp("models")
    for name in NAMES:
        export(file(name), folder / name, name=name, most=2000 if name == "golden" else None, device="cpu")
    (folder / "golden" / "settings.json").rename(folder / "settings.json")
    with benchmark("server").Server(folder) as started:
        yield started
        said = "".join(started.log)
        assert "Traceback" not in said, said
