"""What ``gansurrogate train`` does before it exports: recordings, a run folder, and the training itself."""

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gansurrogate.arguments import seed_of
from gansurrogate.cli.console import stderr
from gansurrogate.errors import ArgumentError
from gansurrogate.plugins import installed

if TYPE_CHECKING:
    from gansurrogate.train import Recordings, RunFolder, TrainedGenerator
    from gansurrogate.train.fresh import Fresh
    from gansurrogate.train.progress import Progress
    from gansurrogate.train.recipe import Recipe

MINUTES = 5.0
SIMULATION_SHARE = 0.25  # of the minutes, at most: a slow simulator gives what it can in that time
FEW = 5000


@dataclass(frozen=True)
class Wishes:
    """What a user says about a new training; None where nothing is said."""

    recipe: str | None = None
    minutes: float | None = None
    steps: int | None = None
    seed: int | None = None
    workers: int | None = None
    precision: str | None = None
    reading: dict[str, Any] | None = None  # options of a file of recordings

    @property
    def said(self) -> list[str]:
        """Names of what is said."""
        return [entry.name for entry in fields(self) if getattr(self, entry.name) is not None]


def begin(folder: "RunFolder", source: str, wishes: Wishes, device: str, progress: "Progress") -> "TrainedGenerator":
    """Get the recordings and train on them for the rest of the minutes."""
    from gansurrogate.train import Budget, train
    from gansurrogate.train.distributed import agree, is_first
    from gansurrogate.train.recipes import find_recipe

    began = time.monotonic()
    recipe, seed = find_recipe(wishes.recipe or "default"), seed_of(1 if wishes.seed is None else wishes.seed)
    steps = wishes.steps if wishes.steps or wishes.minutes else recipe.steps or None
    minutes = MINUTES if wishes.minutes is None else wishes.minutes
    Budget(minutes * 60 if steps is None else None, steps)  # a wrong one is better found before the work
    recordings = agree(_recordings(source, recipe, seed, minutes, wishes, progress) if is_first() else None)
    assert recordings is not None
    if is_first():
        _say(recordings, min(FEW, recipe.signals), folder)
    seconds = max(1.0, minutes * 60 - (time.monotonic() - began)) if steps is None else None
    with _fresh(recordings, seed, wishes.workers or 0) as fresh:
        return train(
            recordings, folder, recipe=recipe, budget=Budget(seconds, steps), seed=seed, device=device, fresh=fresh,
            precision=wishes.precision or "float32", progress=progress,
        )  # fmt: skip


def go_on(folder: "RunFolder", name: str, device: str, progress: "Progress") -> "TrainedGenerator":
    """Go on as the run folder says."""
    from gansurrogate.train import Budget, train
    from gansurrogate.train.recipes import find_recipe

    config, recipe = folder.config(), find_recipe(str(folder.path / "recipe.toml"))
    if config["name"] != name:
        msg = f"the run in {folder.path} trains on {config['name']!r}, not on {name!r}"
        raise ArgumentError(msg)
    recordings, budget = folder.recordings(), Budget(config["seconds"], config["steps"])
    with _fresh(recordings, config["seed"], config["workers"]) as fresh:
        return train(
            recordings, folder, recipe=recipe, budget=budget, seed=config["seed"], device=device, fresh=fresh,
            precision=config["precision"], progress=progress,
        )  # fmt: skip


def default_folder(name: str, resume: bool) -> Path:
    """The first free ``runs/NAME-N``, or the last one that holds a training."""
    number, started = 1, None
    while (path := Path("runs", f"{name}-{number}")).exists():
        started = path if (path / "run.json").is_file() else started
        number += 1
    if not resume:
        return path
    if started is None:
        msg = f"there is no run of {name} to resume in the folder runs; give --run"
        raise ArgumentError(msg)
    return started


def _recordings(
    source: str, recipe: "Recipe", seed: int, minutes: float, wishes: Wishes, progress: "Progress"
) -> "Recordings":
    from gansurrogate.train import from_file, from_signal_generator
    from gansurrogate.train.readers.find import is_recordings

    if is_recordings(source):
        if wishes.workers:
            msg = f"--workers simulate signals, and {source} is a file of recordings: leave the option out"
            raise ArgumentError(msg)
        return from_file(source, **(wishes.reading or {}))
    signal_generator, plugin = installed().signal_generator(source), installed().origin(source)
    progress.stage(f"simulating {source}")
    allowed = SIMULATION_SHARE * 60 * minutes
    recordings = from_signal_generator(signal_generator, recipe.signals, seed, seconds=allowed, progress=progress.count)
    return replace(recordings, provenance={**recordings.provenance, "plugin": plugin})


def _fresh(recordings: "Recordings", seed: int, workers: int) -> "AbstractContextManager[Fresh | None]":
    from gansurrogate.train.fresh import Fresh

    if workers == 0:
        return nullcontext()
    signal_generator = installed().signal_generator(recordings.name)
    return Fresh(signal_generator, seed, first=len(recordings.signals), workers=workers)


def _say(recordings: "Recordings", enough: int, folder: "RunFolder") -> None:
    """What is trained on, and where it goes."""
    stderr.print(f"run folder {folder.path}", soft_wrap=True)
    if conditions := recordings.spec.conditions:
        stderr.print(f"conditions: {'; '.join(c.describe() for c in conditions)}", soft_wrap=True)
    if len(recordings.signals) < enough:
        stderr.print(
            f"only {len(recordings.signals)} signals: the surrogate will be rougher than with {enough} or more;"
            " `gansurrogate simulate` can prepare a file of them",
            style="yellow",
            soft_wrap=True,
        )
