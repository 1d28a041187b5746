"""Training, top to bottom: look at the data, play the game, keep the generator that tests best."""

import math
import time
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version

import torch

from gansurrogate.errors import TrainingError
from gansurrogate.train.budget import Budget
from gansurrogate.train.data import Part, split
from gansurrogate.train.held_out import HeldOut
from gansurrogate.train.interrupt import deferred_interrupts
from gansurrogate.train.pilot import Pilot, look
from gansurrogate.train.progress import NoProgress, Progress, Report
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.recordings import Recordings
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.state import State
from gansurrogate.train.step import Losses, take_step
from gansurrogate.train.trained import TrainedGenerator, generate

LOG_EVERY = 25  # steps
SAVE_EVERY = 60.0  # seconds between checkpoints
KEEP_FROM = 0.6  # progress from which a generator may be kept: earlier ones are not annealed
TIE = 0.01  # a later generator wins unless an earlier one tested better by more than the test's noise


def train(
    recordings: Recordings,
    run: RunFolder,
    *,
    recipe: Recipe,
    budget: Budget,
    seed: int = 0,
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
    progress : Progress, optional
        Told about each stage and log line.

    Returns
    -------
    TrainedGenerator
        The averaged generator that did best in the held-out tests.

    Raises
    ------
    TrainingError
        If a loss is no longer a number.
    KeyboardInterrupt
        On Ctrl-C or SIGTERM, after the state was saved.
    """
    progress = progress or NoProgress()

    # 1. The data: a part to train on, a part to test with, and a first look that fixes the basis.
    progress.stage("looking at the data")
    owner = {
        "recordings": recordings.digest(),
        "recipe": recipe.to_dict(),
        "seed": seed,
        "version": version("gansurrogate"),
    }
    if (saved := run.load_checkpoint(owner)) is None:
        run.start({"seed": seed, **asdict(budget)}, recipe, recordings)
    real, kept_out = split(recordings, recipe.held_out_signals)
    recipe = recipe.adapted_to(len(real.signals))
    pilot = look(real.signals, recipe) if saved is None else Pilot(**saved["pilot"])
    held_out = HeldOut(pilot, kept_out, real)

    # 2. The networks: new, or as they were when the run was interrupted.
    state = State(recordings.spec, pilot, real.signals[: recipe.pilot_signals], recipe, seed)
    if saved is not None:
        state.restore(saved["state"])

    # 3. The game.
    progress.stage("training")
    losses: list[Losses] = []
    began, last_saved = time.monotonic() - state.seconds, time.monotonic()
    with deferred_interrupts() as interrupted:
        while (done := budget.progress(state.step, state.seconds)) < 1:
            losses.append(take_step(state, real.batch(recipe.batch_size, state.random), recipe, done))
            _check_finite(state.step, losses[-1])
            state.seconds = time.monotonic() - began
            done = budget.progress(state.step, state.seconds)

            if state.step % LOG_EVERY == 0 or done == 1:
                progress.report(_log(state, losses, done))
                losses.clear()
            if tested := int(done * recipe.checks) > state.tests:
                state.tests = int(done * recipe.checks)
                _test(state, held_out, done)
            stop = interrupted()
            if tested or stop:
                _draw(state, kept_out, recordings, run, held_out.floor)
            if tested or stop or time.monotonic() - last_saved > SAVE_EVERY:
                _check_finite(state.step, state.weight_sums())
                run.save_checkpoint({"owner": owner, "pilot": vars(pilot), "state": state.to_dict()})
                last_saved = time.monotonic()
            if stop:
                raise KeyboardInterrupt

    # 4. The generator that tested best, as an exporter takes it.
    network = state.average.network
    if state.kept is not None:
        network.load_state_dict(state.kept)
    provenance = {
        **recordings.provenance, "data_sha256": owner["recordings"], "signals": len(recordings.signals), "seed": seed,
        "recipe": recipe.to_dict(), "steps": state.step, "kept_step": state.kept_step,
        "minutes": round(state.seconds / 60, 2), "packages": {"torch": torch.__version__},
    }  # fmt: skip
    fidelity = {"held_out_auc": {"value": state.kept_auc, "floor": held_out.floor, "n": held_out.n}}
    return TrainedGenerator(recordings.name, recordings.spec, network, provenance, fidelity)


def _check_finite(step: int, values: Iterable[float]) -> None:
    if not all(map(math.isfinite, values)):
        msg = (
            f"the networks diverged: numbers are no longer finite at step {step}. Look for outliers in the signals,"
            " or start again with a smaller learning_rate in the recipe (--recipe FILE.toml)"
        )
        raise TrainingError(msg)


def _log(state: State, losses: list[Losses], done: float) -> Report:
    """The mean of the losses since the last line, as a line of the log."""
    mean = [sum(values) / len(values) for values in zip(*losses, strict=True)]
    auc = state.log[-1]["held_out_auc"] if state.log else None
    report = Report(state.step, done, round(state.seconds, 3), mean[0], mean[1], mean[2], mean[3], auc)
    state.log.append(asdict(report))
    return report


def _test(state: State, held_out: HeldOut, done: float) -> None:
    """The held-out test; late in training the better generator is kept."""
    auc = held_out.auc(state.average.network)
    _check_finite(state.step, [auc])
    if state.log:
        state.log[-1]["held_out_auc"] = auc
    if done >= KEEP_FROM and auc <= state.best_auc + TIE:
        state.keep(auc)


def _draw(state: State, kept_out: Part, recordings: Recordings, run: RunFolder, floor: float) -> None:
    """Pictures of where the training stands."""
    run.save_log(state.log, floor)
    n = min(1000, len(kept_out.signals))
    shown = generate(state.average.network, [c[:n] for c in kept_out.conditions], n)
    title = f"{recordings.name}, step {state.step}"
    run.save_signals(kept_out.signals[:n].numpy(), shown, recordings.spec, title)
