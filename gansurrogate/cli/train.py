"""``gansurrogate train``: from a signal generator or a file of recordings to a surrogate file."""

import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gansurrogate.arguments import seed_of
from gansurrogate.cli.arguments import Output
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.cli.watch import watching
from gansurrogate.errors import ArgumentError
from gansurrogate.files import check_writable
from gansurrogate.plugins import exporter, installed

if TYPE_CHECKING:
    from gansurrogate.train import Recordings, RunFolder, TrainedGenerator
    from gansurrogate.train.progress import Progress

Source = Annotated[str, typer.Argument(help="A signal generator, or an npy/npz file of signals.", show_default=False)]
RecipeName = Annotated[str, typer.Option("--recipe", help="A recipe's name, or a TOML file.")]
Minutes = Annotated[float, typer.Option("--minutes", help="Time for everything but the export.")]
Steps = Annotated[int | None, typer.Option("--steps", help="Train this many steps instead: repeatable.")]
Seed = Annotated[int, typer.Option("--seed", help="Of signals, weights and batches.")]
Run = Annotated[Path | None, typer.Option("--run", help="Run folder; runs/NAME-1, -2 ... by default.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run (the latest, or --run).")]
Exporter = Annotated[str, typer.Option("--exporter", help="See `gansurrogate list`.")]

SIMULATION_SHARE = 0.25  # of the minutes, at most: a slow simulator gives what it can in that time


def train(
    source: Source,
    output: Output,
    recipe: RecipeName = "default",
    minutes: Minutes = 5.0,
    steps: Steps = None,
    seed: Seed = 1,
    run: Run = None,
    resume: Resume = False,
    exporter_name: Exporter = "onnx",
    json: Json = False,
) -> None:
    """Train a generator and export it. Ctrl-C saves the run; --resume goes on with it."""
    # Threads that wait by sleeping: spinning ones slow each other down on a busy machine. Before torch.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from gansurrogate.train import RunFolder

    seed = seed_of(seed)
    check_writable(output)
    export = exporter(exporter_name)  # a missing one is better found before the training
    name = Path(source).stem if Path(source).suffix in (".npy", ".npz") else source
    folder = RunFolder(run or _default_folder(name, resume), resume=resume)
    try:
        with watching() as progress:
            if not resume:
                _start(folder, source, recipe, minutes, steps, seed, progress)
            trained = _train(folder, progress)
    except KeyboardInterrupt:
        if (folder.path / "run.json").is_file():
            again = ["gansurrogate", "train", source, "--resume", "--run", str(folder.path), "-o", str(output)]
            stderr.print(f"stopped; to go on: {shlex.join(again)}", soft_wrap=True, markup=False)
        raise
    stderr.print("exporting and verifying")
    manifest = export(trained, output)
    if json:
        print_json({"output": str(output), "run": str(folder.path), "manifest": manifest.to_dict()})
    else:
        auc = trained.fidelity["held_out_auc"]
        stderr.print(f"{output}: held-out AUC {auc['value']:.3f} (real against real {auc['floor']:.3f})")


def _start(
    folder: "RunFolder",
    source: str,
    recipe_name: str,
    minutes: float,
    steps: int | None,
    seed: int,
    progress: "Progress",
) -> None:
    """Get the recordings and write down what is to be done."""
    from gansurrogate.train import Budget, from_file, from_generator
    from gansurrogate.train.recipe import find_recipe

    began = time.monotonic()
    recipe = find_recipe(recipe_name)
    Budget(minutes * 60 if steps is None else None, steps)  # a wrong one is better found before the work
    if Path(source).suffix in (".npy", ".npz"):
        recordings = from_file(Path(source))
    else:
        generator = installed().signal_generator(source)
        folder.make()  # one that cannot be made is better found before the work, too
        progress.stage(f"simulating {source}")
        allowed = SIMULATION_SHARE * 60 * minutes
        recordings = from_generator(generator, recipe.signals, seed, seconds=allowed, progress=progress.count)
    stderr.print(f"run folder {folder.path}")
    _say_few(recordings, recipe.signals)
    spent = time.monotonic() - began
    seconds = max(1.0, minutes * 60 - spent) if steps is None else None
    folder.start({"seed": seed, "seconds": seconds, "steps": steps}, recipe, recordings)


def _train(folder: "RunFolder", progress: "Progress") -> "TrainedGenerator":
    """Train as the run folder says."""
    from gansurrogate.train import Budget, train
    from gansurrogate.train.recipe import find_recipe

    config = folder.config()
    recipe = find_recipe(str(folder.path / "recipe.toml"))
    budget = Budget(config["seconds"], config["steps"])
    return train(folder.recordings(), folder, recipe=recipe, budget=budget, seed=config["seed"], progress=progress)


def _default_folder(name: str, resume: bool) -> Path:
    """The first free ``runs/NAME-N``, or the last one there is."""
    number = 1
    while Path("runs", f"{name}-{number}").exists():
        number += 1
    if resume and number == 1:
        msg = f"there is no run of {name} to resume in the folder runs; give --run"
        raise ArgumentError(msg)
    return Path("runs", f"{name}-{number - 1 if resume else number}")


def _say_few(recordings: "Recordings", wanted: int) -> None:
    if len(recordings.signals) < min(wanted, 5000):
        stderr.print(
            f"[yellow]only {len(recordings.signals)} signals: the surrogate will be rougher than with 5,000 or more;"
            " `gansurrogate simulate` can prepare a file of them[/]",
            soft_wrap=True,
        )
