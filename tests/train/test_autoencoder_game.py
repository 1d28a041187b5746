"""An autoencoder from recordings to figures, on signals whose latent dimension and noise are known."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, RecordingsError
from gansurrogate.train import Budget, Recordings, RunFolder, TrainedGenerator, find_recipe, train
from gansurrogate.train.autoencoder.game import AutoencoderGame
from gansurrogate.train.autoencoder.recipe import AutoencoderRecipe

NOISE = 0.05
Sheet = Callable[..., Recordings]


def small(**values: object) -> AutoencoderRecipe:
    recipe = find_recipe("autoencoder").changed({"codes": 2, "width": 32, "batch_size": 64, "checks": 1, **values})
    assert isinstance(recipe, AutoencoderRecipe)
    return recipe


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, sheet: Sheet) -> tuple[Path, TrainedGenerator]:
    """The run folder of a training, and what it gave."""
    run = RunFolder(tmp_path_factory.mktemp("sheet") / "run")
    return run.path, train(sheet(), run, recipe=small(), budget=Budget(steps=1200), seed=1)


def test_it_reaches_the_noise_floor_where_pca_does_not(finished: tuple[Path, TrainedGenerator]) -> None:
    figures = finished[1].fidelity
    error, base = figures["reconstruction_rms"], figures["pca_rms"]
    assert error["floor"] == base["floor"] == pytest.approx(NOISE, rel=0.03)
    assert error["value"] < 1.1 * NOISE
    assert base["value"] > 5 * NOISE


def test_corrupted_signals_are_told_from_real_ones(finished: tuple[Path, TrainedGenerator]) -> None:
    figures = finished[1].fidelity
    for kind in ("spike", "dropped", "frequency", "noise"):
        figure = figures[f"anomaly_{kind}_auc"]
        assert figure["value"] >= 0.95
        assert figure["floor"] == pytest.approx(0.5, abs=0.1)


def test_generated_signals_have_the_spread_and_noise_of_real_ones(
    finished: tuple[Path, TrainedGenerator], sheet: Sheet
) -> None:
    drawn, real = finished[1].rows(7, range(4000)), sheet(4000, seed=5).signals
    np.testing.assert_allclose(drawn.std(0), real.std(0), rtol=0.1)
    rough = [np.diff(x, 8, axis=1).std() for x in (drawn, real)]  # hardly anything but noise survives this
    assert rough[0] == pytest.approx(rough[1], rel=0.1)
    assert finished[1].training["noise"].startswith("white")


def test_the_parts_fit_together(finished: tuple[Path, TrainedGenerator], sheet: Sheet) -> None:
    companions, x = finished[1].companions, torch.from_numpy(sheet(50, seed=6).signals)
    codes = torch.from_numpy(companions["encoder"].rows(0, range(50), [x]))
    assert codes.shape == (50, 2)
    assert companions["encoder"].spec.shape == (2,)
    decoded = companions["decoder"].rows(0, range(50), [codes])
    np.testing.assert_array_equal(decoded, companions["reconstruction"].rows(3, range(50), [x]))
    assert np.std(decoded - x.numpy()) < 1.2 * NOISE


def test_the_run_folder_holds_its_pictures(finished: tuple[Path, TrainedGenerator]) -> None:
    assert {"signals.png", "reconstructions.png", "codes.png", "anomalies.png"} <= {
        p.name for p in finished[0].iterdir()
    }


def test_it_starts_as_pca(sheet: Sheet) -> None:
    game = small().prepare(sheet(), 0)
    assert game.test() == pytest.approx(game.pca_errors[2], rel=1e-5)


def test_what_a_condition_says_needs_no_code(sheet: Sheet) -> None:
    random = np.random.default_rng(0)
    given = random.uniform(-1, 1, 1000).astype(np.float32)
    shape = sheet(2).signals
    signals = given[:, None] ** 2 * shape[0] + random.uniform(-1, 1, (1000, 1)).astype(np.float32) * shape[1]
    spec = gs.SignalSpec((24,), conditions=[gs.Condition("given", low=-1, high=1)])
    errors = []
    for recordings in (
        Recordings("known", spec, signals, {"given": given}, {}),
        Recordings("unknown", gs.SignalSpec((24,)), signals, {}, {}),
    ):
        game = small(codes=1).prepare(recordings, 0)
        assert isinstance(game, AutoencoderGame)
        for step in range(400):
            game.move(step, step / 400)
        errors.append(game.test())
    assert errors[0] < 0.2 * errors[1]


def test_a_game_goes_on_as_if_it_had_not_been_saved(sheet: Sheet) -> None:
    def play(game: AutoencoderGame, first: int, last: int) -> None:
        for step in range(first, last):
            game.move(step, step / 60)

    recordings = sheet(400)
    whole, cut, resumed = (AutoencoderGame(recordings, small(), seed) for seed in (1, 1, 2))
    play(whole, 0, 60)
    play(cut, 0, 30)
    stored = io.BytesIO()
    torch.save(cut.to_dict(), stored)
    stored.seek(0)
    resumed.restore(torch.load(stored, weights_only=True))
    play(resumed, 30, 60)
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, resumed.network.state_dict()[name])
    assert whole.test() == resumed.test()


def test_more_codes_than_components_are_refused(sheet: Sheet) -> None:
    with pytest.raises(ArgumentError, match="there are 24 principal components; the recipe asks for 25 codes"):
        small(codes=25).prepare(sheet(), 0)


@pytest.mark.parametrize("name", ["recording", "codes"])
def test_a_condition_called_like_an_input_is_refused(sheet: Sheet, name: str) -> None:
    signals = sheet(200).signals
    spec = gs.SignalSpec((24,), conditions=[gs.Condition(name, low=0, high=1)])
    recordings = Recordings("x", spec, signals, {name: np.linspace(0, 1, 200, dtype=np.float32)}, {})
    with pytest.raises(RecordingsError, match=f"a condition is called '{name}'"):
        small().prepare(recordings, 0)
