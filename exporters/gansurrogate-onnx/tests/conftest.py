"""Trained generators that nobody trained: random weights around random smooth signals, made in milliseconds."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

import gansurrogate as gs
from gansurrogate.train import TrainedGenerator

torch.set_num_threads(1)

ENERGY = gs.Condition("energy", unit="keV", low=10, high=500)
KIND = gs.Condition("kind", levels=("a", "b", "c"))
SPECS = {
    "1-d": gs.SignalSpec((40,), unit="V"),
    "image": gs.SignalSpec((6, 8)),
    "conditional": gs.SignalSpec((33,), unit="V", sampling_rate=1e6, conditions=(ENERGY,)),
    "channels and categories": gs.SignalSpec((2, 16), conditions=(KIND, ENERGY)),
}

Untrained = Callable[..., TrainedGenerator]


@pytest.fixture(scope="session")
def make_golden() -> ModuleType:
    """The program that makes the golden files."""
    path = Path(__file__).parents[3] / "tests" / "make_golden.py"
    found = importlib.util.spec_from_file_location("make_golden", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["make_golden"] = module  # PyTorch's tracer imports the module of a network's methods
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def untrained(make_golden: ModuleType) -> Untrained:
    """``untrained(spec)``: a generator with random weights around random smooth signals."""
    maker: Untrained = make_golden.untrained
    return maker


@pytest.fixture(scope="session", params=SPECS)
def trained(request: pytest.FixtureRequest, untrained: Untrained) -> TrainedGenerator:
    """One trained generator of each kind of signal."""
    return untrained(SPECS[request.param])


@pytest.fixture(scope="session")
def exported(trained: TrainedGenerator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The surrogate file of `trained`, alone in its folder."""
    from gansurrogate_onnx import export

    path = tmp_path_factory.mktemp("exported") / "model.onnx"
    export(trained, path, license="CC0-1.0", citation="doi:10.1/2", description="for tests", tile=64)
    return path
