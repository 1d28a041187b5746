"""Surrogates on an NVIDIA card. Without one, or without an onnxruntime that uses it, every test here is skipped."""

import ctypes
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gansurrogate as gs
from gansurrogate.doctor.nvidia import has_card
from gansurrogate.latent import Latent
from gansurrogate.plugins import exporter, installed
from gansurrogate.providers import CUDA
from gansurrogate.session import onnxruntime

TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True, scope="session")
def _a_card() -> None:
    if not has_card():
        pytest.skip("there is no NVIDIA card on this machine")
    if CUDA not in onnxruntime().get_available_providers():
        pytest.skip("this onnxruntime has no CUDA: pip uninstall -y onnxruntime && pip install 'gansurrogate[gpu]'")


@pytest.fixture(scope="session", params=["golden", "sine", "convolutions", "lstm"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A surrogate file of each kind; the untrained ones are exported here."""
    if request.param == "golden":  # with a continuous condition and a categorical one
        return TESTS / "runtime" / "data" / f"golden-{gs.__version__}.onnx"
    torch = pytest.importorskip("torch", reason="exporting needs the extra [train]")
    path = tmp_path_factory.mktemp(request.param) / f"{request.param}.onnx"
    torch.manual_seed(0)
    exporter("onnx")(_trained(request.param), path, tile=64)
    return path


def _trained(kind: str) -> Any:
    """An untrained generator of 300 samples, in what a trained one is kept in."""
    from torch import nn

    from gansurrogate.train.trained import TrainedGenerator

    spec = gs.SignalSpec((300,), unit="V")
    if kind == "sine":
        found = importlib.util.spec_from_file_location("make_golden", TESTS / "make_golden.py")
        assert found is not None
        assert found.loader is not None
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        return module.untrained(spec)

    class Recurrent(nn.Module):
        latents = (Latent("normal", 12),)

        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.dense = nn.LSTM(3, 32, batch_first=True), nn.Linear(32, 300)

        def forward(self, latent: Any) -> Any:
            return self.dense(self.lstm(latent.reshape(-1, 4, 3))[0][:, -1])

    class Convolutional(nn.Sequential):
        latents = (Latent("normal", 8),)

        def __init__(self) -> None:
            super().__init__(
                nn.Linear(8, 32 * 75), nn.Unflatten(1, (32, 75)),
                nn.ConvTranspose1d(32, 16, 4, stride=2, padding=1), nn.LeakyReLU(0.2),
                nn.ConvTranspose1d(16, 1, 4, stride=2, padding=1), nn.Flatten(),
            )  # fmt: skip

    network: nn.Module = Recurrent() if kind == "lstm" else Convolutional()
    return TrainedGenerator(kind, spec, network.eval().requires_grad_(False))


@pytest.fixture(scope="session")
def on_card(path: Path) -> gs.Surrogate:
    return gs.load(path, device="cuda")


@pytest.fixture(scope="session")
def on_cpu(path: Path) -> gs.Surrogate:
    return gs.load(path, device="cpu", threads=1)


@pytest.fixture
def options() -> Iterator[Callable[[Mapping[str, object]], None]]:
    """Provider options for what is loaded from now on, by the hook; a test's end takes them back."""
    manager, registered = installed().manager, []

    def use(wanted: Mapping[str, object]) -> None:
        hook = gs.hookimpl(lambda provider: wanted if provider == CUDA else None, specname="provider_options")
        registered.append(manager.register(SimpleNamespace(provider_options=hook)))

    yield use
    for name in registered:
        manager.unregister(name=name)


@pytest.fixture(scope="session")
def free_memory(_a_card: None) -> Callable[[], int]:
    """Bytes that are free on the card, as CUDA says."""
    runtime = ctypes.CDLL(f"libcudart.so.{onnxruntime().cuda_version.partition('.')[0]}")

    def ask() -> int:
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        assert runtime.cudaMemGetInfo(ctypes.byref(free), ctypes.byref(total)) == 0
        return free.value

    return ask


@pytest.fixture(scope="session")
def run_python() -> Callable[..., str]:
    """What a program prints in a fresh interpreter."""

    def run(program: str, *arguments: object) -> str:
        command = [sys.executable, "-c", program, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
