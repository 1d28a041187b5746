"""What each set of windows is measured by, in the order of the table."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from sets import Windows

from gansurrogate.fidelity.context_fid import context_fid
from gansurrogate.fidelity.correlation import correlational_score
from gansurrogate.fidelity.estimate import Estimate
from gansurrogate.fidelity.memorisation import windows_memorisation_ratio
from gansurrogate.fidelity.sharp import sharp_auc
from gansurrogate.fidelity.timegan import discriminative_score, predictive_score
from gansurrogate.fidelity.two_sample import trees_auc
from gansurrogate.fidelity.vds import fdds, vds

Signals = NDArray[np.float32]
COMPONENTS = 16

COLUMNS = (
    "discriminative", "predictive", "context_fid", "correlational", "vds", "fdds", "sharp_auc", "trees_auc",
    "memorisation",
)  # fmt: skip


def measure(name: str, windows: Windows, other: Signals, repeats: int) -> Estimate:
    """A measure of drawn windows beside the real ones."""
    real = windows.signals
    if name == "memorisation":
        return windows_memorisation_ratio(real, other, windows.overlap)
    if name == "trees_auc":
        return trees_auc(features(real, real), features(real, other))
    return {
        "discriminative": partial(discriminative_score, repeats=repeats, span=windows.span),
        "predictive": partial(predictive_score, repeats=repeats, span=windows.span),
        "context_fid": partial(context_fid, repeats=repeats, span=windows.span),
        "correlational": partial(correlational_score, repeats=repeats),
        "vds": partial(vds, repeats=repeats, span=windows.span),
        "fdds": fdds,
        "sharp_auc": partial(sharp_auc, repeats=repeats),
    }[name](real, other)


def floor(name: str, windows: Windows, repeats: int) -> Estimate | None:
    """The same of real windows beside real ones: disjoint halves, drawn at random.

    The forecast is learned from all real windows and tested on them, as the papers' row "original" is. There is no
    floor of memorisation: it is relative to one.
    """
    if name == "memorisation":
        return None
    real = windows.signals
    if name == "predictive":
        return measure(name, windows, real, repeats)
    order = np.random.default_rng(0).permutation(len(real))[: len(real) // 2 * 2]
    return measure(name, windows._replace(signals=real[order[::2]]), real[order[1::2]], repeats)


def features(real: Signals, signals: Signals) -> NDArray[np.float64]:
    """What the trees look at: (n, 4 channels + COMPONENTS) for signals (n, channels, length).

    Of each channel the mean, log spread, log spread of the steps, and largest step; and the leading principal
    components of the real windows, every channel in its own units.
    """
    mean, spread = real.mean((0, 2), keepdims=True), real.std((0, 2), keepdims=True) + 1e-9
    known, x = (((side - mean) / spread).astype(np.float64) for side in (real, signals))
    _, vectors = np.linalg.eigh(np.cov(known.reshape(len(known), -1), rowvar=False))
    steps = np.diff(x, axis=2)
    return np.concatenate(
        [
            x.mean(2), np.log(x.std(2) + 1e-6), np.log(steps.std(2) + 1e-6), np.abs(steps).max(2),
            x.reshape(len(x), -1) @ vectors[:, -COMPONENTS:],
        ],
        1,
    )  # fmt: skip
