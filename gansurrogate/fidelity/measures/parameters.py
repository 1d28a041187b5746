"""Recovered parameters, one at a time: their distributions, and how they follow the conditions."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import ks_2samp

from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.measures.measure import Found, NotMeasured
from gansurrogate.fidelity.response import BINS, FEWEST, response

MOST_CURVES = 4  # of responses to a condition


def parameters(comparison: Comparison) -> Found:
    """Kolmogorov-Smirnov distance of each recovered parameter, and the ratio of the noise's medians."""
    figures = []
    if not comparison.real.features:
        msg = "nothing recovers parameters from these signals"
        raise NotMeasured(msg)
    for name in comparison.real.features:
        column = partial(_feature, name)
        figures.append(comparison.figure(f"ks_{name}", comparison.measured(_distance, column)))
        if name == "noise":
            ratio = partial(Estimate.of_resamples, _ratio, seed=comparison.seed)
            figures.append(comparison.figure("noise_ratio", comparison.measured(ratio, column)))
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

        # The other real signals share the surrogate's conditions: inside a cell features go on varying with them.
        # The copula, which was fitted to them, is held against the first ones.
        pairs = [(comparison.other, comparison.surrogate), (comparison.real, comparison.other)]
        if comparison.copula is not None:
            pairs.append((comparison.real, comparison.copula))
        responses = []
        for sides in pairs:
            features, values = zip(*map(of, sides), strict=True)
            responses.append(response(*features, *values, condition=name, bins=bins))
        for kind in ("shift", "stretch"):
            worst = [max((getattr(each, kind) for each in found.values()), key=_value) for found in responses]
            figures.append(comparison.figure(f"{kind}_by_{name}", worst))
        curves += [each.mean for each in list(responses[0].values())[:MOST_CURVES]]
    return figures, curves


def _feature(name: str, sample: Sample) -> Any:
    return sample.features[name]


def _distance(a: Array, b: Array) -> Estimate:
    """Kolmogorov-Smirnov distance of values (n,)."""
    return Estimate.of_distance(float(ks_2samp(a, b, method="asymp").statistic), len(a), len(b))


def _ratio(a: Array, b: Array) -> float:
    return float(np.median(b) / np.median(a))


def _seen(sample: Sample) -> Mapping[str, Array]:
    """Recovered parameters; where there are none, mean and logarithmic spread of the values."""
    if sample.features:
        return sample.features
    flat = sample.signals.reshape(len(sample), -1).astype(np.float64)
    return {"mean": flat.mean(1), "log spread": np.log(flat.std(1) + 1e-12)}


def _value(estimate: Estimate) -> float:
    return estimate.value
