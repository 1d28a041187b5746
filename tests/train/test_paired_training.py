"""The image-to-image recipe on pairs whose answer is known."""

import signal
from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.errors import RecordingsError
from gansurrogate.plugins import exporter
from gansurrogate.train import Budget, Recipe, Recordings, RunFolder, recipe_from, train
from gansurrogate.train.paired.game import PairedGame
from gansurrogate.train.progress import NoProgress, Report

SMALL = {"base": "image-to-image", "width": 6, "patch_width": 6, "batch_size": 16, "checks": 1, "warm_up_steps": 5}
SHAPE = (7, 10)  # no multiple of the coarse grid's step


def pairs(n: int = 200, shape: tuple[int, ...] = SHAPE, noise: float = 1.0) -> Recordings:
    """Fields 2 c + e, with e of the exponential distribution; one number and one category that say nothing."""
    random = np.random.default_rng(0)
    seen = random.standard_normal((n, *shape)).astype(np.float32)
    fields = (2 * seen + noise * random.exponential(1, seen.shape)).astype(np.float32)
    conditions = (
        gs.Condition("seen", low=-6, high=6, shape=shape),
        gs.Condition("dose", low=0, high=1),
        gs.Condition("kind", levels=("a", "b", "c")),
    )
    encoded = {"seen": seen, "dose": random.random(n).astype(np.float32), "kind": random.integers(0, 3, n)}
    return Recordings("pairs", gs.SignalSpec(shape, unit="V", conditions=conditions), fields, encoded, {})


def played(recordings: Recordings, recipe: Recipe, steps: int) -> PairedGame:
    game = recipe.prepare(recordings, 1)
    assert isinstance(game, PairedGame)
    for step in range(steps):
        game.move(step, step / steps)
    return game


def test_the_l1_term_alone_finds_the_conditional_median() -> None:
    # Of all functions of c the median 2 c + ln 2 has the least mean |x - f(c)|: ln 2. The mean, 2 c + 1,
    # leaves 2 / e = 0.736.
    game = played(pairs(400), recipe_from({**SMALL, "adversarial_weight": 0.0, "learning_rate": 0.01}), 200)
    assert np.log(2) * 0.95 < game.test() < 0.725
    held_out = game.kept_out
    with torch.no_grad():
        latent = torch.randn(len(held_out.signals), game.network.latents[0].size)
        offset = game.network(latent, *held_out.conditions) - 2 * held_out.conditions[0]
    assert float(offset.mean()) == pytest.approx(np.log(2), abs=0.06)


def test_a_field_that_its_condition_settles_is_found(tmp_path: Path) -> None:
    game = played(pairs(noise=0.0), recipe_from({**SMALL, "learning_rate": 0.01}), 100)
    assert game.test() < 0.2 * float(game.kept_out.signals.abs().mean())


def test_the_l1_of_a_condition_like_the_signals_is_told() -> None:
    recordings = pairs()
    field = gs.Condition("seen", unit="V", low=-6, high=6, shape=SHAPE)
    spec = gs.SignalSpec(SHAPE, unit="V", conditions=(field,))
    like = Recordings("pairs", spec, recordings.signals, {"seen": recordings.conditions["seen"]}, {})
    described = recipe_from(SMALL).prepare(like, 1).describe()
    expected = np.abs(recordings.signals - recordings.conditions["seen"]).mean()
    assert described["l1_of_seen"] == pytest.approx(expected, rel=0.1)
    assert recipe_from(SMALL).prepare(recordings, 1).describe() == {}  # of another unit


@pytest.mark.parametrize("shape", [SHAPE, (3, 8, 8)], ids=["plane", "channels"])
def test_generated_fields_have_the_shape_and_range_of_real_ones(shape: tuple[int, ...]) -> None:
    recordings = pairs(120, shape)
    game = recipe_from(SMALL).prepare(recordings, 1)
    given = [10 * game.kept_out.conditions[0], *game.kept_out.conditions[1:]]
    n = len(game.kept_out.signals)
    with torch.no_grad():
        fields = game.network(torch.randn(n, game.network.latents[0].size), *given)
    low, high = game.real.signals.limits()
    assert fields.shape == (n, *shape)
    assert low <= float(fields.min()) <= float(fields.max()) <= high


def test_values_beyond_the_range_find_back() -> None:
    game = recipe_from(SMALL).prepare(pairs(120), 1)
    with torch.no_grad():
        game.generator.last.bias.fill_(-1e3)  # every value at the lower limit
    before = float(game.generator.last.bias.detach())
    game.move(10, 0.0)
    assert float(game.generator.last.bias.detach()) > before


@pytest.mark.parametrize(
    ("shape", "conditions", "cause"),
    [
        ((8,), (gs.Condition("seen", low=0, high=1, shape=(8,)),), "fields of shape"),
        ((8, 8), (gs.Condition("dose", low=0, high=1),), "needs a condition that is a field"),
        ((8, 8), (gs.Condition("seen", low=0, high=1, shape=(4, 8)),), "height and width \\(8, 8\\)"),
        ((8, 8), (gs.Condition("seen", levels=("a", "b"), shape=(8, 8)),), "field of numbers"),
    ],
)
def test_what_is_no_pair_of_fields(shape: tuple[int, ...], conditions: tuple[gs.Condition, ...], cause: str) -> None:
    random = np.random.default_rng(0)
    encoded = {c.name: random.integers(0, 2, (120, *c.shape)).astype(c.dtype) for c in conditions}
    signals = random.standard_normal((120, *shape)).astype(np.float32)
    recordings = Recordings("pairs", gs.SignalSpec(shape, conditions=conditions), signals, encoded, {})
    with pytest.raises(RecordingsError, match=cause):
        recipe_from(SMALL).prepare(recordings, 1)


def test_an_interrupted_training_resumes_to_the_same_weights_and_exports(tmp_path: Path) -> None:
    recipe, recordings = recipe_from(SMALL), pairs(120)

    class Stop(NoProgress):
        def report(self, report: Report) -> None:
            if report.step == 25:
                signal.raise_signal(signal.SIGINT)

    def run(name: str, *, resume: bool = False, watch: NoProgress | None = None) -> gs.Surrogate:
        folder = RunFolder(tmp_path / name, resume=resume)
        return train(recordings, folder, recipe=recipe, budget=Budget(steps=30), seed=2, progress=watch)

    whole = run("whole")
    with pytest.raises(KeyboardInterrupt):
        run("stopped", watch=Stop())
    resumed = run("stopped", resume=True).network.state_dict()
    assert all(torch.equal(resumed[name], weight) for name, weight in whole.network.state_dict().items())

    exporter("onnx")(whole, tmp_path / "pairs.onnx", tile=32)
    surrogate = gs.load(tmp_path / "pairs.onnx", threads=1)
    seen, dose = recordings.conditions["seen"][:20], recordings.conditions["dose"][:20]
    given = {"seen": seen, "dose": dose, "kind": "b"}
    drawn = surrogate.sample(20, conditions=given, rng=3)
    tensors = [torch.from_numpy(seen), torch.from_numpy(dose), torch.ones(20, dtype=torch.int64)]
    np.testing.assert_allclose(drawn, whole.rows(3, range(20), tensors), atol=1e-4)
    cut = {name: value[7:] if name != "kind" else value for name, value in given.items()}
    assert np.array_equal(surrogate.sample(13, conditions=cut, rng=3, start=7, tile=5), drawn[7:])
    one = surrogate.sample(4, conditions={**given, "seen": seen[0], "dose": 0.5}, rng=3)
    assert np.ptp(one, axis=0).max() > 0  # one condition, several answers
