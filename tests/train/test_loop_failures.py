"""Trainings that cannot start or cannot go on."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from gansurrogate.errors import ArgumentError, TrainingError
from gansurrogate.train import Budget, Recipe, Recordings, RunFolder, train

STEPS = Budget(steps=4)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, recordings: Recordings, recipe: Recipe) -> Path:
    """The folder of a finished run."""
    folder = tmp_path_factory.mktemp("finished")
    train(recordings, RunFolder(folder), recipe=recipe, budget=STEPS)
    return folder


@pytest.fixture
def finished(template: Path, run: RunFolder) -> RunFolder:
    """A run folder with a checkpoint."""
    shutil.copytree(template, run.path, dirs_exist_ok=True)
    return run


def weights(checkpoint: dict) -> torch.Tensor:
    return torch.cat([tensor.float().flatten() for tensor in checkpoint["game"]["average"].values()])


# checks = 30: the held-out test meets the broken networks before the log does.
@pytest.mark.parametrize("checks", [1, 30])
def test_an_exploding_training_stops_with_advice_and_no_broken_checkpoint(
    run: RunFolder, recordings: Recordings, recipe: Recipe, checks: int
) -> None:
    wild = replace(recipe, learning_rate=1e9, warm_up_steps=1, checks=checks)
    with pytest.raises(TrainingError, match=r"no longer finite at step \d+.*smaller learning_rate"):
        train(recordings, run, recipe=wild, budget=Budget(steps=60))
    saved = run.load_checkpoint({})
    assert saved is None or torch.isfinite(weights(saved)).all()


def test_a_checkpoint_of_other_recordings_is_refused(
    finished: RunFolder, recordings: Recordings, recipe: Recipe
) -> None:
    other = replace(recordings, signals=recordings.signals + np.float32(1))
    with pytest.raises(ArgumentError, match="belongs to other recordings"):
        train(other, finished, recipe=recipe, budget=STEPS)


def test_a_checkpoint_of_another_recipe_is_refused(finished: RunFolder, recordings: Recordings, recipe: Recipe) -> None:
    with pytest.raises(ArgumentError, match="recipe"):
        train(recordings, finished, recipe=replace(recipe, width=2 * recipe.width), budget=STEPS)


@pytest.mark.parametrize("harm", ["truncated", "text", "empty", "foreign"])
def test_a_damaged_checkpoint_is_named(finished: RunFolder, recordings: Recordings, recipe: Recipe, harm: str) -> None:
    path = finished.path / "checkpoint.pt"
    data = path.read_bytes()
    path.write_bytes({"truncated": data[: len(data) // 2], "text": b"no checkpoint\n" * 9}.get(harm, b""))
    if harm == "foreign":
        torch.save({"weights": torch.ones(3)}, path)
    with pytest.raises(ArgumentError, match=r"checkpoint\.pt is damaged"):
        train(recordings, finished, recipe=recipe, budget=STEPS)


def test_a_folder_with_a_training_is_not_overwritten(run: RunFolder, recordings: Recordings, recipe: Recipe) -> None:
    run.start({"seed": 1, "seconds": None, "steps": 4}, recipe, recordings)
    with pytest.raises(ArgumentError, match="holds a training already: pass --resume"):
        RunFolder(run.path)


def test_there_is_nothing_to_resume_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no training to resume"):
        RunFolder(tmp_path / "nothing", resume=True)
    assert not (tmp_path / "nothing").exists()


def test_a_run_folder_gives_back_what_was_started(run: RunFolder, recordings: Recordings, recipe: Recipe) -> None:
    run.start({"seed": 1, "seconds": None, "steps": 4}, recipe, recordings)
    again = RunFolder(run.path, resume=True)
    kept = again.recordings()
    assert (kept.name, kept.spec, kept.digest()) == (recordings.name, recordings.spec, recordings.digest())
    assert kept.provenance == recordings.provenance
    assert again.config()["seed"] == 1


def test_a_checkpoint_of_another_seed_is_refused(finished: RunFolder, recordings: Recordings, recipe: Recipe) -> None:
    with pytest.raises(ArgumentError, match="belongs to another seed"):
        train(recordings, finished, recipe=recipe, budget=STEPS, seed=99)
