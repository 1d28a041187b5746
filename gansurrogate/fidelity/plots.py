"""Pictures of real signals beside surrogate ones. Drawn without pyplot, which keeps global state."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gansurrogate.fidelity.estimate import Array
from gansurrogate.fidelity.figure import spoken
from gansurrogate.spec import SignalSpec

ROWS = 4
SIDE = 6  # images along the side of a grid
REAL, SURROGATE = "#30638e", "#d1495b"


def is_image(spec: SignalSpec) -> bool:
    """Whether signals are images: two axes of similar size, perhaps behind one of size 1; channels are few or many."""
    height, width = (0, 0, *spec.shape)[-2:]
    single = math.prod(spec.shape[:-2]) == 1
    return single and min(height, width) >= 8 and max(height, width) <= 2 * min(height, width)


def compare(real: Array, surrogate: Array, spec: SignalSpec, title: str) -> Figure:
    """Real and surrogate signals, their spectra and the spread of their values.

    Parameters
    ----------
    real, surrogate : array of shape (n, *spec.shape)
        Rows of equal index share their conditions.
    """
    figure = Figure(figsize=(11, 10), layout="constrained")
    figure.suptitle(title)
    rows = 1 if is_image(spec) else ROWS
    grid = figure.subplots(rows + 1, 2, height_ratios=(3, 1) if is_image(spec) else None)
    _side_by_side(grid[:rows], real, surrogate, spec)
    _spectrum(grid[-1, 0], real, surrogate)
    _values(grid[-1, 1], real, surrogate, spec)
    return figure


def galleries(real: Array, surrogate: Array, spec: SignalSpec) -> Figure:
    """Real signals beside surrogate ones, on one scale."""
    image = is_image(spec)
    figure = Figure(figsize=(11, 5.5 if image else 8), layout="constrained")
    _side_by_side(figure.subplots(1 if image else ROWS, 2, squeeze=False), real, surrogate, spec)
    return figure


def _side_by_side(grid: NDArray[Any], real: Array, surrogate: Array, spec: SignalSpec) -> None:
    """Fill a grid of axes (rows, 2): images in one mosaic on each side, other signals one below the other."""
    rows = len(grid)
    pooled = real if is_image(spec) else np.concatenate([real[:rows], surrogate[:rows]])
    limits = _range(pooled, margin=0 if is_image(spec) else 0.05)
    sides = ((real, "real", REAL), (surrogate, "surrogate", SURROGATE))
    for column, (signals, name, colour) in enumerate(sides):
        grid[0, column].set_title(name)
        if is_image(spec):
            _image(grid[0, column], mosaic(signals[: SIDE**2]), limits)
            continue
        for row in range(rows):
            _signal(grid[row, column], signals[row], spec, colour, limits)
        grid[rows - 1, column].set_xlabel(label(spec.axes[-1].name, spec.axes[-1].unit))


def gallery(signals: Array, spec: SignalSpec, title: str, side: int = 3) -> Figure:
    """The first signals in a square, `side` along each edge."""
    figure = Figure(figsize=(3 * side, 2.6 * side), layout="constrained")
    figure.suptitle(title)
    shown = signals[: side**2]
    limits = _range(shown, margin=0.05)
    for axes, signal in zip(figure.subplots(side, side).flat, shown, strict=False):
        if is_image(spec):
            _image(axes, signal.reshape(spec.shape[-2:]), limits)
        else:
            _signal(axes, signal, spec, SURROGATE, limits)
    return figure


def mosaic(images: Array) -> Array:
    """Images (n, ..., height, width) of one channel as one, row by row in a square, their lowest value between them."""
    side = math.ceil(len(images) ** 0.5)
    height, width = images.shape[-2:]
    tiles = np.full((side * side, height + 1, width + 1), images.min(), images.dtype)
    tiles[: len(images), 1:, 1:] = images.reshape(-1, height, width)
    square: Array = tiles.reshape(side, side, height + 1, width + 1).swapaxes(1, 2)
    return square.reshape(side * (height + 1), side * (width + 1))


def curves(rows: Sequence[dict[str, Any]], measure: str, floor: float) -> Figure:
    """Losses and the held-out figure `measure` of a training against the step; `rows` are the lines of its log.

    What is called ``D(...)`` is the output of a discriminator and drawn beside 1/2.
    """
    steps = [row["step"] for row in rows]
    names = [name for name in (rows[0] if rows else ()) if name not in ("step", "progress", "seconds", measure)]
    outputs = [name for name in names if name.startswith("D(")]
    panels = 3 if outputs else 2
    figure = Figure(figsize=(9, 3 * panels), layout="constrained")
    losses, *middle, fidelity = figure.subplots(panels, 1, sharex=True)
    for axes in middle:
        for name in outputs:
            axes.plot(steps, [row[name] for row in rows], lw=0.8, label=name)
        axes.axhline(0.5, color="grey", lw=0.8, ls="--", label="1/2")
        axes.set(ylabel="discriminator", ylim=(0, 1))
        axes.legend(frameon=False)
        losses.axhline(2 * np.log(2), color="grey", lw=0.8, ls="--", label="2 ln 2")
    for name in [name for name in names if name not in outputs]:
        losses.plot(steps, [row[name] for row in rows], lw=0.8, label=name.replace("_", " "))
    if "discriminator" in names:
        losses.axhline(np.log(2), color="grey", lw=0.8, ls=":", label="ln 2: cannot tell them apart")
    losses.set(ylabel="loss", yscale="symlog")
    if names:
        losses.legend(frameon=False)
    tested = [(row["step"], row[measure]) for row in rows if row[measure] is not None]
    if tested:
        fidelity.plot(*zip(*tested, strict=True), lw=1.2, drawstyle="steps-post", color=SURROGATE)
    fidelity.axhline(floor, color="grey", lw=0.8, ls=":", label="real against real")
    fidelity.legend(frameon=False)
    fidelity.set(xlabel="step", ylabel=spoken(measure))
    return figure


def _signal(axes: Axes, signal: Array, spec: SignalSpec, colour: str, limits: tuple[float, float]) -> None:
    time = spec.coordinates[spec.axes[-1].name]
    for channel in signal.reshape(-1, signal.shape[-1]):
        axes.plot(time, channel, lw=0.8, color=colour, alpha=1.0 if signal.ndim == 1 else 0.6)
    axes.set_ylim(limits)
    axes.set_ylabel(spec.unit)


def _image(axes: Axes, image: Array, limits: tuple[float, float]) -> None:
    axes.imshow(image, cmap="gray", vmin=limits[0], vmax=limits[1])
    axes.set_axis_off()


def _range(values: Array, margin: float = 0.0) -> tuple[float, float]:
    """Lowest and highest value, widened by `margin` times their distance."""
    low, high = float(values.min()), float(values.max())
    return low - margin * (high - low), high + margin * (high - low)


def _spectrum(axes: Axes, real: Array, surrogate: Array) -> None:
    for signals, name, colour in ((real, "real", REAL), (surrogate, "surrogate", SURROGATE)):
        centred = signals - signals.mean(-1, keepdims=True)
        power = (np.abs(np.fft.rfft(centred, axis=-1)) ** 2).reshape(-1, signals.shape[-1] // 2 + 1).mean(0)
        axes.semilogy(power[1:] / signals.shape[-1], lw=1, color=colour, label=name)
    axes.set(xlabel="frequency bin", ylabel="mean power")
    axes.legend(frameon=False)


def _values(axes: Axes, real: Array, surrogate: Array, spec: SignalSpec) -> None:
    low, high = np.quantile(real, (0.0005, 0.9995))
    bins = np.linspace(float(low), float(high), 80).tolist()
    for signals, name, colour in ((real, "real", REAL), (surrogate, "surrogate", SURROGATE)):
        axes.hist(signals.ravel(), bins=bins, density=True, histtype="step", color=colour, label=name)
    axes.set(xlabel=label("value", spec.unit), ylabel="density")


def label(name: str, unit: str) -> str:
    """An axis' label."""
    return f"{name} [{unit}]" if unit else name
