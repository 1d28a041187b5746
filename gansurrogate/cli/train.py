"""``gansurrogate train``: from a signal generator or a file of recordings to a surrogate file."""

import os
import shlex
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gansurrogate.arguments import seed_of
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.cli.watch import watching
from gansurrogate.errors import ArgumentError
from gansurrogate.files import check_writable
from gansurrogate.plugins import exporter, installed

if TYPE_CHECKING:
    from gansurrogate.train import Recordings, RunFolder, TrainedGenerator
    from gansurrogate.train.progress import Progress

Source = Annotated[str, typer.Argument(help="A signal generator, or an npy/npz file of signals.", show_default=False)]
Model = Annotated[Path, typer.Option("-o", "--output", help="The surrogate file to write.")]
RecipeName = Annotated[str | None, typer.Option("--recipe", help="A recipe's name, or a TOML file.")]
Minutes = Annotated[float | None, typer.Option("--minutes", help="Time to simulate and train; 5 by default.")]
Steps = Annotated[int | None, typer.Option("--steps", help="Train this many steps instead: repeatable.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Of signals, weights and batches; 1 by default.")]
Run = Annotated[Path | None, typer.Option("--run", help="Run folder; runs/NAME-1, -2 ... by default.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run (the latest, or --run).")]
Exporter = Annotated[str, typer.Option("--exporter", help="See `gansurrogate list`.")]
CpuOnly = Annotated[bool, typer.Option("--cpu-only", help="Export for CPUs only: the same signals, sooner.")]

MINUTES = 5.0
SIMULATION_SHARE = 0.25  # of the minutes, at most: a slow simulator gives what it can in that time
FEW = 5000


def train(
    source: Source,
    output: Model,
    recipe: RecipeName = None,
    minutes: Minutes = None,
    steps: Steps = None,
    seed: Seed = None,
    run: Run = None,
    resume: Resume = False,
    exporter_name: Exporter = "onnx",
    cpu_only: CpuOnly = False,
    json: Json = False,
) -> None:
    """Train a generator and export it. Ctrl-C saves the run; --resume goes on with it."""
    # Threads that wait by sleeping: spinning ones slow each other down on a busy machine. Before torch.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from gansurrogate.train import RunFolder

    check_writable(output)
    export = exporter(exporter_name)  # a missing one is better found before the training
    name = Path(source).stem if _is_file(source) else source
    folder = RunFolder(run or _default_folder(name, resume), resume=resume)
    try:
        with watching() as progress:
            if resume:
                if (recipe, minutes, steps, seed) != (None, None, None, None):
                    msg = "--resume goes on with the run's own recipe, minutes, steps and seed: leave them out"
                    raise ArgumentError(msg)
                trained = _resume(folder, name, progress)
            else:
                trained = _train(folder, source, recipe, minutes, steps, seed, progress)
    except KeyboardInterrupt:
        if folder.started:
            again = ["gansurrogate", "train", source, "--resume", "--run", str(folder.path), "-o", str(output)]
            again += [] if exporter_name == "onnx" else ["--exporter", exporter_name]
            again += ["--cpu-only"] if cpu_only else []
            stderr.print(f"stopped; to go on: {shlex.join(again)}", soft_wrap=True)
        raise
    stderr.print("exporting and verifying")
    manifest = export(trained, output, **({"cpu_only": True} if cpu_only else {}))
    if json:
        print_json({"output": str(output), "run": str(folder.path), "manifest": manifest.to_dict()})
    else:
        from gansurrogate.fidelity.figure import spoken

        for name, figure in trained.fidelity.items():
            floor = "" if figure["floor"] is None else f" (real against real {figure['floor']:.3f})"
            stderr.print(f"{output}: {spoken(name)} {figure['value']:.3f}{floor}", soft_wrap=True)


def _train(
    folder: "RunFolder",
    source: str,
    recipe_name: str | None,
    minutes: float | None,
    steps: int | None,
    seed: int | None,
    progress: "Progress",
) -> "TrainedGenerator":
    """Get the recordings and train on them for the rest of the minutes."""
    from gansurrogate.train import Budget, from_file, from_signal_generator, train
    from gansurrogate.train.recipes import find_recipe

    began = time.monotonic()
    recipe, seed = find_recipe(recipe_name or "default"), seed_of(1 if seed is None else seed)
    minutes = MINUTES if minutes is None else minutes
    Budget(minutes * 60 if steps is None else None, steps)  # a wrong one is better found before the work
    if _is_file(source):
        recordings = from_file(Path(source))
    else:
        signal_generator, plugin = installed().signal_generator(source), installed().origin(source)
        progress.stage(f"simulating {source}")
        allowed = SIMULATION_SHARE * 60 * minutes
        recordings = from_signal_generator(
            signal_generator, recipe.signals, seed, seconds=allowed, progress=progress.count
        )
        recordings = replace(recordings, provenance={**recordings.provenance, "plugin": plugin})
    _say(recordings, min(FEW, recipe.signals), folder)
    seconds = max(1.0, minutes * 60 - (time.monotonic() - began)) if steps is None else None
    return train(recordings, folder, recipe=recipe, budget=Budget(seconds, steps), seed=seed, progress=progress)


def _resume(folder: "RunFolder", name: str, progress: "Progress") -> "TrainedGenerator":
    """Go on as the run folder says."""
    from gansurrogate.train import Budget, train
    from gansurrogate.train.recipes import find_recipe

    config, recipe = folder.config(), find_recipe(str(folder.path / "recipe.toml"))
    if config["name"] != name:
        msg = f"the run in {folder.path} trains on {config['name']!r}, not on {name!r}"
        raise ArgumentError(msg)
    budget = Budget(config["seconds"], config["steps"])
    return train(folder.recordings(), folder, recipe=recipe, budget=budget, seed=config["seed"], progress=progress)


def _is_file(source: str) -> bool:
    return Path(source).suffix in (".npy", ".npz")


def _default_folder(name: str, resume: bool) -> Path:
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
