"""Surrogates, the programs that docs/other-languages.md prints, and the examples of docs/hosts."""

import functools
import importlib
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.plugins import exporter

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "other-languages.md"
EXAMPLES = TESTS.parent / "docs" / "hosts"


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's programs: code blocks whose first line names a file."""
    folder = tmp_path_factory.mktemp("programs")
    for block in re.findall(r"^```\w+\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE):
        if named := re.match(r"// ([\w-]+\.\w+)", block):
            (folder / named[1]).write_text(block)
    return folder


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the examples for hosts."""
    return EXAMPLES


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], ModuleType]:
    """``example(name, package)``: an example as a module, if the host it is for is installed."""

    def load(name: str, package: str) -> ModuleType:
        pytest.importorskip(package, reason=f"needs {package}: make hosts")
        monkeypatch.syspath_prepend(EXAMPLES)
        return importlib.import_module(name)

    return load


@pytest.fixture(scope="session")
def golden() -> Path:
    """Two channels, with a continuous condition `energy` and a categorical one `kind`."""
    return TESTS / "runtime" / "data" / f"golden-{gs.__version__}.onnx"


@pytest.fixture(scope="session")
def sine(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``sine(**options of the exporter)``: an untrained surrogate shaped like the noisy sine's."""
    found = importlib.util.spec_from_file_location("make_golden", TESTS / "make_golden.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    trained = module.untrained(gs.SignalSpec((300,), unit="V"))

    @functools.cache
    def export(**options: bool) -> Path:
        path = tmp_path_factory.mktemp("sine") / "noisy-sine.onnx"
        exporter("onnx")(trained, path, tile=64, **options)
        return path

    return export


@pytest.fixture(scope="session", params=["golden", "sine", "sine for CPUs only"])
def path(request: pytest.FixtureRequest, golden: Path, sine: Callable[..., Path]) -> Path:
    """A surrogate file of each kind: with conditions, without, and with BitShift in its row law."""
    match request.param:
        case "golden":
            return golden
        case "sine":
            return sine()
        case _:
            return sine(cpu_only=True)


@pytest.fixture(scope="session")
def surrogate(path: Path) -> gs.Surrogate:
    """The file as Python loads it."""
    return gs.load(path, device="cpu", threads=1)


@pytest.fixture(scope="session")
def with_latent(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the file that gives its inner tensor `latent` as well."""
    import onnx

    model = onnx.load(path)
    model.graph.output.append(onnx.helper.make_tensor_value_info("latent", onnx.TensorProto.FLOAT, None))
    copy = tmp_path_factory.mktemp("with-latent") / "model.onnx"
    onnx.save(model, copy)
    return copy


@pytest.fixture(scope="session")
def deviation() -> Callable[[np.ndarray, np.ndarray], float]:
    """``deviation(drawn, expected)``: the largest one, relative to the expected signals' standard deviation."""
    return lambda drawn, expected: float(np.abs(drawn - expected).max() / expected.std())
