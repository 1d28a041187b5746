import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import matplotlib.image
import pytest
import torch

from gansurrogate.train import Budget, Recipe, Recordings, RunFolder, TrainedGenerator, train
from gansurrogate.train.progress import NoProgress, Report
from gansurrogate.train.readers.from_file import from_file

STEPS = Budget(steps=60)
Train = Callable[..., TrainedGenerator]


class Watcher(NoProgress):
    """Keeps what it is told; calls `act` at each line of the log."""

    def __init__(self, act: Callable[[Report], object] = lambda report: None) -> None:
        self.act, self.reports, self.stages = act, [], []

    def stage(self, name: str) -> None:
        self.stages.append(name)

    def report(self, report: Report) -> None:
        self.reports.append(report)
        self.act(report)


class Finished(NamedTuple):
    folder: Path
    watcher: Watcher
    trained: TrainedGenerator


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, recordings: Recordings, recipe: Recipe) -> Finished:
    """An uninterrupted training."""
    run, watcher = RunFolder(tmp_path_factory.mktemp("whole")), Watcher()
    run.start({"seed": 3, "seconds": None, "steps": 60}, recipe, recordings)
    return Finished(run.path, watcher, train(recordings, run, recipe=recipe, budget=STEPS, seed=3, progress=watcher))


@pytest.fixture
def run(tmp_path: Path, recordings: Recordings, recipe: Recipe) -> Train:
    """Train in a folder of its own, new or resumed."""

    def start(budget: Budget = STEPS, resume: bool = False, watch: Watcher | None = None) -> TrainedGenerator:
        run = RunFolder(tmp_path / "run", resume=resume)
        if not resume:
            run.start({"seed": 3, "seconds": budget.seconds, "steps": budget.steps}, recipe, recordings)
        return train(recordings, run, recipe=recipe, budget=budget, seed=3, progress=watch)

    return start


def same(a: TrainedGenerator, b: TrainedGenerator) -> bool:
    states = (a.network.state_dict(), b.network.state_dict())
    return all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_a_training_leaves_every_file_of_the_run_folder(whole: Finished, recordings: Recordings) -> None:
    expected = "checkpoint.pt curves.png log.jsonl recipe.toml recordings.npz run.json signals.png"
    assert sorted(path.name for path in whole.folder.iterdir()) == expected.split()
    for name in ("curves.png", "signals.png"):
        picture = matplotlib.image.imread(whole.folder / name)
        assert min(picture.shape[:2]) > 300
        assert picture.std() > 0.01  # not a blank page
    assert from_file(whole.folder / "recordings.npz").digest() == recordings.digest()


def test_the_log_holds_the_reports_of_the_training(whole: Finished) -> None:
    lines = [json.loads(line) for line in (whole.folder / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [report.step for report in whole.watcher.reports]
    assert (lines[-1]["step"], lines[-1]["progress"]) == (60, 1)
    assert 0 <= lines[-1]["held_out_auc"] <= 1
    assert whole.watcher.stages == ["looking at the data", "training"]


def test_a_trained_generator_says_how_it_was_made(whole: Finished, recordings: Recordings, recipe: Recipe) -> None:
    trained = whole.trained
    assert (trained.name, trained.spec) == (recordings.name, recordings.spec)
    said = trained.training
    assert (said["steps"], said["seed"], said["signals"], said["file"]) == (60, 3, 300, "sines.npz")
    used = recipe.adapted_to(240)  # four fifths of the recordings are trained on
    assert (said["data_sha256"], said["recipe"]) == (recordings.digest(), used.to_dict())
    assert 0.3 < trained.fidelity["held_out_auc"]["floor"] < 0.7
    assert json.dumps([said, trained.fidelity], allow_nan=False)


def test_the_same_seed_gives_the_same_weights_whatever_the_callers_random_state(run: Train, whole: Finished) -> None:
    torch.manual_seed(99)
    before = torch.get_rng_state()
    assert same(run(), whole.trained)
    assert torch.equal(torch.get_rng_state(), before)


def test_training_by_the_clock_ends_annealed(run: Train) -> None:
    watcher = Watcher()
    trained = run(budget=Budget(seconds=0.3), watch=watcher)
    assert watcher.reports[-1].progress == 1
    assert trained.training["steps"] == watcher.reports[-1].step > 0


@pytest.mark.parametrize(
    ("number", "step"), [(signal.SIGINT, 25), (signal.SIGTERM, 60)], ids=["Ctrl-C", "SIGTERM at the end"]
)
def test_an_interrupted_training_resumes_to_the_weights_of_an_uninterrupted_one(
    run: Train, whole: Finished, number: signal.Signals, step: int
) -> None:
    handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt):
        run(watch=Watcher(lambda report: report.step == step and signal.raise_signal(number)))
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers
    watcher = Watcher()
    resumed = run(resume=True, watch=watcher)
    assert all(report.step > step for report in watcher.reports)
    assert same(resumed, whole.trained)


def test_an_interrupted_training_leaves_its_pictures_and_no_temporary_file(run: Train, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(watch=Watcher(lambda report: signal.raise_signal(signal.SIGINT)))
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"checkpoint.pt", "signals.png", "curves.png", "log.jsonl"} <= names
    assert not [name for name in names if name.endswith(".part")]
