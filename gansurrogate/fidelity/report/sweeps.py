"""The pictures of sweeps. Drawn without pyplot, which keeps global state."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure as Picture

from gansurrogate.fidelity.condition_sweep import Band, ConditionSweep
from gansurrogate.fidelity.estimate import Array
from gansurrogate.fidelity.latent_sweep import LatentSweep
from gansurrogate.fidelity.plots import REAL, SURROGATE, is_image, label
from gansurrogate.spec import SignalSpec

WIDTH = 8  # inches


def along_latents(sweeps: Sequence[LatentSweep], spec: SignalSpec) -> Picture:
    """A panel for each latent: the signal at every step, of several channels the first one."""
    image = is_image(spec)
    height = _strip_height(len(sweeps[0].values), spec) if image else 2.5
    picture = Picture(figsize=(WIDTH, height * len(sweeps)), layout="constrained")
    for axes, sweep in zip(np.atleast_1d(picture.subplots(len(sweeps), 1)), sweeps, strict=True):
        title = f"{sweep.name}: {100 * sweep.share:.1f} % of what single latents change"
        if image:
            _strip(axes, sweep.signals, title, (float(sweep.signals.min()), float(sweep.signals.max())))
            continue
        axes.set_title(title, fontsize=10)
        scale = ScalarMappable(Normalize(sweep.values[0], sweep.values[-1]), colormaps["viridis"])
        for value, signal in zip(sweep.values, sweep.signals, strict=True):
            axes.plot(_places(spec), _first(signal), color=scale.to_rgba(value), lw=1)
        picture.colorbar(scale, ax=axes, label="latent")
        axes.set_ylabel(spec.unit)
        axes.set_xlabel(label(spec.axes[-1].name, spec.axes[-1].unit) if sweep is sweeps[-1] else "")
    return picture


def along_condition(sweep: ConditionSweep, spec: SignalSpec) -> Picture:
    """A panel for each value of the condition: mean and 5 to 95 % band, real beside surrogate."""
    sides = [(sweep.surrogate, "surrogate", SURROGATE)]
    if sweep.real is not None:
        sides.insert(0, (sweep.real, "real", REAL))
    if is_image(spec):
        return _mean_images(sweep, sides, spec)
    picture = Picture(figsize=(WIDTH, 1.7 * len(sweep.values) + 0.5), layout="constrained")
    grid = np.atleast_1d(picture.subplots(len(sweep.values), 1, sharex=True, sharey=True))
    for step, axes in enumerate(grid):
        for band, name, colour in sides:
            mean, low, high = (_first(each[step]) for each in band)
            axes.fill_between(_places(spec), low, high, color=colour, alpha=0.25, lw=0)
            axes.plot(_places(spec), mean, color=colour, lw=1.4, label=name, ls="-" if colour == REAL else "--")
        axes.set_title(_said(sweep, step), fontsize=10)
        axes.set_ylabel(spec.unit)
    grid[-1].set_xlabel(label(spec.axes[-1].name, spec.axes[-1].unit))
    picture.legend(*grid[0].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=2)
    return picture


def _mean_images(sweep: ConditionSweep, sides: Sequence[tuple[Band, str, str]], spec: SignalSpec) -> Picture:
    """Means of each side, then widths of the bands: one image for each value of the condition."""
    ends = f"{_said(sweep, 0)} to {_said(sweep, -1).partition(' = ')[2]}"
    views: dict[str, list[tuple[Array, str]]] = {
        "mean": [(band.mean, name) for band, name, _ in sides],
        "width of the band": [(band.high - band.low, name) for band, name, _ in sides],
    }
    picture = Picture(figsize=(WIDTH, _strip_height(len(sweep.values), spec) * 2 * len(sides)), layout="constrained")
    places = iter(picture.subplots(2 * len(sides), 1))
    for what, images in views.items():
        limits = min(float(each.min()) for each, _ in images), max(float(each.max()) for each, _ in images)
        for each, name in images:
            _strip(next(places), each, f"{name}, {what}, {ends}", limits)
    return picture


def _strip(axes: Axes, images: Array, title: str, limits: tuple[float, float]) -> None:
    """Images side by side."""
    square = images.reshape(-1, *images.shape[-2:])
    axes.imshow(np.concatenate(list(square), 1), cmap="gray", vmin=limits[0], vmax=limits[1])
    axes.set_axis_off()
    axes.set_title(title, fontsize=10)


def _strip_height(images: int, spec: SignalSpec) -> float:
    """Inches that a strip across the picture takes, with its title."""
    return WIDTH / images * spec.shape[-2] / spec.shape[-1] + 0.4


def _places(spec: SignalSpec) -> Array:
    return spec.coordinates[spec.axes[-1].name]


def _first(signal: Array) -> Array:
    """The signal, or its first channel."""
    channel: Array = signal.reshape(-1, signal.shape[-1])[0]
    return channel


def _said(sweep: ConditionSweep, step: int) -> str:
    value = sweep.values[step]
    number = f"{value}" if sweep.condition.levels else f"{value:.3g}"
    return f"{sweep.condition.name} = {number} {sweep.condition.unit}".rstrip()
