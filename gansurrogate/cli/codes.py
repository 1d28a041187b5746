"""``gansurrogate codes``: how many codes an autoencoder needs for some signals."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gansurrogate.arguments import check_integer, seed_of
from gansurrogate.cli.console import Json, print_json, print_table, stderr, stdout
from gansurrogate.cli.reading import ChannelsLast, Conditions, Dataset, NoConditions, Stride, Window, read_options
from gansurrogate.cli.train import Source
from gansurrogate.errors import ArgumentError
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.plugins import installed

if TYPE_CHECKING:
    from gansurrogate.train import Recordings

Picture = Annotated[Path, typer.Option("-o", "--output", help="The picture to write.")]
UpTo = Annotated[int, typer.Option("--up-to", help="The most codes to try.")]
Share = Annotated[float, typer.Option("--share", help="Of the variance above the noise, to be explained.")]
Steps = Annotated[int, typer.Option("--steps", help="Of each training.")]
Seed = Annotated[int, typer.Option("--seed", help="Of signals, weights and batches.")]
RecipeName = Annotated[str, typer.Option("--recipe", help="An autoencoder's recipe, or a TOML file.")]

SIGNALS = 10_000  # drawn from a signal generator: enough to tell one number of codes from the next


def codes(
    source: Source,
    output: Picture = Path("codes.png"),
    up_to: UpTo = 16,
    share: Share = 0.99,
    steps: Steps = 600,
    seed: Seed = 1,
    recipe_name: RecipeName = "autoencoder",
    window: Window = None,
    stride: Stride = None,
    dataset: Dataset = None,
    conditions: Conditions = None,
    no_conditions: NoConditions = False,
    channels_last: ChannelsLast = False,
    json: Json = False,
) -> None:
    """Find out how many codes an autoencoder of these signals needs, by short trainings with 1, 2, ...

    The picture shows the reconstruction error beside PCA's and the noise floor. Suggested are the fewest codes that
    explain 99 % (--share) of the signals' variance above the noise floor.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as for `train`
    from gansurrogate.train.autoencoder.pictures import errors_by_codes
    from gansurrogate.train.autoencoder.recipe import AutoencoderRecipe
    from gansurrogate.train.autoencoder.sweep import sweep_codes
    from gansurrogate.train.recipes import find_recipe

    check_writable(output, source)
    recipe = find_recipe(recipe_name)
    if not isinstance(recipe, AutoencoderRecipe):
        msg = f"codes are those of an autoencoder; the recipe {recipe_name!r} makes none: leave --recipe out"
        raise ArgumentError(msg)
    up_to, steps = check_integer(up_to, "--up-to", least=1), check_integer(steps, "--steps", least=1)
    if not 0 < share < 1:
        msg = f"--share is a number between 0 and 1; got {share:g}"
        raise ArgumentError(msg)
    seed = seed_of(seed)
    reading = read_options(source, window, stride, dataset, conditions, no_conditions, channels_last)
    recordings = _recordings(source, seed, reading)
    with stderr.status("training") as status:
        sweep = sweep_codes(
            recordings, recipe, up_to=up_to, steps=steps, share=share, seed=seed,
            progress=lambda done, total: status.update(f"training {done + 1} of {total}"),
        )  # fmt: skip
    with atomic_write(output) as file:
        errors_by_codes(sweep, recordings.spec, recordings.name).savefig(file, format="png", dpi=100)
    if json:
        print_json({"output": str(output), **sweep.to_dict()})
        return
    rows = zip(sweep.codes, sweep.autoencoder, sweep.pca, sweep.explained, strict=True)
    cells = [(n, f"{error:.4g}", f"{base:.4g}", f"{explained:.2%}") for n, error, base, explained in rows]
    columns = ("codes", "autoencoder", "PCA", "explained")
    print_table(f"{recordings.name}: what is left of held-out signals; noise floor {sweep.floor:.4g}", columns, cells)
    stdout.print(f"{sweep.advice}  {output}", soft_wrap=True)


def _recordings(source: str, seed: int, reading: dict[str, Any]) -> "Recordings":
    from gansurrogate.train import from_file, from_signal_generator
    from gansurrogate.train.readers.find import is_recordings

    if is_recordings(source):
        return from_file(source, **reading)
    return from_signal_generator(installed().signal_generator(source), SIGNALS, seed)
