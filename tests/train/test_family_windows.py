"""The family of windows: columns to normal scores and back, the mixture, and the generator that starts from it."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import kstest
from torch import Tensor

import gansurrogate as gs
from gansurrogate.train import Recordings, TrainedGenerator
from gansurrogate.train.default.columns import Columns
from gansurrogate.train.default.mixture import fit
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.windows import WindowsGenerator, look_for_windows
from gansurrogate.train.trained import draw_latents

LENGTH = 12


@pytest.fixture(scope="module")
def windows() -> Tensor:
    """Windows of a made-up log: a slow level, a counter in steps, a sensor with a bound, copies of two, a constant."""
    random = np.random.default_rng(0)
    n = 3000
    slow = np.cumsum(random.normal(0, 0.05, n + LENGTH))
    slow = np.sin(slow) + 0.01 * random.standard_normal(n + LENGTH)
    counter = 10 * np.round(2 + 2 * np.sin(np.cumsum(random.normal(0, 0.1, n + LENGTH))))
    bounded = np.minimum(np.cumsum(random.normal(0, 0.1, n + LENGTH)) % 3, 2)
    table = np.stack([slow, counter, bounded, slow, 3 * slow - 0.5 * bounded + 7, np.full_like(slow, 4)]).astype("f4")
    return torch.from_numpy(np.stack([table[:, i : i + LENGTH] for i in range(n)]))


@pytest.fixture(scope="module")
def generator(windows: Tensor, recipe: DefaultRecipe) -> WindowsGenerator:
    torch.manual_seed(0)
    return WindowsGenerator(windows, recipe)


def drawn(generator: WindowsGenerator, n: int) -> Tensor:
    with torch.no_grad():
        return generator(draw_latents(generator.latents, n, torch.Generator().manual_seed(1)))


def test_normal_scores_lead_back_to_the_signals(windows: Tensor) -> None:
    columns = Columns(windows)
    back = columns(columns.scores(windows))
    assert torch.equal(back[:, 1], windows[:, 1])  # ties: exactly
    tied = windows[:, 2] == 2
    assert tied.float().mean() > 0.2
    assert (back[:, 2][tied] == 2).all()
    torch.testing.assert_close(back, windows, rtol=1e-5, atol=1e-5)


def test_scores_are_normal_and_one_within_a_run_of_ties(windows: Tensor) -> None:
    columns = Columns(windows)
    scores = columns.scores(windows)
    for column in range(3):
        assert kstest(scores[:, column].flatten()[::7], "norm").statistic < 0.03
    held = windows[:, 1, 1:] == windows[:, 1, :-1]
    assert (torch.diff(scores[:, 1])[held] == 0).all()


def test_copies_combinations_and_constants_are_rebuilt(windows: Tensor) -> None:
    columns = Columns(windows)
    assert columns.kept == [0, 1, 2]
    signals = columns(torch.randn(50, 3, LENGTH))
    assert torch.equal(signals[:, 3], signals[:, 0])
    torch.testing.assert_close(signals[:, 4], 3 * signals[:, 0] - 0.5 * signals[:, 2] + 7, rtol=1e-4, atol=1e-4)
    assert (signals[:, 5] == 4).all()


def test_any_score_gives_values_within_the_data(windows: Tensor) -> None:
    columns = Columns(windows)
    signals = columns(torch.linspace(-9, 9, 3 * LENGTH * 100).reshape(100, 3, LENGTH))
    assert (signals.amax((0, 2)) <= windows.amax((0, 2)) + 1e-5).all()
    assert (signals.amin((0, 2)) >= windows.amin((0, 2)) - 1e-5).all()


def test_a_mixture_finds_the_parts_it_was_drawn_from() -> None:
    torch.manual_seed(0)
    centres = torch.tensor([[-2.0, 0.0], [2.0, 1.0]])
    part = torch.tensor([0] * 3000 + [1] * 1000)
    points = centres[part] + torch.randn(4000, 2) @ torch.tensor([[0.5, 0.2], [0.0, 0.3]])
    mixture = fit(points, torch.ones(2), 2, 2)
    order = mixture.means[:, 0].argsort()
    torch.testing.assert_close(mixture.weights[order], torch.tensor([0.75, 0.25]), rtol=0, atol=0.01)
    torch.testing.assert_close(mixture.means[order], centres, rtol=0, atol=0.05)
    factor = mixture.factors[order[0]]
    expected = torch.tensor([[0.25, 0.1], [0.1, 0.13]])
    torch.testing.assert_close(factor @ factor.T, expected, rtol=0, atol=0.02)


def test_a_mixture_of_one_part_is_the_gaussian_of_the_same_moments() -> None:
    torch.manual_seed(0)
    points = torch.randn(2000, 60) @ torch.diag(torch.linspace(2, 0.5, 60))
    mixture = fit(points, torch.ones(60), 1, 48)
    factor = mixture.factors[0]
    torch.testing.assert_close(mixture.means[0], points.mean(0), rtol=0, atol=1e-5)
    torch.testing.assert_close(factor @ factor.T, torch.cov(points[:, :48].T), rtol=2e-3, atol=2e-3)
    torch.testing.assert_close(mixture.spreads[0], points[:, 48:].std(0), rtol=2e-3, atol=0)


def test_the_generator_starts_at_the_densities_and_the_covariance_of_the_data(
    windows: Tensor, generator: WindowsGenerator
) -> None:
    signals = drawn(generator, 3000)
    for channel in range(3):
        real, made = (side[:, channel].flatten().sort().values for side in (windows, signals))
        assert (real - made).abs().mean() < 0.05 * real.std()  # Wasserstein distance
    scores = [generator.columns.scores(side).flatten(1) for side in (windows, signals)]
    real, made = (torch.cov(side.T) for side in scores)
    assert (real - made).abs().max() < 0.15


def test_the_network_starts_without_a_say_and_learns(generator: WindowsGenerator) -> None:
    latent = draw_latents(generator.latents, 64, torch.Generator().manual_seed(1))
    generator(latent).square().mean().backward()
    assert generator.log_spread.weight.grad.any(dim=1).all()
    generator.zero_grad()


def test_rows_of_the_exported_file_do_not_depend_on_each_other(
    generator: WindowsGenerator, windows: Tensor, tmp_path: Path
) -> None:
    onnx = pytest.importorskip("gansurrogate_onnx")
    spec = gs.SignalSpec(shape=tuple(windows.shape[1:]), unit="1")
    path = tmp_path / "windows.onnx"
    onnx.export(TrainedGenerator("windows", spec, generator), path, tile=64)  # compares with PyTorch, whole and cut
    signals = gs.load(path).sample(500, rng=1)
    assert set(np.unique(signals[:, 5])) == {4.0}
    assert np.array_equal(signals[:, 3], signals[:, 0])
    on_grid = np.isin(signals[:, 1], np.unique(windows[:, 1]))
    assert on_grid.mean() > 0.97


def test_the_game_plays_windows_from_their_start(windows: Tensor, recipe: DefaultRecipe) -> None:
    spec = gs.SignalSpec(shape=tuple(windows.shape[1:]), unit="1")
    recordings = Recordings("log", spec, windows[::4].numpy(), {}, {})
    assert recipe.prepare(recordings, seed=1).describe()["family"] == "autoregressive"  # the counter leaps
    game = replace(recipe, family="windows").prepare(recordings, seed=1)
    losses = [game.move(step, step / 3) for step in range(3)]
    assert np.isfinite([list(step.values()) for step in losses]).all()
    assert 0.4 < game.test() <= 1


def test_windows_are_told_from_other_signals_of_several_channels(windows: Tensor, sines) -> None:
    assert look_for_windows(windows)
    for shape in ((32,), (2, 32), (6, 8), (3, 48)):
        assert not look_for_windows(torch.from_numpy(sines(shape=shape)))
    assert not look_for_windows(windows.repeat(1, 1, 16))  # too long


def test_longer_windows_want_five_for_each_of_their_values() -> None:
    random = np.random.default_rng(0)
    levels, noise = random.standard_normal((2000, 2, 1)), random.standard_normal((2000, 2, 100))
    signals = torch.from_numpy(levels + 0.3 * noise)
    assert look_for_windows(signals)
    assert not look_for_windows(signals[:999])
    assert look_for_windows(signals[:100, :, :64])


def test_windows_of_256_samples_of_seven_quantities() -> None:
    shared = Path(__file__).resolve().parents[3] / "shared" / "data"
    file = Path(os.environ.get("GANSURROGATE_TEST_DATA", shared)) / "etth1" / "ETTh1.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    rows = np.loadtxt(file, delimiter=",", skiprows=1, usecols=range(1, 8), dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(rows, 256, 0)[:10_000]
    assert look_for_windows(torch.from_numpy(windows.copy()))
