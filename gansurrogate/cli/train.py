"""``gansurrogate train``: from a signal generator or a file of recordings to a surrogate file."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gansurrogate.cli import exporters
from gansurrogate.cli.console import Json, print_json, stderr
from gansurrogate.cli.reading import ChannelsLast, Conditions, Dataset, NoConditions, Stride, Window, read_options
from gansurrogate.cli.training import Wishes, begin, default_folder, go_on
from gansurrogate.cli.watch import watching
from gansurrogate.errors import ArgumentError, SurrogateError
from gansurrogate.files import check_writable

if TYPE_CHECKING:
    from gansurrogate.train import RunFolder

Source = Annotated[str, typer.Argument(help="A signal generator, or a file of recordings.", show_default=False)]
Model = Annotated[Path, typer.Option("-o", "--output", help="The surrogate file to write.")]
RecipeName = Annotated[str | None, typer.Option("--recipe", help="A recipe's name, or a TOML file.")]
Minutes = Annotated[float | None, typer.Option("--minutes", help="To simulate and train; 5, or the recipe's steps.")]
Steps = Annotated[int | None, typer.Option("--steps", help="Train this many steps instead: repeatable.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Of signals, weights and batches; 1 by default.")]
Run = Annotated[Path | None, typer.Option("--run", help="Run folder; runs/NAME-1, -2 ... by default.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run (the latest, or --run).")]
Exporter = Annotated[str, typer.Option("--exporter", help="See `gansurrogate list`.")]
CpuOnly = Annotated[bool, typer.Option("--cpu-only", help="Export for CPUs only: the same signals, sooner.")]

Device = Annotated[str, typer.Option("--device", help="Where to train: auto, cpu, cuda or cuda:1.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Simulate fresh signals all the time, in N processes.")
]
Precision = Annotated[
    str | None, typer.Option("--precision", help="bfloat16: faster on a GPU, for images and dense GANs.")
]
Events = Annotated[bool, typer.Option("--tensorboard", help="Write RUN/tensorboard too; wants the extra.")]


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
    option: exporters.Options = None,
    device: Device = "auto",
    workers: Workers = None,
    precision: Precision = None,
    tensorboard: Events = False,
    window: Window = None,
    stride: Stride = None,
    dataset: Dataset = None,
    conditions: Conditions = None,
    no_conditions: NoConditions = False,
    channels_last: ChannelsLast = False,
    json: Json = False,
) -> None:
    """Train a generator and export it. Ctrl-C saves the run; --resume goes on with it."""
    # Threads that wait by sleeping: spinning ones slow each other down on a busy machine. Before torch.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from gansurrogate.train import RunFolder
    from gansurrogate.train.devices import pick
    from gansurrogate.train.distributed import agree, is_first, processes
    from gansurrogate.train.readers.find import is_recordings, name_of

    check_writable(output, source)
    export = exporters.find_exporter(exporter_name, "trained")  # a missing one is better found before the training
    options = exporters.read_options(exporter_name, export, option or ()) | ({"cpu_only": True} if cpu_only else {})
    pick(device)
    reading = read_options(source, window, stride, dataset, conditions, no_conditions, channels_last)
    name = name_of(Path(source)) if is_recordings(source) else source
    wishes = Wishes(recipe, minutes, steps, seed, workers, precision, reading or None)
    if resume and wishes.said:
        msg = f"--resume goes on as the run began; leave them out: {', '.join(wishes.said)}"
        raise ArgumentError(msg)
    exporting = ["--exporter", exporter_name] if exporter_name != "onnx" else []
    exporting += ["--cpu-only"] if cpu_only else []
    exporting += [word for text in option or () for word in ("--option", text)]
    with processes():
        folder = agree(RunFolder(run or default_folder(name, resume), resume=resume) if is_first() else None)
        assert folder is not None
        try:
            with watching(folder.path / "tensorboard" if tensorboard else None) as progress:
                if resume:
                    trained = go_on(folder, name, device, progress)
                else:
                    trained = begin(folder, source, wishes, device, progress)
        except KeyboardInterrupt:
            if is_first() and folder.started:
                stderr.print(f"stopped; to go on: {_again(source, folder, output, exporting)}", soft_wrap=True)
            raise
        if not is_first():
            return
    stderr.print("exporting and verifying")
    try:
        for suffix, companion in trained.companions.items():  # first: where the surrogate is, all are
            beside = output.with_stem(f"{output.stem}-{suffix}")
            export(companion, beside, **options)
            stderr.print(f"{suffix}: {beside}", soft_wrap=True)
        manifest = export(trained, output, **options)
    except (SurrogateError, KeyboardInterrupt):
        again = _again(source, folder, output, exporting)
        stderr.print(f"the training is kept; to export it again, perhaps with other options: {again}", soft_wrap=True)
        raise
    if json:
        print_json({"output": str(output), "run": str(folder.path), "manifest": manifest.to_dict()})
    else:
        from gansurrogate.fidelity.figure import spoken

        for name, figure in trained.fidelity.items():
            floor = f"real against real {figure['floor']:.3f}"
            stderr.print(f"{output}: {spoken(name)} {figure['value']:.3f} ({floor})", soft_wrap=True)


def _again(source: str, folder: "RunFolder", output: Path, exporting: Sequence[str]) -> str:
    """The command that goes on with a run."""
    run = ["--run", str(folder.path), "-o", str(output)]
    return shlex.join(["gansurrogate", "train", source, "--resume", *run, *exporting])
