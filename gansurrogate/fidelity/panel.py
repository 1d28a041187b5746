"""The panel: every judge that applies, each beside its real-vs-real floor."""

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.stats import ks_2samp

from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.two_sample import spectral_auc, trees_auc
from gansurrogate.signals import SignalGenerator


def judge(
    signal_generator: SignalGenerator,
    surrogate: Array,
    *,
    seed: int = 0,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Figure]:
    """Judge unconditional surrogate signals against fresh real ones.

    Parameters
    ----------
    signal_generator : SignalGenerator
        Gives the real signals, twice as many as there are surrogate ones, and recovers their parameters.
    surrogate : array of shape (n, *spec.shape)
    seed : int
        Of the real signals and of the classifiers.
    progress : callable
        Called with the name of each judge as it starts.

    Returns
    -------
    list of Figure
        ``ks_<feature>`` (Kolmogorov-Smirnov distance of each recovered parameter), ``noise_ratio`` if the
        signal generator recovers a ``noise``, ``trees_auc`` on the recovered parameters, ``spectral_auc``,
        ``conv_auc``.
    """
    from gansurrogate.fidelity.conv import conv_auc  # brings torch

    n = len(surrogate)
    real = signal_generator.sample(2 * n, rng=seed)
    sets = (real[:n], surrogate, real[n:])  # each measurement is (real, surrogate), then (real, other real)
    figures: list[Figure] = []
    resampled = partial(Estimate.of_resamples, seed=seed)

    def add(name: str, measure: Callable[[Array, Array], Estimate], x: tuple[Array, ...]) -> None:
        progress(name)
        figures.append(Figure(name, measure(x[0], x[1]), measure(x[0], x[2]).value, n, seed))

    progress("parameters")
    features = [signal_generator.features(signals) for signals in sets]
    for name in features[0]:
        columns = tuple(feature[name] for feature in features)
        add(f"ks_{name}", distance, columns)
        if name == "noise":
            add("noise_ratio", lambda a, b: resampled(_ratio, a, b), columns)
    if features[0]:
        tables = tuple(np.stack(list(feature.values()), 1) for feature in features)
        add("trees_auc", lambda a, b: trees_auc(a, b, seed), tables)
    add("spectral_auc", lambda a, b: spectral_auc(a, b, seed), sets)
    add("conv_auc", lambda a, b: conv_auc(a, b, seed), sets)
    return figures


def distance(a: Array, b: Array) -> Estimate:
    """Kolmogorov-Smirnov distance of values (n,)."""
    return Estimate.of_distance(float(ks_2samp(a, b, method="asymp").statistic), len(a), len(b))


def _ratio(a: Array, b: Array) -> float:
    return float(np.median(b) / np.median(a))
