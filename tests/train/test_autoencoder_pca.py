"""The base line: principal components, against scikit-learn and against a linear autoencoder that was trained."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

import gansurrogate as gs
from gansurrogate.errors import RecordingsError
from gansurrogate.train import Recordings, find_recipe
from gansurrogate.train.autoencoder.game import AutoencoderGame
from gansurrogate.train.autoencoder.pca import fitting_scaling, noise_floor, principal_components

CODES = 3
Sheet = Callable[..., Recordings]


def sets(sheet: Sheet) -> tuple[np.ndarray, np.ndarray]:
    """Signals to fit to, and others."""
    return sheet(600, seed=1).signals, sheet(300, seed=2).signals


def rms(left: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(left, dtype=np.float64))))


def test_components_and_errors_are_those_of_scikit_learn(sheet: Sheet) -> None:
    signals, others = sets(sheet)
    pca, reference = principal_components(torch.from_numpy(signals), "whole"), PCA().fit(signals)
    overlap = np.abs(np.sum(pca.components.numpy()[:4] * reference.components_[:4], axis=1))
    np.testing.assert_allclose(overlap, 1, atol=1e-4)
    np.testing.assert_allclose(pca.spread * pca.scale[0], np.sqrt(reference.explained_variance_), rtol=1e-3)
    errors = pca.errors(torch.from_numpy(others)) * pca.scale[0]
    assert errors[0] == pytest.approx(rms(others - signals.mean(0)), rel=1e-4)
    for codes in (1, 4, 20):
        few = PCA(codes).fit(signals)
        left = others - few.inverse_transform(few.transform(others))
        assert errors[codes] == pytest.approx(rms(left), rel=1e-4)
    assert errors[24] == pytest.approx(0, abs=1e-5)


def test_scaled_by_channel_they_are_those_of_standardised_channels(sheet: Sheet) -> None:
    signals = sheet(400).signals.reshape(400, 2, 12) * np.array([[1.0], [1e5]], np.float32)
    pca = principal_components(torch.from_numpy(signals), "channel")
    spread = (signals - signals.mean(0)).std((0, 2), keepdims=True)
    reference = PCA().fit((signals / spread).reshape(400, 24))
    np.testing.assert_allclose(pca.spread**2, reference.explained_variance_, rtol=1e-3)


def test_the_networkless_autoencoder_is_pca(sheet: Sheet) -> None:
    game = find_recipe("pca").changed({"codes": CODES}).prepare(sheet(), 0)
    assert game.test() == pytest.approx(game.pca_errors[CODES], rel=1e-5)


def test_a_trained_linear_autoencoder_reaches_pca_and_cannot_beat_it(sheet: Sheet) -> None:
    """P. Baldi and K. Hornik, "Neural networks and principal component analysis", Neural Networks 2 (1989) 53."""
    recipe = find_recipe("autoencoder").changed({"form": "plain", "depth": 0, "codes": CODES, "learning_rate": 0.02})
    game = recipe.prepare(sheet(), 0)
    assert isinstance(game, AutoencoderGame)
    for step in range(1500):
        game.move(step, step / 1500)
    whole = game.real.whole().signals
    with torch.no_grad():
        reached = game.unit * rms(game.autoencoder(whole).numpy())
    best = game.unit * float(game.pca.errors(whole)[CODES])
    assert best * (1 - 1e-5) < reached < 1.005 * best


@pytest.mark.parametrize("n", [60, 2000])
def test_the_noise_floor_is_that_of_the_noise(sheet: Sheet, n: int) -> None:
    pca = principal_components(torch.from_numpy(sheet(n, noise=0.2).signals), "whole")
    errors = pca.errors(torch.from_numpy(sheet(2000, noise=0.2, seed=9).signals))
    assert noise_floor(errors, 24) * pca.scale[0] == pytest.approx(0.2, rel=0.05)


def test_channels_of_very_different_size_are_scaled_one_by_one(sheet: Sheet) -> None:
    two, image = gs.SignalSpec((2, 12)), gs.SignalSpec((12, 12))
    windows = torch.from_numpy(sheet(100).signals.reshape(100, 2, 12))
    assert fitting_scaling(windows, two) == "whole"
    assert fitting_scaling(windows * torch.tensor([[1.0], [1e3]]), two) == "channel"
    assert fitting_scaling(torch.eye(12).expand(5, 12, 12), image) == "whole"
    assert fitting_scaling(torch.from_numpy(sheet(100).signals), gs.SignalSpec((24,))) == "whole"


def test_a_channel_that_never_moves_is_no_division_by_zero(sheet: Sheet) -> None:
    signals = sheet(100).signals.reshape(100, 2, 12).copy()
    signals[:, 0] = 7.0
    pca = principal_components(torch.from_numpy(signals), "channel")
    assert torch.isfinite(pca.components).all()
    assert float(pca.errors(torch.from_numpy(signals))[12]) == pytest.approx(0, abs=1e-3)


def test_signals_too_large_for_a_covariance_are_refused() -> None:
    with pytest.raises(RecordingsError, match=r"up to 4096 values; got shape \(100, 50\)"):
        principal_components(torch.zeros(10, 100, 50), "whole")
