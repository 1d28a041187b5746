"""The members of the panel, by name: what each takes from a comparison, and the figures that it gives."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import ks_2samp

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.amplification import amplification
from gansurrogate.fidelity.autocorrelation import autocorrelation_difference
from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.curve import Curve
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.manifold import manifold
from gansurrogate.fidelity.marginals import marginals
from gansurrogate.fidelity.memorisation import memorisation_ratio
from gansurrogate.fidelity.permutation import Permuted, energy_distance, mmd, sliced_wasserstein
from gansurrogate.fidelity.plots import is_image
from gansurrogate.fidelity.raw import raw_auc
from gansurrogate.fidelity.response import BINS, FEWEST, response
from gansurrogate.fidelity.spectrum import spectrum_difference
from gansurrogate.fidelity.summaries import with_components
from gansurrogate.fidelity.two_sample import log_spectrum, spectral_auc, trees_auc

MOST_CURVES = 4  # of responses to a condition
SPLITS = 4  # of the trees' figure: with few features it depends on how the signals were halved


class NotMeasured(Exception):  # noqa: N818  # nothing went wrong
    """Why a measure has no figure for these signals; there may be something to see all the same."""

    def __init__(self, reason: str, curves: Sequence[Curve] = ()) -> None:
        super().__init__(reason)
        self.curves = curves


Found = tuple[list[Figure], list[Curve]]
Measure = Callable[[Comparison], Found]


def parameters(comparison: Comparison) -> Found:
    """Kolmogorov-Smirnov distance of each recovered parameter, and the ratio of the noise's medians."""
    figures = []
    if not comparison.real.features:
        msg = "nothing recovers parameters from these signals"
        raise NotMeasured(msg)
    for name in comparison.real.features:
        column = partial(_feature, name)
        figures.append(comparison.figure(f"ks_{name}", comparison.measured(distance, column)))
        if name == "noise":
            ratio = partial(Estimate.of_resamples, _ratio, seed=comparison.seed)
            figures.append(comparison.figure("noise_ratio", comparison.measured(ratio, column)))
    return figures, []


def trees(comparison: Comparison) -> Found:
    """Boosted trees on conditions and recovered parameters; where there are none, on principal components."""

    def measure(a: Sample, b: Sample) -> Estimate:
        tables = (a.table(), b.table())
        if not comparison.real.features:
            tables = with_components(tables, (a.signals, b.signals))
        return trees_auc(*tables, comparison.seed, splits=SPLITS)

    return [comparison.figure("trees_auc", comparison.measured(measure, lambda sample: sample))], []


def convolutional(comparison: Comparison) -> Found:
    """A convolutional network."""
    from gansurrogate.fidelity.conv import FEWEST, conv_auc  # brings torch

    if len(comparison.real) < FEWEST:
        msg = f"with fewer than {FEWEST} signals on each side it learns nothing"
        raise NotMeasured(msg)
    return _plain("conv_auc", conv_auc)(comparison)


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
        "spectra": lambda sample: log_spectrum(sample.signals),
    }
    for measure in (sliced_wasserstein, mmd, energy_distance):
        for view, of in views.items():
            found = comparison.measured(partial(measure, seed=comparison.seed), of)
            figures.append(comparison.figure(f"{measure.__name__}_{view}", [_relative(each) for each in found]))
    return figures, []


def conditions(comparison: Comparison) -> Found:
    """How parameters, or else level and spread, follow each condition: differences of mean and spread in its cells."""
    scalar = {name: values for name, values in comparison.other.conditions.items() if values.ndim == 1}
    if not scalar:
        msg = "the surrogate takes no scalar conditions"
        raise NotMeasured(msg)
    bins = min(BINS, len(comparison.other) // (2 * FEWEST))  # a cell of random size is full enough nearly always
    if bins < 2:
        msg = f"{len(comparison.other)} signals do not fill two cells of a condition"
        raise NotMeasured(msg)
    figures, curves = [], []
    for name in scalar:
        levels = np.unique(scalar[name])

        def of(sample: Sample, name: str = name, levels: Any = levels) -> tuple[Any, Any]:
            known = sample.conditions[name]
            return _seen(sample), np.searchsorted(levels, known) if levels.dtype.kind in "US" else known

        responses = [
            response(*(side[0] for side in pair), *(side[1] for side in pair), condition=name, bins=bins)
            # The other real signals share the surrogate's conditions: inside a cell features go on varying with them.
            for pair in ((of(comparison.other), of(comparison.surrogate)), (of(comparison.real), of(comparison.other)))
        ]
        for kind in ("shift", "stretch"):
            worst = [max((getattr(each, kind) for each in found.values()), key=_value) for found in responses]
            figures.append(comparison.figure(f"{kind}_by_{name}", worst))
        curves += [each.mean for each in list(responses[0].values())[:MOST_CURVES]]
    return figures, curves


def memory(comparison: Comparison) -> Found:
    """Distance to the nearest training signal, relative to that of unseen real signals."""
    training, unseen = _trained_on(comparison).signals, comparison.real.signals
    try:
        found = comparison.measured(lambda _, drawn: memorisation_ratio(training, drawn, unseen, seed=comparison.seed))
    except ArgumentError as error:
        raise NotMeasured(str(error)) from error
    return [comparison.figure("memorisation", found)], []


def worth(comparison: Comparison) -> Found:
    """How many real signals endless surrogate ones are worth, and whether that is more than were trained on."""
    training = _trained_on(comparison)
    held_out = {name: np.concatenate([comparison.real.features[name], comparison.other.features[name]])
                for name in comparison.real.features}  # fmt: skip
    if not held_out:
        msg = "nothing recovers parameters from these signals"
        raise NotMeasured(msg)
    tables = (np.stack(list(each.values()), 1)
              for each in (held_out, comparison.surrogate.features, training.features))  # fmt: skip
    found = amplification(*tables, seed=comparison.seed)
    if not np.isfinite(found.limit.high):
        raise NotMeasured(found.verdict, [found.curve])  # a bound is no figure
    at = len(training)
    figure = Figure("worth_in_real_signals", found.limit, at, len(comparison.real), comparison.seed)
    return [figure], [found.curve]


def _plain(name: str, measure: Callable[..., Estimate]) -> Measure:
    """One figure of the signals themselves."""

    def measured(comparison: Comparison) -> Found:
        return [comparison.figure(name, comparison.measured(partial(measure, seed=comparison.seed)))], []

    return measured


MEASURES: Mapping[str, Measure] = {
    "parameters": parameters,
    "trees": trees,
    "spectral judge": _plain("spectral_auc", spectral_auc),
    "convolutional judge": convolutional,
    "raw judge": _plain("raw_auc", raw_auc),
    "distributions": distributions,
    "neighbours": neighbours,
    "permutation tests": permutations,
    "conditions": conditions,
    "memory": memory,
    "worth": worth,
}
QUICK = ("parameters", "trees", "spectral judge", "convolutional judge")


def distance(a: Array, b: Array) -> Estimate:
    """Kolmogorov-Smirnov distance of values (n,)."""
    return Estimate.of_distance(float(ks_2samp(a, b, method="asymp").statistic), len(a), len(b))


def _trained_on(comparison: Comparison) -> Sample:
    if comparison.training is None:
        msg = "the signals that were trained on are not given"
        raise NotMeasured(msg)
    return comparison.training


def _seen(sample: Sample) -> Mapping[str, Array]:
    """Recovered parameters; where there are none, mean and logarithmic spread of the values."""
    if sample.features:
        return sample.features
    flat = sample.signals.reshape(len(sample), -1).astype(np.float64)
    return {"mean": flat.mean(1), "log spread": np.log(flat.std(1) + 1e-12)}


def _value(estimate: Estimate) -> float:
    return estimate.value


def _relative(found: Permuted) -> Estimate:
    per = found.ratio / found.estimate.value if found.estimate.value else 0.0
    return Estimate(found.ratio, found.estimate.low * per, found.estimate.high * per)


def _ratio(a: Array, b: Array) -> float:
    return float(np.median(b) / np.median(a))


def _feature(name: str, sample: Sample) -> Any:
    return sample.features[name]
