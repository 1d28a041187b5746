"""Pictures of an autoencoder: reconstructions, its latent space, and anomaly scores."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gansurrogate.fidelity.estimate import Array
from gansurrogate.fidelity.plots import REAL, SURROGATE, is_image, label, mosaic
from gansurrogate.spec import SignalSpec

SIDE = 6  # images along the side of a square
ROWS, COLUMNS = 3, 2  # of signals


def reconstructions(signals: Array, reconstructed: Array, spec: SignalSpec, title: str) -> Figure:
    """Signals (n, *spec.shape) with their reconstructions: images beside each other, others in one plot."""
    figure = Figure(figsize=(10, 7), layout="constrained")
    figure.suptitle(title)
    if is_image(spec):
        low, high = float(signals.min()), float(signals.max())
        for axes, images, name in zip(
            figure.subplots(1, 2), (signals, reconstructed), ("real", "reconstruction"), strict=True
        ):
            axes.imshow(mosaic(images[: SIDE**2]), cmap="gray", vmin=low, vmax=high)
            axes.set_title(name)
            axes.set_axis_off()
        return figure
    grid = figure.subplots(ROWS, COLUMNS, sharex=True)
    along = spec.coordinates[spec.axes[-1].name]
    for axes, signal, reconstruction in zip(grid.flat, signals, reconstructed, strict=False):
        for rows, colour, width in ((signal, REAL, 0.6), (reconstruction, SURROGATE, 1.4)):
            axes.plot(along, rows.reshape(-1, len(along)).T, lw=width, color=colour, alpha=0.8)
        axes.set_ylabel(spec.unit)
    for axes in grid[-1]:
        axes.set_xlabel(label(spec.axes[-1].name, spec.axes[-1].unit))
    lines = grid[0, 0].lines
    figure.legend([lines[0], lines[-1]], ["real", "reconstruction"], frameon=False, loc="outside lower center", ncols=2)
    return figure


def latent_space(codes: Array, colour: Array, name: str, title: str) -> Figure:
    """The first two codes (n, codes) of each signal, coloured by `colour` (n,), which is called `name`."""
    figure = Figure(figsize=(7, 6), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots()
    second, called = (codes[:, 1], "code 1") if codes.shape[1] > 1 else (colour, name)
    points = axes.scatter(codes[:, 0], second, c=colour, s=6, cmap="viridis")
    figure.colorbar(points, label=name)
    axes.set(xlabel="code 0", ylabel=called)
    return figure


def anomalies(held_out: Array, corrupted: Mapping[str, Array], threshold: float, title: str) -> Figure:
    """Histograms of the anomaly scores of held-out signals and of each kind of corrupted ones, above each other."""
    figure = Figure(figsize=(8, 1 + 1.4 * len(corrupted)), layout="constrained")
    figure.suptitle(title)
    both = np.concatenate([held_out, *corrupted.values()])
    bins = np.geomspace(max(float(both.min()), 1e-3), float(np.quantile(both, 0.999)) * 1.01, 80).tolist()
    panels: Sequence[Axes] = np.atleast_1d(figure.subplots(len(corrupted), 1, sharex=True)).tolist()
    for axes, (kind, scores) in zip(panels, corrupted.items(), strict=True):
        for values, colour, name in ((held_out, REAL, "held-out"), (scores, SURROGATE, kind)):
            axes.hist(values, bins=bins, histtype="stepfilled", color=colour, alpha=0.6, label=name)
        axes.axvline(threshold, color="black", lw=0.8, ls="--")
        axes.set(xscale="log", yticks=[])
        axes.legend(frameon=False, loc="upper right")
    panels[-1].set_xlabel("anomaly score (dashed: 99 % of held-out signals lie below)")
    return figure
