"""The pictures of a report. Drawn without pyplot, which keeps global state."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure as Picture

from gansurrogate.fidelity.comparison import Comparison
from gansurrogate.fidelity.curve import Curve
from gansurrogate.fidelity.figure import Figure, spoken
from gansurrogate.fidelity.plots import REAL, SURROGATE

MOST_PARAMETERS = 6  # in a corner plot
MOST_POINTS = 1500  # of each cloud
MOST_LINES = 4  # channels in a plot of curves


def curve(drawn: Curve) -> Picture:
    """Real and surrogate curve, and below their difference with the band that chance leaves."""
    rows = min(len(drawn.real), MOST_LINES)
    picture = Picture(figsize=(8, 1 + 3.2 * rows), layout="constrained")
    grid = picture.subplots(2 * rows, 1, sharex=True, height_ratios=[2, 1] * rows)
    for row in range(rows):
        above, below = grid[2 * row : 2 * row + 2]
        above.plot(drawn.x, drawn.real[row], color=REAL, lw=1.6, label="real")
        above.plot(drawn.x, drawn.other[row], color=SURROGATE, lw=1, ls="--", label="surrogate")
        above.set_ylabel(drawn.name)
        band, off = (
            (drawn.low[row] - drawn.real[row], drawn.high[row] - drawn.real[row]),
            drawn.other[row] - drawn.real[row],
        )
        below.fill_between(drawn.x, *band, color=REAL, alpha=0.25, lw=0, label="95 % of real")
        below.plot(drawn.x, off, color=SURROGATE, lw=1)
        below.set_ylabel("difference")
    grid[0].legend(frameon=False)
    grid[1].legend(frameon=False)
    grid[-1].set_xlabel(drawn.along)
    return picture


def corner(comparison: Comparison) -> Picture:
    """Recovered parameters against each other: clouds below the diagonal, distributions on it."""
    names = list(comparison.real.features)[:MOST_PARAMETERS]
    size = max(2, len(names))
    picture = Picture(figsize=(1.8 * size + 1, 1.8 * size + 1), layout="constrained")
    grid = picture.subplots(len(names), len(names), squeeze=False)
    sides = ((comparison.real.features, REAL, "real"), (comparison.surrogate.features, SURROGATE, "surrogate"))
    for row, below in enumerate(names):
        for column, across in enumerate(names):
            axes = grid[row, column]
            if column > row:
                axes.set_axis_off()
                continue
            low, high = np.quantile(comparison.real.features[across], (0.001, 0.999))
            for features, colour, name in sides:
                if row == column:
                    bins = np.linspace(low, high, 41)
                    axes.hist(features[across], bins=bins.tolist(), histtype="step", color=colour, label=name)
                else:
                    points = (features[across][:MOST_POINTS], features[below][:MOST_POINTS])
                    axes.scatter(*points, s=2, lw=0, alpha=0.4, color=colour, rasterized=True)
                    axes.set_ylim(*np.quantile(comparison.real.features[below], (0.001, 0.999)))
            if low < high:
                axes.set_xlim(low, high)
            axes.tick_params(labelsize=7, labelbottom=row == len(names) - 1, labelleft=column == 0 < row)
            if row == column:
                axes.set_yticks([])
            if row == len(names) - 1:
                axes.set_xlabel(spoken(across), fontsize=8)
            if column == 0 < row:
                axes.set_ylabel(spoken(below), fontsize=8)
    picture.legend(*grid[0, 0].get_legend_handles_labels(), loc="upper right", frameon=False)
    return picture


def roc(figures: Sequence[Figure]) -> Picture:
    """How many real signals each classifier takes for surrogate ones, and how many surrogate ones it finds."""
    picture = Picture(figsize=(5.5, 5.5), layout="constrained")
    axes = picture.subplots()
    axes.plot([0, 1], [0, 1], color="grey", lw=0.8, ls=":", label="guessing")
    for figure in figures:
        if figure.measured.roc is not None:
            axes.plot(*figure.measured.roc, lw=1.4, label=f"{spoken(figure.name)} {figure.value:.3f}")
    axes.set(xlabel="real signals taken for surrogate ones", ylabel="surrogate signals found", aspect="equal")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False, loc="lower right")
    return picture
