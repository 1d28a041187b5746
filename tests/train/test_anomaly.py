"""Anomaly scores and the corruptions they are tested with."""

from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.fidelity import anomaly_score
from gansurrogate.fidelity.anomaly import CORRUPTIONS, auc, scores

TIME = np.arange(101)
ONE = np.array(0.1)


def corrupted(kind: str, x: np.ndarray, error: np.ndarray = ONE) -> np.ndarray:
    return CORRUPTIONS[kind](x, error, np.random.default_rng(0))


def test_the_score_is_the_residual_in_units_of_the_training_error() -> None:
    residual = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(scores(residual, np.array(2.0)), [np.sqrt(12.5) / 2, 0])
    channels = np.array([[[1.0, 1.0], [100.0, 100.0]]])
    np.testing.assert_allclose(scores(channels, np.array([[1.0], [100.0]])), [1.0])


def test_the_auc_is_the_chance_that_the_anomalous_one_scores_higher() -> None:
    assert auc(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1
    assert auc(np.array([1.0, 3.0]), np.array([2.0, 4.0])) == 0.75


@pytest.mark.parametrize("kind", CORRUPTIONS)
@pytest.mark.parametrize("shape", [(64,), (3, 20), (8, 8), (5, 1)])
def test_a_corruption_keeps_the_shape_and_the_original(kind: str, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).normal(size=(10, *shape)).astype(np.float32)
    before = x.copy()
    error = np.full((*shape[:-1], 1), 0.1)
    changed = corrupted(kind, x, error)
    assert changed.shape == x.shape
    assert np.isfinite(changed).all()
    np.testing.assert_array_equal(x, before)
    if shape != (5, 1) or kind != "frequency":  # one sample has no frequency
        assert (changed != x).reshape(10, -1).any(1).all()


def test_a_spike_is_one_value_off_by_one_standard_deviation() -> None:
    x = np.random.default_rng(1).normal(0, 3, (200, 50))
    off = corrupted("spike", x) - x
    assert ((off != 0).sum(1) == 1).all()
    np.testing.assert_allclose(np.abs(off).max(1), x.std())
    assert {*np.sign(off.sum(1))} == {-1, 1}


def test_a_spike_has_the_size_of_its_channel() -> None:
    x = np.random.default_rng(1).normal(0, 1, (200, 2, 50)) * np.array([[1.0], [1000.0]])
    off = np.abs(corrupted("spike", x, np.array([[0.1], [100.0]])) - x).max((0, 2))
    np.testing.assert_allclose(off, x.std((0, 2)))


def test_a_dropped_stretch_reads_zero() -> None:
    dropped = corrupted("dropped", np.ones((50, 100))) == 0
    assert (dropped.sum(1) == 10).all()
    assert (np.diff(dropped.astype(int), axis=1) == 1).sum(1).max() == 1  # in one piece


def test_a_wrong_frequency_is_twice_the_right_one() -> None:
    x = np.cos(2 * np.pi * (TIME - 50) / 25)[None]
    np.testing.assert_allclose(corrupted("frequency", x)[0], np.cos(2 * np.pi * 2 * (TIME - 50) / 25), atol=1e-12)


def test_doubled_noise_doubles_the_residual() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((2000, 100))
    assert corrupted("noise", noise).std() == pytest.approx(0.2, rel=0.01)


def test_only_a_reconstruction_scores_anomalies() -> None:
    golden = Path(__file__).parents[1] / "runtime" / "data" / f"golden-{gs.__version__}.onnx"
    with pytest.raises(gs.errors.ArgumentError, match="train with --recipe autoencoder and load NAME-reconstruction"):
        anomaly_score(gs.load(golden), np.zeros((1, 2, 16)))
