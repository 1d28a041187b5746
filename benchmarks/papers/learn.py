"""Windows drawn from a surrogate that was trained by the project's own recipe."""

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import gansurrogate as gs
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, train
from gansurrogate.train.trained import generate


def learn(
    name: str, signals: NDArray[np.float32], minutes: float, seed: int, run: Path
) -> tuple[str, NDArray[np.float32], float]:
    """Train on all windows, as is usual for these sets, and draw as many.

    Parameters
    ----------
    name : str
        Of the set.
    signals : array of shape (n, channels, length)
    minutes : float
        Wall-clock time; 0 draws from the start, before any adversarial step.
    seed : int
        Of the training.
    run : Path
        The run folder; a training found in it is gone on from.

    Returns
    -------
    str, array of shape (n, channels, length), float
        Family that the default recipe chose, windows, and CPU-minutes spent.
    """
    began = time.process_time()
    recipe, spec = find_recipe("default"), gs.SignalSpec(shape=signals.shape[1:], unit="1")
    recordings = Recordings(name, spec, signals, {}, {})
    if minutes:
        folder = RunFolder(run, resume=(run / "run.json").exists())
        trained = train(recordings, folder, recipe=recipe, budget=Budget(seconds=60 * minutes), seed=seed)
        family, network = trained.training["family"], trained.network
    else:
        game = recipe.prepare(recordings, seed)
        family, network = game.describe()["family"], game.network
    return family, generate(network, [], len(signals), seed), (time.process_time() - began) / 60
