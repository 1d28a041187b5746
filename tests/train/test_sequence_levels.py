"""Numbers as levels, and back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.plugins import exporter
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.sequence.codes import Levels, choose_levels
from gansurrogate.train.sequence.generator import SequenceGenerator
from gansurrogate.train.sequence.predictor import Predictor

SPEC = gs.SignalSpec((20,), unit="V")


def signals(n: int = 500) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((n, 20)).astype(np.float32)


def levels(prefix: bool = False) -> Levels:
    return Levels(SPEC, signals(), (-5.0, 5.0), 16, prefix)


@pytest.mark.parametrize(
    ("count", "expected"),  # J. Max, "Quantizing for minimum distortion", IRE Trans. Inf. Theory 6 (1960) 7, table I
    [(2, [-0.7979, 0.7979]), (4, [-1.510, -0.4528, 0.4528, 1.510])],
)
def test_the_levels_of_normal_values_are_those_of_least_error(count: int, expected: list[float]) -> None:
    many = np.random.default_rng(1).standard_normal(200_000).astype(np.float32)
    np.testing.assert_allclose(choose_levels(many, count), expected, atol=0.02)


def test_evenly_spread_values_get_even_levels() -> None:
    chosen = choose_levels(np.linspace(0, 1, 10_001, dtype=np.float32), 10)
    np.testing.assert_allclose(chosen, np.arange(0.05, 1, 0.1), atol=1e-3)


def test_few_different_values_are_kept_as_they_are() -> None:
    values = np.array([0.1, -3.0, 7.7], np.float32)
    code = Levels(SPEC, values[np.random.default_rng(0).integers(3, size=(50, 20))], (-3.0, 7.7), 16, False)
    x = torch.from_numpy(values[np.random.default_rng(1).integers(3, size=(9, 20))])
    assert torch.equal(code.signals(code.ids(x)), x)


def test_a_value_goes_to_its_nearest_level_and_a_level_to_itself() -> None:
    code, x = levels(), torch.from_numpy(signals(50))
    nearest = (x[..., None] - code.values).abs().argmin(-1)
    assert torch.equal(code.ids(x), nearest)
    assert torch.equal(code.ids(code.values), torch.arange(code.size))


@pytest.fixture(scope="module")
def trained() -> TrainedGenerator:
    """Of random weights, with a prefix."""
    torch.manual_seed(0)
    code = levels(prefix=True)
    network = SequenceGenerator(SPEC.shape, code, Predictor(code.size, (), 8)).requires_grad_(False)
    return TrainedGenerator("levels", replace(SPEC, conditions=code.prefix), network)


@pytest.fixture(scope="module")
def surrogate(trained: TrainedGenerator, tmp_path_factory: pytest.TempPathFactory) -> gs.Surrogate:
    path: Path = tmp_path_factory.mktemp("levels") / "levels.onnx"
    exporter("onnx")(trained, path, tile=64)
    return gs.load(path, threads=1)


def test_the_file_gives_levels_only(surrogate: gs.Surrogate, trained: TrainedGenerator) -> None:
    drawn = surrogate.sample(200, conditions={"prefix": np.zeros(20), "given": 0}, rng=1)
    assert np.isin(drawn, trained.network.code.values.numpy()).all()


def test_given_values_hold_exactly(surrogate: gs.Surrogate, trained: TrainedGenerator) -> None:
    prefix, given = signals(30).clip(-5, 5), np.arange(30) % 21
    drawn = surrogate.sample(30, conditions={"prefix": prefix, "given": given}, rng=1)
    fixed = np.arange(20) < given[:, None]
    assert np.array_equal(drawn[fixed], prefix[fixed])
    assert np.isin(drawn[~fixed], trained.network.code.values.numpy()).all()
    # What follows is drawn as after the nearest levels.
    code = trained.network.code
    rounded = code.signals(code.ids(torch.from_numpy(prefix))).numpy()
    same = surrogate.sample(30, conditions={"prefix": rounded, "given": given}, rng=1)
    assert np.array_equal(drawn[~fixed], same[~fixed])
