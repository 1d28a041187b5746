"""Pictures of a training: what an autoencoder leaves in its run folder, and how many codes it needs."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from gansurrogate.fidelity import latent_plots
from gansurrogate.fidelity.estimate import Array
from gansurrogate.fidelity.plots import REAL, SURROGATE, label
from gansurrogate.spec import SignalSpec
from gansurrogate.train.autoencoder.exports import codes_surrogate
from gansurrogate.train.autoencoder.judge import encode, find_anomalies, first, residuals
from gansurrogate.train.data import Part
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.trained import generate

if TYPE_CHECKING:
    from gansurrogate.train.autoencoder.game import AutoencoderGame
    from gansurrogate.train.autoencoder.sweep import Sweep

SHOWN = 1000  # held-out signals
ENCODED = 4000  # training signals


def draw(game: "AutoencoderGame", run: RunFolder, title: str) -> None:
    """Generated signals, reconstructions, the latent space and anomaly scores, each from a few signals."""
    spec, autoencoder = game.recordings.spec, game.autoencoder
    shown, few = first(game.kept_out, SHOWN), first(game.real, ENCODED)
    surrogate = codes_surrogate(autoencoder, few, shown)
    signals = shown.signals.numpy()
    run.save_signals(signals, generate(surrogate, shown.conditions, len(signals)), spec, title)
    reconstructions = signals - residuals(autoencoder, shown).numpy()
    run.save_figure("reconstructions.png", latent_plots.reconstructions(signals, reconstructions, spec, title))
    colour, name = _colour(game, shown)
    run.save_figure("codes.png", latent_plots.latent_space(encode(autoencoder, shown).numpy(), colour, name, title))
    anomalies = find_anomalies(autoencoder, few, shown, by_channel=game.recipe.scaling == "channel")
    run.save_figure(
        "anomalies.png",
        latent_plots.anomalies(anomalies.held_out, anomalies.corrupted, anomalies.threshold, title),
    )


def _colour(game: "AutoencoderGame", shown: Part) -> tuple[Array, str]:
    """What the latent space is coloured by: the first condition, or how large a signal is."""
    for condition, values in zip(game.recordings.spec.conditions, shown.conditions, strict=True):
        if not condition.shape:
            return values.numpy(), condition.name
    x = shown.signals.flatten(1).numpy()
    return np.std(x, axis=1), "standard deviation of the signal"


def errors_by_codes(sweep: "Sweep", spec: SignalSpec, title: str) -> Figure:
    """Reconstruction errors of autoencoder and PCA against the number of codes, the suggested one marked."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots()
    for errors, colour, name in ((sweep.pca, REAL, "PCA"), (sweep.autoencoder, SURROGATE, "autoencoder")):
        axes.plot(sweep.codes, errors, "o-", ms=4, color=colour, label=name)
    axes.axhline(sweep.floor, color="grey", lw=0.8, ls=":", label="noise floor")
    if sweep.suggested is not None:
        axes.axvline(sweep.suggested, color="black", lw=0.8, ls="--", label=f"suggested: {sweep.suggested}")
    axes.set(xlabel="codes", ylabel=label("root mean square left of a signal", spec.unit), yscale="log")
    axes.legend(frameon=False)
    return figure
