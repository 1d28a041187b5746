"""Training, top to bottom: look at the data, play the game, keep the network that tests best."""

import functools
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version

import torch

from gansurrogate.errors import ArgumentError, RecordingsError, TrainingError
from gansurrogate.train.budget import Budget
from gansurrogate.train.devices import pick
from gansurrogate.train.distributed import agree, is_first, mean
from gansurrogate.train.fresh import Fresh
from gansurrogate.train.game import Game
from gansurrogate.train.interrupt import deferred_interrupts
from gansurrogate.train.progress import NoProgress, Progress, Report
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.recordings import Recordings
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.state import State
from gansurrogate.train.trained import TrainedGenerator

LOG_EVERY = 25  # steps
SAVE_EVERY = 60.0  # seconds between checkpoints


def train(
    recordings: Recordings,
    run: RunFolder,
    *,
    recipe: Recipe,
    budget: Budget,
    seed: int = 0,
    device: str = "auto",
    precision: str = "float32",
    fresh: Fresh | None = None,
    progress: Progress | None = None,
) -> TrainedGenerator:
    """Train a generator on recordings.

    Parameters
    ----------
    recordings : Recordings
        What to learn.
    run : RunFolder
        Receives what was trained on, checkpoints, log and pictures; a checkpoint found in it is gone on from.
    recipe : Recipe
    budget : Budget
        When to stop. Time trained before an interruption counts.
    seed : int
        Of weights, batches and latents.
    device : str
        Where the networks are trained: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, or ``"auto"`` for a GPU if there is one.
    precision : "float32" or "bfloat16"
        Of the networks' products; the weights stay float32 (mixed precision).
    fresh : Fresh, optional
        Gives the real signals of each step, after the recordings have given the first look and the held-out part.
    progress : Progress, optional
        Told about each stage and log line.

    Returns
    -------
    TrainedGenerator
        With the network that did best in the held-out tests; under ``torchrun`` only in the first process.

    Raises
    ------
    RecordingsError
        If there are fewer signals than the recipe needs.
    TrainingError
        If a loss is no longer a number.
    KeyboardInterrupt
        On Ctrl-C or SIGTERM, after the state was saved.
    """
    progress, first = progress or NoProgress(), is_first()
    if (n := len(recordings.signals)) < recipe.fewest:
        msg = f"the recipe {recipe.name} needs at least {recipe.fewest} signals; {recordings.name} gives {n}"
        raise RecordingsError(msg)

    # 1. The data and the networks: new, or as they were when the run was interrupted.
    progress.stage("looking at the data")
    owner = {
        "recordings": recordings.digest(),
        "recipe": recipe.to_dict(),
        "seed": seed,
        "version": version("gansurrogate"),
    }
    saved = agree(run.load_checkpoint(owner))
    game = recipe.prepare(recordings, seed, None if saved is None else saved["game"])
    game.fresh = fresh
    game.to(pick(device))
    state, rounded = State(), functools.partial(_rounding, game, precision)
    rounded()  # a wrong precision is better found before anything is written
    if saved is not None:
        game.restore(saved["game"])
        state = State(**saved["state"])
    elif first:
        workers = fresh.workers if fresh else 0
        run.start({"seed": seed, **asdict(budget), "workers": workers, "precision": precision}, recipe, recordings)
    if choices := game.describe():
        progress.note(", ".join(f"{name}: {value}" for name, value in choices.items()))

    # 2. The game.
    progress.stage("training")
    losses: list[Mapping[str, float]] = []
    began, last_saved = time.monotonic() - state.seconds, time.monotonic()
    with deferred_interrupts() as interrupted:
        while (done := budget.progress(state.step, state.seconds)) < 1:
            with rounded():
                losses.append(mean(game.move(state.step, done)))
            state.step += 1
            _check_finite(state.step, losses[-1].values())
            state.seconds = agree(time.monotonic() - began)
            done = budget.progress(state.step, state.seconds)

            if state.step % LOG_EVERY == 0 or done == 1:
                progress.report(_log(state, game, losses, done))
                losses.clear()
            if tested := int(done * recipe.checks) > state.tests:
                state.tests = int(done * recipe.checks)
                if first:
                    _test(state, game, done)
            stop = agree(interrupted())
            if first and (tested or stop or (game.picture_every and state.step % game.picture_every == 0)):
                run.save_log(state.log, game.measure, game.floor)
                game.draw(run, f"{recordings.name}, step {state.step}")
            if first and (tested or stop or time.monotonic() - last_saved > SAVE_EVERY):
                _check_finite(state.step, game.weight_sums())
                run.save_checkpoint({"owner": owner, "game": game.to_dict(), "state": vars(state)})
                last_saved = time.monotonic()
            if stop:
                raise KeyboardInterrupt

    # 3. The network that tested best, as an exporter takes it.
    game.to(torch.device("cpu"))
    if state.kept is not None:
        game.network.load_state_dict(state.kept)
    training = {
        **recordings.provenance, "data_sha256": owner["recordings"], "signals": len(recordings.signals), "seed": seed,
        "fresh_signals": fresh.position if fresh else 0, "recipe": game.recipe.to_dict(), **game.describe(),
        "steps": state.step, "kept_step": state.kept_step, "minutes": round(state.seconds / 60, 2),
        "packages": {"torch": torch.__version__},
    }  # fmt: skip
    figure = {"value": state.kept_figure, "floor": game.floor, "n": len(game.kept_out.signals)}
    return game.finish(training, {game.measure: figure})


def _rounding(game: Game, precision: str) -> torch.autocast:
    """The context of a step: products in bfloat16, if that is asked for."""
    if precision not in ("float32", "bfloat16"):
        msg = f"a training's precision is float32 or bfloat16; got {precision!r}"
        raise ArgumentError(msg)
    if precision == "bfloat16" and not game.bears_bfloat16:
        msg = f"these networks of the recipe {game.recipe.name} need all digits of float32: leave the precision out"
        raise ArgumentError(msg)
    # No cache: the copies it keeps would be those from before the discriminator's move.
    on = precision == "bfloat16"
    return torch.autocast(game.device.type, torch.bfloat16, enabled=on, cache_enabled=False)


def _check_finite(step: int, values: Iterable[float]) -> None:
    if not all(map(math.isfinite, values)):
        msg = (
            f"the networks diverged: numbers are no longer finite at step {step}. Look for outliers in the signals,"
            " or start again with a smaller learning_rate in the recipe (--recipe FILE.toml)"
        )
        raise TrainingError(msg)


def _log(state: State, game: Game, losses: Sequence[Mapping[str, float]], done: float) -> Report:
    """The mean of the losses since the last line, as a line of the log."""
    mean = {name: sum(step[name] for step in losses) / len(losses) for name in losses[0]}
    figure = state.log[-1][game.measure] if state.log else None
    state.log.append(
        {"step": state.step, "progress": done, "seconds": round(state.seconds, 3), **mean, game.measure: figure}
    )
    return Report(state.step, done, state.seconds, mean, game.measure, figure)


def _test(state: State, game: Game, done: float) -> None:
    """The held-out test; late in training the better network is kept."""
    figure = game.test()
    _check_finite(state.step, [figure])
    if state.log:
        state.log[-1][game.measure] = figure
    if done >= game.keep_from and figure <= state.best + game.tie:
        state.keep(game.network, figure)
