"""Small games of known outcome."""

import json
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import norm

import gansurrogate as gs
from gansurrogate.errors import ArgumentError
from gansurrogate.latent import Latent
from gansurrogate.train import Budget, Recordings, RunFolder, TrainedGenerator, recipe_from, train
from gansurrogate.train.gan.recipe import GanRecipe
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.progress import NoProgress, Report

SMALL = {"generator_widths": (16,), "discriminator_widths": (16,), "batch_size": 32, "checks": 1, "dropout": 0.3}


def small(base: str = "mlp-gan-1", **values) -> GanRecipe:
    return recipe_from({"base": base, "name": "small", "latent_size": 3, **SMALL, **values})


def values(n: int = 4000, conditions=(), encoded=None) -> Recordings:
    """Signals of one value, standard normal."""
    signals = np.random.default_rng(0).standard_normal((n, 1)).astype(np.float32)
    return Recordings("values", gs.SignalSpec((1,), unit="V", conditions=conditions), signals, encoded or {}, {})


def images(n: int = 200) -> Recordings:
    return Recordings("images", gs.SignalSpec((8, 8)), np.random.default_rng(1).random((n, 8, 8), np.float32), {}, {})


class Shifted(GeneratorNetwork):
    """A generator that does not learn: N(1, 0.6)."""

    latents = (Latent("normal", 1),)

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        return 1 + 0.6 * latent


def test_against_a_generator_that_stands_still_the_discriminator_comes_to_p_over_p_plus_q() -> None:
    game = recipe_from({"base": "objective", "batch_size": 512, "learning_rate": 1e-3}).prepare(values(20_000), seed=1)
    game.generator = Shifted()
    losses = [game.move_discriminator()[0] for _ in range(800)]
    x = torch.linspace(-1.5, 2.5, 81)
    p, q = norm.pdf(x.numpy()), norm.pdf(x.numpy(), 1, 0.6)
    with torch.no_grad():
        found = game.discriminator(x[:, None]).sigmoid().numpy()
    np.testing.assert_allclose(found, p / (p + q), atol=0.06)
    # Theorem 1: V = -2 ln 2 + 2 JSD(p, q), with the Jensen-Shannon divergence in nats.
    grid = np.linspace(-8, 8, 4001)
    p, q = norm.pdf(grid) + 1e-300, norm.pdf(grid, 1, 0.6) + 1e-300
    divergence = 0.5 * np.trapezoid(p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q)), grid)
    assert np.mean(losses[-200:]) == pytest.approx(2 * np.log(2) - 2 * divergence, abs=0.02)


@pytest.mark.parametrize("loss", ["minimax", "non-saturating"])
def test_both_losses_bring_the_generator_to_the_data_and_the_discriminator_to_one_half(loss: str) -> None:
    game = recipe_from({"base": "objective", "loss": loss, "batch_size": 128}).prepare(values(), seed=1)
    before = game.test()
    outputs = [game.move(step, 0) for step in range(400)]
    assert before > 0.6
    assert game.test() == pytest.approx(0.5, abs=0.1)
    for name in ("D(x)", "D(G(z))"):
        assert np.mean([output[name] for output in outputs[-100:]]) == pytest.approx(0.5, abs=0.03)


def test_a_step_moves_the_discriminator_k_times_and_the_generator_once(recordings: Recordings) -> None:
    game = small(discriminator_steps=3).prepare(recordings, seed=1)
    game.move(0, 0)
    moves = [optimizer.state_dict()["state"][0]["step"].item()
             for optimizer in (game.discriminator_optimizer, game.generator_optimizer)]  # fmt: skip
    assert moves == [3, 1]


@pytest.mark.parametrize(("half", "expected"), [(False, [32, 32, 32]), (True, [16, 16, 32])])
def test_the_batches_are_of_the_size_that_the_recipe_says(half: bool, expected, recordings: Recordings) -> None:
    game, seen = small(half_batches=half).prepare(recordings, seed=1), []
    game.discriminator.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    game.move(0, 0)
    assert seen == expected  # real, generated; generated


def test_the_averaged_generator_is_kept_where_the_recipe_says_so(recordings: Recordings) -> None:
    game = small(ema_decay=0.15).prepare(recordings, seed=1)
    expected = game.generator.state_dict()["layers.0.weight"].clone()
    for step in range(3):
        game.move(step, 0)
        decay = min(0.15, (step + 1) / (step + 10))
        expected = decay * expected + (1 - decay) * game.generator.state_dict()["layers.0.weight"]
    torch.testing.assert_close(game.network.state_dict()["layers.0.weight"], expected)
    last = small().prepare(recordings, seed=1)
    assert last.network is last.generator


def test_a_condition_of_each_kind_is_obeyed_after_a_short_training() -> None:
    random = np.random.default_rng(0)
    energy, kind = random.uniform(1, 5, 2000).astype(np.float32), random.integers(0, 2, 2000)
    sign, shape = np.array([-1, 1])[kind, None], np.sin(np.linspace(0, 3, 12))
    signals = sign * energy[:, None] * shape + 0.05 * random.standard_normal((2000, 12))
    conditions = (gs.Condition("energy", low=1, high=5), gs.Condition("kind", levels=("down", "up")))
    spec = gs.SignalSpec((12,), conditions=conditions)
    known = Recordings("pulses", spec, signals.astype(np.float32), {"energy": energy, "kind": kind}, {})
    widths = {"generator_widths": (64, 64), "discriminator_widths": (64, 64), "batch_size": 64, "dropout": 0.0}
    game = small(**widths, learning_rate=1e-3).prepare(known, seed=1)
    for step in range(500):
        game.move(step, 0)
    wanted = torch.linspace(1.5, 4.5, 200), torch.arange(200) % 2
    with torch.no_grad():
        height = game.network(torch.randn(200, 3), *wanted)[:, 6].numpy() / shape[6]
    expected = wanted[0].numpy() * (2 * wanted[1].numpy() - 1)
    assert np.sqrt(np.mean((height - expected) ** 2)) < 0.5
    assert (np.sign(height) == np.sign(expected)).all()


@pytest.fixture
def folder(tmp_path: Path):
    """Train in a folder of its own, new or resumed."""

    def start(name: str, resume: bool = False, stop: bool = False) -> TrainedGenerator:
        class Watcher(NoProgress):
            def report(self, report: Report) -> None:
                if stop and report.step == 25:
                    signal.raise_signal(signal.SIGINT)

        run = RunFolder(tmp_path / name, resume=resume)
        return train(images(), run, recipe=small("mlp-gan-2"), budget=Budget(steps=50), seed=3, progress=Watcher())

    return start


def test_an_interrupted_training_resumes_to_the_weights_of_an_uninterrupted_one(folder, tmp_path: Path) -> None:
    whole = folder("whole")
    with pytest.raises(KeyboardInterrupt):
        folder("cut", stop=True)
    before = torch.get_rng_state()
    resumed = folder("cut", resume=True)
    assert torch.equal(torch.get_rng_state(), before)  # dropout does not touch the caller's random state
    weights = whole.network.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in resumed.network.state_dict().items())
    assert whole.training["kept_step"] == resumed.training["kept_step"] == 50
    assert whole.fidelity["held_out_auc"]["floor"] == pytest.approx(0.5, abs=0.2)
    lines = [json.loads(line) for line in (tmp_path / "cut" / "log.jsonl").read_text().splitlines()]
    assert all(0 < line[name] < 1 for line in lines for name in ("D(x)", "D(G(z))"))


@pytest.mark.parametrize(
    ("recordings", "expected"),
    [
        (images(), ["images/0.png", "images/9.png", "signals.png", "gallery.png"]),
        (values(500), ["density.png"]),
        (values(500, (gs.Condition("kind", levels=(1, 2)),), {"kind": np.arange(500) % 2}), ["density.png"]),
    ],
    ids=["images", "values", "values with a condition"],
)
def test_a_training_leaves_pictures_of_its_kind_of_signal_and_an_animation_of_them(
    recordings: Recordings, expected: list[str], tmp_path: Path
) -> None:
    run = RunFolder(tmp_path)
    train(recordings, run, recipe=replace(small(), picture_every=30), budget=Budget(steps=50), seed=1)
    steps = [path.stem for path in sorted((tmp_path / "progress").iterdir())]
    assert steps == ["0000030", "0000050"]  # every 30, and at the test
    for name in [*expected, *(f"progress/{step}.png" for step in steps)]:
        with Image.open(tmp_path / name) as picture:
            assert np.asarray(picture.convert("L")).std() > 1
    with Image.open(tmp_path / "progress.gif") as animation:
        assert animation.n_frames == 2


def test_a_grid_of_images_is_drawn_once_through_the_recordings(recordings: Recordings) -> None:
    assert recipe_from({"base": "mlp-gan-2", "batch_size": 1}).prepare(recordings, 1).picture_every == 240
    assert recipe_from({"base": "mlp-gan-2"}).prepare(recordings, 1).picture_every == 100  # few recordings
    assert recipe_from({"base": "article"}).prepare(recordings, 1).picture_every == 1000


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("loss", "wasserstein", "one of non-saturating, minimax; got 'wasserstein'"),
        ("generator", "cnn", "one of mlp, lstm"),
        ("output", "sigmoid", "one of tanh, linear"),
        ("generator_widths", (256, 0), "list of positive whole numbers"),
        ("discriminator_steps", 0, "positive whole number"),
        ("half_batches", 1, "true or false"),
        ("dropout", -0.1, "zero or a positive number"),
        ("dropout", 1.0, "below 1"),
        ("ema_decay", 1.0, "below 1"),
        ("initial_weights", "zeros", "one of he, pytorch, keras"),
        ("steps", -1, "zero or a positive whole number"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(name: str, value: object, message: str) -> None:
    with pytest.raises(ArgumentError, match=name) as caught:
        recipe_from({"base": "mlp-gan-1", name: value})
    assert message in str(caught.value)
