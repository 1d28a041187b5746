"""The panel: every judge that applies, each beside its real-vs-real floor."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from scipy.stats import ks_2samp

from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.summaries import with_components
from gansurrogate.fidelity.two_sample import spectral_auc, trees_auc

SPLITS = 4  # of the trees' figure: with few features it depends on how the signals were halved


def judge(comparison: Comparison, *, progress: Callable[[str], None] = lambda name: None) -> list[Figure]:
    """Judge a surrogate.

    Parameters
    ----------
    comparison : Comparison
    progress : callable
        Called with the name of each group of figures as it is measured.

    Returns
    -------
    list of Figure
        First ``panel_auc``, the largest of the classifiers' figures: what the sharpest judge sees.
    """
    figures: list[Figure] = []
    for name, measure in MEASURES.items():
        progress(name)
        figures += measure(comparison)
    return [largest([figure for figure in figures if figure.name.endswith("_auc")]), *figures]


def largest(members: list[Figure]) -> Figure:
    """The figure of the judge that sees most, under the name ``panel_auc``, beside the largest floor."""
    sharpest = max(members, key=lambda figure: figure.value)
    floor = max(figure.floor for figure in members)
    return Figure("panel_auc", sharpest.measured, floor, sharpest.n, sharpest.seed)


def recovery(comparison: Comparison) -> list[Figure]:
    """Kolmogorov-Smirnov distance of each recovered parameter, and the ratio of the noise's medians."""
    figures = []
    for name in comparison.real.features:
        column = partial(_feature, name)
        figures.append(comparison.figure(f"ks_{name}", distance, column))
        if name == "noise":
            ratio = partial(Estimate.of_resamples, _ratio, seed=comparison.seed)
            figures.append(comparison.figure("noise_ratio", ratio, column))
    return figures


def trees(comparison: Comparison) -> list[Figure]:
    """Boosted trees on conditions and recovered parameters; where there are none, on principal components."""

    def measure(a: Sample, b: Sample) -> Estimate:
        tables = (a.table(), b.table())
        if not comparison.real.features:
            tables = with_components(tables, (a.signals, b.signals))
        return trees_auc(*tables, comparison.seed, splits=SPLITS)

    return [comparison.figure("trees_auc", measure, lambda sample: sample)]


def spectral(comparison: Comparison) -> list[Figure]:
    """A dense network on power spectra and spreads of differences."""
    return [comparison.figure("spectral_auc", partial(spectral_auc, seed=comparison.seed), _signals)]


def convolutional(comparison: Comparison) -> list[Figure]:
    """A convolutional network."""
    from gansurrogate.fidelity.conv import conv_auc  # brings torch

    return [comparison.figure("conv_auc", partial(conv_auc, seed=comparison.seed), _signals)]


MEASURES: Mapping[str, Callable[[Comparison], list[Figure]]] = {
    "parameters": recovery, "trees": trees, "spectral judge": spectral, "convolutional judge": convolutional,
}  # fmt: skip


def distance(a: Array, b: Array) -> Estimate:
    """Kolmogorov-Smirnov distance of values (n,)."""
    return Estimate.of_distance(float(ks_2samp(a, b, method="asymp").statistic), len(a), len(b))


def _ratio(a: Array, b: Array) -> float:
    return float(np.median(b) / np.median(a))


def _signals(sample: Sample) -> Array:
    return sample.signals


def _feature(name: str, sample: Sample) -> Array:
    return sample.features[name]
