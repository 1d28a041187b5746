"""The block-Markov family: a process of known law, a chaotic system, and training by likelihood."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from gansurrogate_onnx import export

import gansurrogate as gs
from gansurrogate.train import Recordings, TrainedGenerator, recipe_from
from gansurrogate.train.data import Part
from gansurrogate.train.default.family import choose
from gansurrogate.train.default.markov import MarkovGenerator
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.statistics import unpredicted
from gansurrogate.train.trained import draw_latents, generate

RECIPE = DefaultRecipe(width=16, depth=2)


def autoregression(n: int, length: int = 48, seed: int = 0) -> np.ndarray:
    """x_t = 0.9 x_t-1 + 0.3 e_t from its stationary law, in volts around 5."""
    random = np.random.default_rng(seed)
    x = np.empty((n, length))
    x[:, 0] = random.normal(0, 0.3 / math.sqrt(1 - 0.81), n)
    for t in range(1, length):
        x[:, t] = 0.9 * x[:, t - 1] + 0.3 * random.standard_normal(n)
    return (5 + x).astype(np.float32)


def double_well(n: int) -> np.ndarray:
    generator = gs.signal_generator("double-well")
    return generator.sample(n, conditions=generator.draw_conditions(n, rng=1), rng=1)


def make(signals: np.ndarray, conditions: tuple[gs.Condition, ...] = (), recipe: DefaultRecipe = RECIPE):
    torch.manual_seed(0)
    real = torch.from_numpy(signals)
    return MarkovGenerator(look(real, recipe), real, conditions, recipe)


def test_the_rule_picks_the_family_for_a_system_with_two_wells() -> None:
    signals = torch.from_numpy(double_well(8000))
    assert unpredicted(signals) < 0.04
    recipe = DefaultRecipe()
    assert choose(look(signals, recipe), signals, (), recipe).family == "markov"
    assert choose(look(signals[:4000], recipe), signals[:4000], (), recipe).family == "basis"


def test_a_noisy_process_is_not_predictable() -> None:
    # What is left of a step k ahead is (1 - 0.81^k) of the variance.
    expected = np.mean([1 - 0.81**k for k in range(1, 9)])
    assert unpredicted(torch.from_numpy(autoregression(6000))) == pytest.approx(expected, rel=0.03)


def test_the_surprise_of_the_right_law_is_its_entropy() -> None:
    """With the mean and factor of the process put in by hand, but for the constant log(2 pi) / 2."""
    signals = autoregression(4000)
    network = make(signals)
    powers = 0.9 ** torch.arange(9.0)
    with torch.no_grad():
        network.straight.weight.zero_()
        network.straight.weight[:, -1] = powers[1:]
        offset = (5 - network.mean) / network.scale
        network.straight.bias.copy_((1 - powers[1:]) * offset)
        step = 0.3 / network.scale
        network.log_scale.fill_(math.log(step))
        rows, columns = torch.tril_indices(8, 8, -1)
        network.factor.bias[: len(rows)] = 4 * powers[rows - columns]
    surprise = network.surprise_of(Part(torch.from_numpy(signals), ()), torch.full((4000,), 3))
    assert surprise.item() == pytest.approx(0.5 + math.log(step), abs=0.01)


def test_a_short_training_learns_the_law_of_an_autoregression() -> None:
    signals = autoregression(3000)
    sizes = {"family": "markov", "width": 16, "depth": 2, "batch_size": 64, "warm_up_steps": 20, "pilot_signals": 2000}
    recordings = Recordings("process", gs.SignalSpec((48,)), signals, {}, {})
    game = recipe_from({**sizes, "ema_decay": 0.98, "held_out_signals": 200}).prepare(recordings, seed=1)
    assert game.describe()["family"] == "markov"
    losses = [game.move(step, step / 400)["surprise"] for step in range(400)]
    assert np.mean(losses[-20:]) == pytest.approx(0.5 + math.log(0.3 / signals.std()), abs=0.06)
    drawn = generate(game.network, [], 4000)
    assert drawn.mean() == pytest.approx(5, abs=0.05)
    assert drawn.std() == pytest.approx(signals.std(), rel=0.05)
    lagged = [np.corrcoef(drawn[:, 20], drawn[:, 20 + lag])[0, 1] for lag in (1, 4, 12)]
    np.testing.assert_allclose(lagged, [0.9, 0.9**4, 0.9**12], atol=0.08)


def test_it_starts_in_both_wells() -> None:
    network = make(double_well(500)).requires_grad_(False)
    first = network(draw_latents(network.latents, 1000, torch.Generator().manual_seed(0)))[:, :8].mean(1)
    assert 0.4 < (first > 0).float().mean() < 0.6


@pytest.mark.parametrize("shape", [(50,), (2, 21)])
def test_signals_of_any_length_and_several_channels(shape: tuple[int, ...], sines, conditions) -> None:
    network = make(sines(shape=shape), conditions)
    given = torch.linspace(10, 500, 6), torch.arange(6) % 3
    assert network(draw_latents(network.latents, 6, torch.Generator()), *given).shape == (6, *shape)
    signals = torch.from_numpy(sines(6, shape=shape))
    network.surprise_of(Part(signals, given), torch.arange(6) % network.stretches).backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_it_exports_and_chaos_does_not_part_it_from_pytorch(tmp_path: Path) -> None:
    condition = gs.Condition("force", low=0, high=1)
    network = make(double_well(500)[:, :48], (condition,)).requires_grad_(False)
    with torch.no_grad():  # what a rounding does grows by half with each stretch
        network.straight.weight[:, -8:] += 1.5 * torch.eye(8)
        network.bend.weight.normal_(std=0.3)
    trained = TrainedGenerator("wells", gs.SignalSpec((48,), conditions=(condition,)), network)
    manifest = export(trained, tmp_path / "wells.onnx", tile=64)
    assert max(manifest.export["parity"].values()) < 1e-5


def test_a_surprise_beyond_single_precision_leaves_finite_weights() -> None:
    signals = autoregression(300)
    recordings = Recordings("process", gs.SignalSpec((48,)), signals, {}, {})
    recipe = recipe_from({"family": "markov", "width": 16, "depth": 2, "batch_size": 32, "held_out_signals": 60})
    game = recipe.prepare(recordings, seed=1)
    with torch.no_grad():  # narrow values, each far from where the one before it says
        game.generator.factor.bias.fill_(1e6)
        game.generator.factor.bias[-game.generator.values :] = -50.0
    surprise = game.move(300, 0.5)["surprise"]
    assert 1e38 < surprise < math.inf
    assert all(math.isfinite(total) for total in game.weight_sums())


def test_nothing_beyond_the_end_of_a_signal_counts() -> None:
    signals = autoregression(300, length=44)  # four of the last stretch's eight values lie beyond
    generator = make(signals)
    part, last = Part(torch.from_numpy(signals), ()), torch.full((300,), generator.stretches - 1)
    surprise = generator.surprise_of(part, last)
    rows, _ = torch.tril_indices(generator.values, generator.values, -1)
    with torch.no_grad():
        generator.factor.bias[: len(rows)][rows >= 4] = 1e30
        generator.factor.bias[-4:] = -1e30
    again = generator.surprise_of(part, last)
    assert again.item() == surprise.item()
    again.backward()
    assert all(bool(weight.grad.isfinite().all()) for weight in generator.parameters() if weight.grad is not None)


def test_a_path_that_left_the_known_range_is_not_driven_off() -> None:
    signals = autoregression(300)
    generator = make(signals)
    with torch.no_grad():  # each stretch ten times as far out as the one before
        generator.straight.weight.fill_(10.0)
        drawn = generator(draw_latents(generator.latents, 50, torch.Generator().manual_seed(0)))
    most = float(np.abs(signals - 5).max())
    assert float((drawn - 5).abs().max()) < 10 * generator.memory * generator.values * 3 * most
