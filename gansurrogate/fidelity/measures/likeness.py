"""Distances between the two sets as wholes: of values and spectra, of neighbourhoods, and as permutation tests."""

from collections.abc import Callable
from functools import partial

import numpy as np

from gansurrogate.fidelity.autocorrelation import autocorrelation_difference
from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.manifold import manifold
from gansurrogate.fidelity.marginals import marginals
from gansurrogate.fidelity.measures.measure import Found
from gansurrogate.fidelity.permutation import Permuted, energy_distance, mmd, sliced_wasserstein
from gansurrogate.fidelity.plots import is_image
from gansurrogate.fidelity.spectrum import spectrum_difference
from gansurrogate.fidelity.two_sample import log_spectrum


def distributions(comparison: Comparison) -> Found:
    """Values, power spectrum and autocorrelation."""
    seed = comparison.seed
    values = comparison.measured(partial(marginals, seed=seed))
    figures = [
        comparison.figure("value_distance", [found.distance for found in values]),
        comparison.figure("value_transport", [found.transport for found in values]),
    ]
    curves = [values[0].curve]
    if comparison.spec.shape[-1] > 2:
        for name, measure in (("spectrum_db", spectrum_difference), ("autocorrelation", autocorrelation_difference)):
            estimates, drawn = zip(*comparison.measured(partial(measure, seed=seed)), strict=True)
            figures.append(comparison.figure(name, estimates))
            curves.append(drawn[0])
    return figures, curves


def neighbours(comparison: Comparison) -> Found:
    """Precision, recall, density and coverage; of several channels each in units of its own spread."""
    real = comparison.real.signals
    spread = real.std((0, -1), keepdims=True, dtype=np.float64)
    if is_image(comparison.spec) or not spread.all():  # the rows of an image are no channels
        spread = np.ones_like(spread)
    found = comparison.measured(manifold, lambda sample: (sample.signals / spread).reshape(len(sample), -1))
    names = ("precision", "recall", "density", "coverage")
    return [comparison.figure(name, [getattr(each, name) for each in found]) for name in names], []


def permutations(comparison: Comparison) -> Found:
    """Distances relative to what shuffled sets exceed in 5 % of cases, of the values and of their log spectra."""
    figures = []
    views: dict[str, Callable[[Sample], Array]] = {
        "values": lambda sample: sample.signals.reshape(len(sample), -1),
        "spectra": lambda sample: log_spectrum(sample.signals, comparison.real.signals),
    }
    for measure in (sliced_wasserstein, mmd, energy_distance):
        for view, of in views.items():
            found = comparison.measured(partial(measure, seed=comparison.seed), of)
            figures.append(comparison.figure(f"{measure.__name__}_{view}", [_relative(each) for each in found]))
    return figures, []


def _relative(found: Permuted) -> Estimate:
    per = found.ratio / found.estimate.value if found.estimate.value else 0.0
    return Estimate(found.ratio, found.estimate.low * per, found.estimate.high * per)
