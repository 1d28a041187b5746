"""Signals simulated during the training are the next rows of the signal generator's own stream."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.train import Budget, Recipe, RunFolder, from_signal_generator, train
from gansurrogate.train.fresh import Fresh
from gansurrogate.train.progress import NoProgress, Report


class Ramp(gs.SignalGenerator):
    """slope * t + noise: one signal at a time, or several."""

    name = "ramp"
    spec = gs.SignalSpec((8,), conditions=[gs.Condition("slope", low=0, high=1), gs.Condition("kind", levels=(1, 2))])

    def __init__(self, rows_per_seed: int) -> None:
        self.rows_per_seed = rows_per_seed

    def simulate(self, n: int, rng: np.random.Generator, **conditions: np.ndarray) -> np.ndarray:
        return conditions["slope"][:, None] * np.arange(8) + rng.standard_normal((n, 8))


Make = Callable[..., Fresh]


@pytest.fixture
def fresh() -> Iterator[Make]:
    """A maker of streams that are closed again."""
    with contextlib.ExitStack() as made:
        yield lambda *arguments, workers=1: made.enter_context(Fresh(*arguments, workers=workers))


@pytest.fixture(params=[1, 50, 400])
def ramp(request: pytest.FixtureRequest) -> Ramp:
    return Ramp(request.param)


def test_batches_are_the_rows_after_the_recordings(ramp: Ramp, fresh: Make) -> None:
    stream = fresh(ramp, 7, 400, workers=2)
    batches = [stream.batch(size) for size in (30, 500, 1)]
    conditions = ramp.draw_conditions(531, rng=7, start=400)
    expected = ramp.sample(531, conditions=conditions, rng=7, start=400)
    np.testing.assert_array_equal(np.concatenate([batch.signals for batch in batches]), expected, strict=True)
    np.testing.assert_array_equal(np.concatenate([batch.conditions[0] for batch in batches]), conditions["slope"])
    np.testing.assert_array_equal(np.concatenate([batch.conditions[1] for batch in batches]) + 1, conditions["kind"])


def test_a_resumed_stream_goes_on_where_it_stopped(fresh: Make) -> None:
    whole, resumed = (fresh(Ramp(50), 7, 100) for _ in range(2))
    whole.batch(333)
    resumed.position = whole.position
    np.testing.assert_array_equal(resumed.batch(40).signals, whole.batch(40).signals)


def test_no_row_of_the_recordings_comes_again(fresh: Make) -> None:
    recordings = Ramp(50).sample(130, conditions=Ramp(50).draw_conditions(130, rng=7), rng=7)
    new = fresh(Ramp(50), 7, 130).batch(100).signals.numpy()
    assert not (new[:, None, 0] == recordings[None, :, 0]).any()


def test_a_simulator_that_fails_says_so(fresh: Make) -> None:
    class Broken(Ramp):
        def simulate(self, n: int, rng: np.random.Generator, **conditions: np.ndarray) -> np.ndarray:
            raise RuntimeError("the detector is off")  # noqa: EM101

    with pytest.raises(RuntimeError, match="the detector is off"):
        fresh(Broken(1), 7, 0).batch(1)


def test_a_training_on_fresh_signals_resumes_to_the_same_weights(tmp_path: Path, recipe: Recipe, fresh: Make) -> None:
    recordings = from_signal_generator(Ramp(50), 300, seed=7)
    results = []
    for folder, stops in (("whole", ()), ("stopped", (25,))):
        for number, stop in enumerate((*stops, None)):
            run, stream = RunFolder(tmp_path / folder, resume=number > 0), fresh(Ramp(50), 7, 300)
            watcher = Stop(stop)
            with contextlib.suppress(KeyboardInterrupt):
                results.append(train(recordings, run, recipe=recipe, budget=Budget(steps=40), seed=3, fresh=stream,
                                     progress=watcher))  # fmt: skip
            assert stream.position == (stop or 40) * recipe.batch_size
    whole, stopped = (trained.network.state_dict() for trained in results)
    assert all(torch.equal(whole[name], stopped[name]) for name in whole)


class Stop(NoProgress):
    """Interrupts at a step."""

    def __init__(self, step: int | None) -> None:
        self.step = step

    def report(self, report: Report) -> None:
        if report.step == self.step:
            signal.raise_signal(signal.SIGINT)
