"""Measures that want the signals that were trained on: is it a copy, and what is it worth?"""

import numpy as np

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.amplification import amplification
from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.measures.measure import Found, NotMeasured
from gansurrogate.fidelity.memorisation import memorisation_ratio


def memory(comparison: Comparison) -> Found:
    """Distance to the nearest training signal, relative to that of unseen real signals."""
    training, unseen = trained_on(comparison).signals, comparison.real.signals
    try:
        found = comparison.measured(lambda _, drawn: memorisation_ratio(training, drawn, unseen, seed=comparison.seed))
    except ArgumentError as error:
        raise NotMeasured(str(error)) from error
    return [comparison.figure("memorisation", found)], []


def worth(comparison: Comparison) -> Found:
    """How many real signals endless surrogate ones are worth, and whether that is more than were trained on."""
    training = trained_on(comparison)
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


def trained_on(comparison: Comparison) -> Sample:
    """What the surrogate was trained on."""
    if comparison.training is None:
        msg = "the signals that were trained on are not given"
        raise NotMeasured(msg)
    return comparison.training
