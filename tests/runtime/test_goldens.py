"""The golden surrogates of every release give the signals that they gave when they were written.

So do files that the exporter writes today, with another onnxruntime: the noxfile brings them.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from golden_signals import SEED, START, N, build, conditions_of

import gansurrogate as gs
from gansurrogate import rowlaw
from gansurrogate.onnxfile import headed
from gansurrogate.session import open_session

DATA = Path(__file__).parent / "data"
GOLDENS = sorted(DATA.glob("*.onnx"))
EXPORTS = sorted(Path(os.environ.get("GANSURROGATE_TEST_EXPORTS", DATA / "none")).glob("*.onnx"))  # by the noxfile
FLOAT = headed(1, b"\x08\x01")  # a tensor of float32, of any shape


@pytest.fixture(scope="module", params=[*GOLDENS, *EXPORTS], ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def kept(path: Path) -> dict[str, np.ndarray]:
    with np.load(path.with_suffix(".npz")) as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def surrogate(path: Path) -> gs.Surrogate:
    return gs.load(path, device="cpu", threads=1)


def test_there_are_goldens_of_this_version_and_of_the_first() -> None:
    found = {tuple(path.stem.split("-", 1)) for path in GOLDENS}
    names = ("golden", "fields", "text")
    assert {(name, version) for name in names for version in ("0.1.0", gs.__version__)} <= found
    unfinished = [path.name for path in GOLDENS if ".dev" in path.name and gs.__version__ not in path.name]
    assert unfinished == []  # of versions that were never released


def test_a_golden_passes_its_self_test(surrogate: gs.Surrogate) -> None:
    surrogate.self_test()


def test_a_golden_gives_the_signals_that_it_gave(surrogate: gs.Surrogate, kept: dict[str, np.ndarray]) -> None:
    signals = surrogate.sample(N, conditions=conditions_of(kept), rng=SEED, start=START)
    assert (signals.shape, signals.dtype) == (kept["signals"].shape, surrogate.spec.dtype)
    test = surrogate.manifest.self_test
    np.testing.assert_allclose(signals, kept["signals"], atol=test.atol, rtol=test.rtol)
    if build() == str(kept["build"]):
        np.testing.assert_array_equal(signals, kept["signals"])


def test_a_goldens_latents_are_the_same_bits_everywhere(
    path: Path, surrogate: gs.Surrogate, kept: dict[str, np.ndarray]
) -> None:
    rows = np.arange(START, START + N)
    np.testing.assert_array_equal(rowlaw.latents(SEED, rows, surrogate.manifest.latents), kept["latents"])
    # The graph gives its latents as a second output: a message that comes in parts is the sum of them.
    session = open_session(
        path.read_bytes() + headed(7, headed(12, headed(1, b"latent") + headed(2, FLOAT))), ("CPUExecutionProvider", {})
    )
    feeds = surrogate.spec.encode_conditions(conditions_of(kept), N) | {"seed": np.array(SEED), "rows": rows}
    np.testing.assert_array_equal(session.run(["latent"], feeds)[0], kept["latents"])


def test_conditions_of_rows_are_drawn_as_they_were(surrogate: gs.Surrogate, kept: dict[str, np.ndarray]) -> None:
    for name, values in surrogate.draw_conditions(N, rng=SEED, start=START).items():
        np.testing.assert_array_equal(values, conditions_of(kept)[name])
