"""The sets of the papers' tables have the windows that the published scores were measured on."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GANSURROGATE_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="module")
def sets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("paper_sets", ROOT / "benchmarks" / "papers" / "sets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("stock", (3661, 6, 24)),
        ("energy", (19711, 28, 24)),
        ("etth1", (17397, 7, 24)),
        ("etth1-256", (17165, 7, 256)),
        ("mujoco", (10_000, 14, 24)),
    ],
)
def test_as_many_windows_as_published_each_one_row_on(name: str, shape: tuple[int, ...], sets: ModuleType) -> None:
    if not DATA.exists():
        pytest.skip(f"needs the recorded sets in {DATA}")
    signals, overlap, span = sets.SETS[name](DATA)
    assert signals.shape == shape
    assert overlap in (1, shape[2])
    assert span is None
    if overlap > 1:
        np.testing.assert_array_equal(signals[1:, :, :-1], signals[:-1, :, 1:])


def test_sines_are_those_of_the_published_code(sets: ModuleType) -> None:
    signals, overlap, span = sets.SETS["sines"](DATA)
    assert (signals.shape, overlap, span) == ((10_000, 5, 24), 1, (0, 1))
    random = np.random.RandomState(123)
    frequency, phase = random.uniform(0, 0.1), random.uniform(0, 0.1)
    np.testing.assert_allclose(signals[0, 0], (np.sin(frequency * np.arange(24) + phase) + 1) / 2, rtol=1e-6)
