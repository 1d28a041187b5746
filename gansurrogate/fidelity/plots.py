"""Pictures of real signals beside surrogate ones. Drawn without pyplot, which keeps global state."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gansurrogate.fidelity.figure import spoken
from gansurrogate.fidelity.two_sample import Array
from gansurrogate.spec import SignalSpec

ROWS = 4
REAL, SURROGATE = "#30638e", "#d1495b"


def compare(real: Array, surrogate: Array, spec: SignalSpec, title: str) -> Figure:
    """A gallery of real and surrogate signals, their spectra and the spread of their values.

    Parameters
    ----------
    real, surrogate : array of shape (n, *spec.shape)
        Rows of equal index share their conditions.
    """
    figure = Figure(figsize=(11, 10), layout="constrained")
    figure.suptitle(title)
    grid = figure.subplots(ROWS + 1, 2)
    shown = [*real[:ROWS].ravel(), *surrogate[:ROWS].ravel()]
    low, high = float(np.min(shown)), float(np.max(shown))
    margin = 0.05 * (high - low)
    limits = (low - margin, high + margin)
    for column, (signals, name, colour) in enumerate(((real, "real", REAL), (surrogate, "surrogate", SURROGATE))):
        grid[0, column].set_title(name)
        for row in range(ROWS):
            _signal(grid[row, column], signals[row], spec, colour, limits)
        grid[ROWS - 1, column].set_xlabel(_label(spec.axes[-1].name, spec.axes[-1].unit))
    _spectrum(grid[ROWS, 0], real, surrogate)
    _values(grid[ROWS, 1], real, surrogate, spec)
    return figure


def curves(rows: Sequence[dict[str, Any]], measure: str, floor: float | None) -> Figure:
    """Losses and the held-out figure `measure` of a training against the step; `rows` are the lines of its log."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    losses, fidelity = figure.subplots(2, 1, sharex=True)
    steps = [row["step"] for row in rows]
    names = [name for name in (rows[0] if rows else ()) if name not in ("step", "progress", "seconds", measure)]
    for name in names:
        losses.plot(steps, [row[name] for row in rows], lw=0.8, label=name.replace("_", " "))
    losses.axhline(np.log(2), color="grey", lw=0.8, ls=":", label="ln 2")
    losses.set(ylabel="loss", yscale="symlog")
    losses.legend(frameon=False)
    tested = [(row["step"], row[measure]) for row in rows if row[measure] is not None]
    if tested:
        fidelity.plot(*zip(*tested, strict=True), lw=1.2, drawstyle="steps-post", color=SURROGATE)
    if floor is not None:
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
    axes.set(xlabel=_label("value", spec.unit), ylabel="density")


def _label(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name
