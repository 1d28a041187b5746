"""The autoregressive family: pieces of a density, how a table goes on, and windows drawn instant by instant."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import gansurrogate as gs
from gansurrogate.train import Recordings, TrainedGenerator, recipe_from
from gansurrogate.train.data import Part
from gansurrogate.train.default.autoregressive import AutoregressiveGenerator
from gansurrogate.train.default.course import Course, grain_of
from gansurrogate.train.default.pieces import cut
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.windows import look_for_leaps
from gansurrogate.train.trained import draw_latents, generate

LENGTH = 12
APART = 17  # instants between the beginnings of windows: an hour begins anywhere in them
HOLDS = 0.6  # probability that the counter keeps its value


def log(n: int, seed: int = 0) -> np.ndarray:
    """Windows (n, 4, LENGTH) of a made-up log, one after the other with gaps between.

    A counter that holds or moves by ten, a forecast read between whole hours of four instants, a slow process, and one
    that follows it but for a little.
    """
    random = np.random.default_rng(seed)
    length = n * APART
    walk = np.cumsum(random.choice([-1, 0, 1], length, p=[0.2, HOLDS, 0.2]))
    counter = 10 * np.abs((walk + 10) % 40 - 20)
    hours = np.cumsum(random.normal(0, 1, length // 4 + 1))
    forecast = np.interp(np.arange(length), 4 * np.arange(len(hours)), hours)
    slow = np.empty(length)
    slow[0], noise = 0, random.normal(0, 0.3, length)
    for i in range(1, length):
        slow[i] = 0.95 * slow[i - 1] + noise[i]
    follows = 2 * slow + random.normal(0, 0.05, length)
    table = np.stack([counter, forecast, slow, follows]).astype("f4")
    return np.stack([table[:, i : i + LENGTH] for i in range(0, length, APART)])


@pytest.fixture(scope="module")
def windows() -> Tensor:
    return torch.from_numpy(log(2000))


@pytest.fixture(scope="module")
def generator(windows: Tensor, recipe: DefaultRecipe) -> AutoregressiveGenerator:
    torch.manual_seed(0)
    return AutoregressiveGenerator(windows, recipe).eval().requires_grad_(False)


def scaled(values: Tensor) -> tuple[np.ndarray, np.ndarray]:
    x = values.transpose(1, 2).double().numpy()
    spread = x.std((0, 1))
    return (x - x.mean((0, 1))) / spread, grain_of(x) / spread


def test_pieces_of_a_mixture_are_its_atoms_and_equally_spread_intervals() -> None:
    random = np.random.default_rng(0)
    values = np.concatenate([random.standard_normal(60_000), np.full(30_000, 0.5), np.full(10_000, -2.0)])
    pieces = cut(values, 1e-6)
    atoms = pieces.low == pieces.high
    np.testing.assert_array_equal(pieces.low[atoms], [-2, 0.5])
    np.testing.assert_allclose(pieces.share[atoms], [0.1, 0.3])
    assert pieces.share.sum() == pytest.approx(1)
    # Probability up to each edge, by the pieces and by the law.
    np.testing.assert_array_less(pieces.high[:-1], pieces.low[1:] + 1e-12)
    from scipy.special import ndtr

    expected = 0.6 * ndtr(pieces.high) + 0.1 * (pieces.high >= -2) + 0.3 * (pieces.high >= 0.5)
    # Of an interval that ends where an atom lies, the atom comes after it.
    expected -= np.where(~atoms & (pieces.high == 0.5), 0.3, 0) + np.where(~atoms & (pieces.high == -2), 0.1, 0)
    np.testing.assert_allclose(np.cumsum(pieces.share), expected, atol=0.01)


def test_each_value_belongs_to_its_piece() -> None:
    random = np.random.default_rng(1)
    values = np.where(random.random(5000) < 0.4, 0.0, random.standard_normal(5000))
    pieces = cut(values, 1e-6)
    chosen = np.searchsorted(pieces.edges, values)
    assert (pieces.low[chosen] <= values + 1e-9).all()
    assert (values <= pieces.high[chosen] + 1e-9).all()
    assert (pieces.low[chosen][values == 0] == pieces.high[chosen][values == 0]).all()


def test_few_values_are_all_atoms_and_one_value_is_one_piece() -> None:
    assert (cut(np.array([1.0, 1, 2, 5]), 1e-6).low == [1, 2, 5]).all()
    assert cut(np.zeros(9), 1e-6).share.tolist() == [1]


def test_a_course_knows_what_each_column_does(windows: Tensor) -> None:
    x, grain = scaled(windows)
    course = Course(x, grain)
    assert course.onward_columns.tolist() == [1]
    assert course.foretold == [2, 3]
    chosen = course.choices(torch.from_numpy(x).float())
    phase, rows = 1, chosen[:, 1:]
    held = torch.from_numpy(np.abs(np.diff(x[:, 1:, 0], axis=1)) < 1e-4)
    assert (course.fresh[phase, 0][rows[..., 0]] == 0).all()  # every move of the counter is an atom
    assert (course.low[phase, 0][rows[..., 0]][held] == 0).all()
    goes_on = course.onward[phase, 1][rows[..., 1]]
    assert goes_on.mean() == pytest.approx(3 / 4, abs=0.01)
    # What is left of the one that follows is its own noise, in units of its spread.
    noise = 0.05 / float(windows[:, 3].std())
    values = torch.from_numpy(x).float()
    left = values[:, 2:, 3] - course.expected(1, values[:, 1:-1], values[:, :-2])[..., 3]
    left -= values[:, 2:] @ course.beside(1)[3]
    assert left.std().item() == pytest.approx(noise, rel=0.05)


def test_relations_have_unit_spread_and_see_only_columns_before(windows: Tensor) -> None:
    x, grain = scaled(windows)
    relations = Course(x, grain).relations(x)
    assert relations.shape == (2, 5)
    assert (relations[0, 4:] == 0).all()
    seen = torch.from_numpy(x).float() @ relations[:, 1:].T + relations[:, 0]
    torch.testing.assert_close(seen.flatten(0, 1).std(0), torch.ones(2), rtol=0.02, atol=0)


def test_drawing_and_likelihood_have_the_same_recurrent_layer(generator: AutoregressiveGenerator) -> None:
    random = torch.Generator().manual_seed(0)
    seen = torch.randn(5, 7, generator.recurrent.input_size, generator=random)
    expected, _ = generator.recurrent(seen)
    hidden = torch.zeros(7, generator.recurrent.hidden_size)
    for at, row in zip(seen, expected, strict=True):
        hidden = generator._cell(at, hidden)
        torch.testing.assert_close(hidden, row)


def test_it_starts_from_the_shares_of_the_pieces(generator: AutoregressiveGenerator, windows: Tensor) -> None:
    """Before training every step is drawn as often as in the data, whatever came before."""
    drawn = generate(generator, [], 2000)
    real = windows.numpy()
    assert np.isfinite(drawn).all()
    held = [np.mean(np.diff(side[:, 0], axis=1) == 0) for side in (real, drawn)]
    assert held[1] == pytest.approx(held[0], abs=0.02)
    assert np.isin(drawn[:, 0], np.unique(real[:, 0])).all()
    spread = [np.diff(side[:, 2], axis=1).std() for side in (real, drawn)]
    assert spread[1] == pytest.approx(spread[0], rel=0.05)


def test_a_column_sees_those_before_it_and_none_after(generator: AutoregressiveGenerator, windows: Tensor) -> None:
    """The columns of the second instant, as the uniform values that decide them change."""
    latent = draw_latents(generator.latents, 200, torch.Generator().manual_seed(0))
    before = generator(latent)
    first = latent.shape[1] - (LENGTH - 1) * generator.size
    for column in range(generator.size):
        moved = latent.clone()
        moved[:, first + column] = 1 - moved[:, first + column] + 1e-3
        changed = (generator(moved)[:, :, 1] - before[:, :, 1]).abs().amax(0) > 1e-6
        assert not changed[:column].any()
        assert changed[column]


def test_a_short_training_learns_the_law_of_the_log() -> None:
    sizes = {"width": 48, "batch_size": 64, "warm_up_steps": 20, "pilot_signals": 2500, "ema_decay": 0.98}
    spec = gs.SignalSpec((4, LENGTH), unit="1")
    recordings = Recordings("log", spec, log(3000), {}, {})
    game = recipe_from({**sizes, "held_out_signals": 200}).prepare(recordings, seed=1)
    assert game.describe()["family"] == "autoregressive"
    steps = 500
    losses = [game.move(step, step / steps)["surprise"] for step in range(steps)]
    assert np.mean(losses[-20:]) < np.mean(losses[:5]) - 0.1
    real, drawn = log(2000, seed=1), generate(game.network, [], 2000)
    # The forecast turns every four instants, and not in between.
    for side in (real, drawn):
        bends = np.abs(np.diff(side[:, 1], 2, axis=1)) > 1e-4
        apart = [np.diff(np.flatnonzero(row)) for row in bends]
        assert np.mean(np.concatenate(apart) == 4) > 0.8
    for lag in (1, 5):
        together = [np.corrcoef(side[:, 2, 0], side[:, 2, lag])[0, 1] for side in (real, drawn)]
        assert together[1] == pytest.approx(together[0], abs=0.04)
    beside = [(side[:, 3] - 2 * side[:, 2]).std() for side in (real, drawn)]
    assert beside[1] == pytest.approx(beside[0], rel=0.25)


def test_a_likelihood_is_blurred_by_its_own_randomness_only(
    generator: AutoregressiveGenerator, windows: Tensor
) -> None:
    part = Part(windows[:50], ())
    torch.manual_seed(5)
    first, again = (generator.surprise(part, torch.Generator().manual_seed(3)) for _ in range(2))
    assert first.item() == again.item()


def test_a_training_depends_on_its_seed_only() -> None:
    """Dropout too: a game that another process goes on with has other global random numbers."""
    sizes = {"width": 8, "batch_size": 16, "pilot_signals": 200, "held_out_signals": 60}
    recordings = Recordings("log", gs.SignalSpec((4, LENGTH), unit="1"), log(300), {}, {})
    whole, begun, rest = (recipe_from(sizes).prepare(recordings, seed=seed) for seed in (1, 1, 2))
    for step in range(4):
        torch.manual_seed(step)
        whole.move(step, step / 4)
    begun.move(0, 0)
    begun.move(1, 1 / 4)
    torch.manual_seed(99)
    rest.restore(begun.to_dict())
    for step in (2, 3):
        rest.move(step, step / 4)
    resumed = rest.network.state_dict()
    assert all(torch.equal(value, resumed[name]) for name, value in whole.network.state_dict().items())


@pytest.fixture(scope="module")
def smooth(recipe: DefaultRecipe) -> TrainedGenerator:
    """Of the log's slow process and a copy of it: one column of its own, continuous."""
    signals = torch.from_numpy(log(600))[:, [2, 2]]
    torch.manual_seed(0)
    network = AutoregressiveGenerator(signals, recipe).eval().requires_grad_(False)
    return TrainedGenerator("slow", gs.SignalSpec(shape=(2, LENGTH), unit="1"), network)


def test_values_that_do_not_hang_on_rounding_are_those_of_double_precision(smooth: TrainedGenerator) -> None:
    tokens = pytest.importorskip("gansurrogate_onnx.tokens")
    rows = range(400)
    single = smooth.rows(1, rows, ())
    latent = torch.from_numpy(gs.rowlaw.latents(1, rows, smooth.latents))
    double = copy.deepcopy(smooth.network).double()(latent.double()).numpy()
    tolerance = 1e-4 * float(single.std())
    sure = tokens.sure(smooth, 1, rows, (), tolerance).reshape(single.shape)
    assert np.abs(single - double)[sure].max() < 0.2 * tolerance
    assert sure[:, :, 0].mean() > 0.95
    assert sure.mean() > 0.5
    assert (sure[:, 0] == sure[:, 1]).all()  # instants as a whole, and none after one that is not
    assert not (sure[:, :, 1:] & ~sure[:, :, :-1]).any()


def test_one_continuous_column_is_exported(smooth: TrainedGenerator, tmp_path: Path) -> None:
    onnx = pytest.importorskip("gansurrogate_onnx")
    path = tmp_path / "slow.onnx"
    onnx.export(smooth, path, tile=64)
    surrogate = gs.load(path)
    surrogate.self_test()
    assert max(surrogate.manifest.self_test.positions) > LENGTH  # of both channels
    signals = surrogate.sample(100, rng=1)
    assert np.array_equal(signals[:, 0], signals[:, 1])


def test_the_exported_file_draws_the_same_windows(
    generator: AutoregressiveGenerator, windows: Tensor, tmp_path: Path
) -> None:
    onnx = pytest.importorskip("gansurrogate_onnx")
    spec = gs.SignalSpec(shape=tuple(windows.shape[1:]), unit="1")
    path = tmp_path / "log.onnx"
    onnx.export(TrainedGenerator("log", spec, generator), path, tile=64)  # compares with PyTorch, whole and cut
    surrogate = gs.load(path)
    surrogate.self_test()
    signals = surrogate.sample(500, rng=1)
    assert np.isin(signals[:, 0], np.unique(windows[:, 0])).all()
    assert np.array_equal(signals[100:120], surrogate.sample(20, rng=1, start=100))


def test_logs_with_leaps_are_told_from_smooth_ones(windows: Tensor) -> None:
    assert "repeat" in look_for_leaps(windows)
    random = np.random.default_rng(0)
    phase = random.uniform(0, 6.28, (500, 3, 1))
    smooth = np.sin(0.1 * random.uniform(0.5, 1, (500, 3, 1)) * np.arange(24) + phase)
    assert look_for_leaps(torch.from_numpy(smooth.astype("f4"))) == ""
    heavy = np.cumsum(random.standard_t(3, (500, 3, 24)), 2)
    assert "heavy tails" in look_for_leaps(torch.from_numpy(heavy.astype("f4")))
