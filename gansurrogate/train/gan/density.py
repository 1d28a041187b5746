"""The one-dimensional picture: data, generator and discriminator on one axis.

I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014, figure 1.
"""

from typing import TYPE_CHECKING

import numpy as np
import torch
from matplotlib.figure import Figure

from gansurrogate.fidelity import plots
from gansurrogate.train.trained import generate

if TYPE_CHECKING:
    from gansurrogate.train.gan.game import GanGame

SIGNALS = 20_000  # on each side
BINS = 100


def density(game: "GanGame", title: str) -> Figure:
    """Densities of real and generated values, and D(x) beside the best one there is, p / (p + q).

    With conditions there is a discriminator for each of their values, and only the densities are drawn.
    """
    spec, real = game.recordings.spec, game.real.rows(torch.arange(min(SIGNALS, len(game.real.signals))))
    generated = generate(game.network, real.conditions, len(real.signals))
    x = real.signals.numpy()
    margin = 0.25 * float(np.ptp(x))
    edges = np.linspace(float(x.min()) - margin, float(x.max()) + margin, BINS + 1)
    p, q = (np.histogram(values, edges, density=True)[0] for values in (x, generated))
    middle = (edges[1:] + edges[:-1]) / 2

    figure = Figure(figsize=(8, 5), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots()
    axes.fill_between(middle, p, step="mid", color=plots.REAL, alpha=0.3, label="data, p")
    axes.step(middle, q, where="mid", color=plots.SURROGATE, label="generator, q")
    axes.set(xlabel=plots.label("value", spec.unit), ylabel="density")
    handles, _ = axes.get_legend_handles_labels()
    if not spec.conditions:
        outputs = axes.twinx()
        seen = p + q > 0
        outputs.plot(middle[seen], (p / np.where(seen, p + q, 1))[seen], ".", color="grey", ms=3, label="p / (p + q)")
        outputs.plot(middle, _discriminator(game, middle), color="black", lw=1.2, label="discriminator, D(x)")
        outputs.axhline(0.5, color="grey", lw=0.8, ls="--")
        outputs.set(ylim=(0, 1), ylabel="discriminator")
        handles += outputs.get_legend_handles_labels()[0]
    axes.legend(handles=handles, frameon=False, loc="upper left")
    return figure


@torch.no_grad()
def _discriminator(game: "GanGame", x: np.ndarray) -> np.ndarray:
    """D at the values `x`, without dropout."""
    game.discriminator.eval()
    logits = game.discriminator(torch.from_numpy(x).float()[:, None].to(game.device))
    outputs: np.ndarray = logits.sigmoid().cpu().numpy()
    game.discriminator.train()
    return outputs
