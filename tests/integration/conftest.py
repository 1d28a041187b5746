"""Small models and recordings, and the command line as a user calls it."""

import importlib.util
import signal
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.plugins import exporter
from gansurrogate.train import Budget, RunFolder, from_signal_generator, train
from gansurrogate.train.recipes import find_recipe

torch.set_num_threads(1)

TESTS = Path(__file__).parents[1]
COMMAND = Path(sysconfig.get_path("scripts"), "gansurrogate")
RECIPE = """
name = "tiny"
width = 32
depth = 2
latent_size = 3
head_width = 64
head_depth = 1
noise_head_width = 8
octaves = 1
batch_size = 32
pilot_signals = 240
held_out_signals = 60
checks = 2
warm_up_steps = 5
signals = 300
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands write into the current folder, and take signals."""
    monkeypatch.chdir(tmp_path)
    previous = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGPIPE)}
    yield
    for number, handler in previous.items():
        signal.signal(number, handler)


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    """A recipe whose training takes a second."""
    (tmp_path / "tiny.toml").write_text(RECIPE)
    return "tiny.toml"


@pytest.fixture(scope="session")
def golden() -> Path:
    """Two channels, with a continuous condition `energy` and a categorical one `kind`."""
    return TESTS / "runtime" / "data" / f"golden-{gs.__version__}.onnx"


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained surrogate of short signals without conditions."""
    found = importlib.util.spec_from_file_location("make_golden", TESTS / "make_golden.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    path = tmp_path_factory.mktemp("plain") / "plain.onnx"
    exporter("onnx")(module.untrained(gs.SignalSpec((20,), unit="V")), path)
    return path


@pytest.fixture(scope="session")
def noisy_sine_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hardly trained surrogate of the noisy sine, for the examples in the docs."""
    folder = tmp_path_factory.mktemp("noisy-sine")
    (folder / "tiny.toml").write_text(RECIPE)
    recipe, run = find_recipe(str(folder / "tiny.toml")), RunFolder(folder)
    recordings = from_signal_generator(gs.signal_generator("noisy-sine"), recipe.signals, seed=1)
    run.start({"seed": 1, "seconds": None, "steps": 30}, recipe, recordings)
    trained = train(recordings, run, recipe=recipe, budget=Budget(steps=30), seed=1)
    exporter("onnx")(trained, folder / "noisy-sine.onnx")
    return folder / "noisy-sine.onnx"


@pytest.fixture(scope="session")
def pulses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of pulses whose height is the condition `energy` and whose sign is the condition `kind`."""
    random = np.random.default_rng(0)
    energy, kind = random.uniform(1, 5, 300), random.choice(["down", "up"], 300)
    shape = np.exp(-(((np.arange(24) - 8 - random.normal(0, 1, (300, 1))) / 3) ** 2))
    signals = np.where(kind == "up", 1, -1)[:, None] * energy[:, None] * shape + 0.1 * random.normal(size=(300, 24))
    path = tmp_path_factory.mktemp("recordings") / "pulses.npz"
    np.savez(path, signals=signals.astype(np.float32), energy=energy, kind=kind)
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the installed command; what a test leaves running is ended."""
    started: list[subprocess.Popen[str]] = []

    def command(*arguments: object, **options: object) -> subprocess.Popen[str]:
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        # A test run in the background ignores Ctrl-C, and its children would too.
        process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **{**streams, **options},
        )
        started.append(process)
        return process

    yield command
    for process in started:
        with process:
            process.kill()
