"""The panel's classifiers: what each takes from a comparison."""

from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.estimate import Estimate
from gansurrogate.fidelity.measures.measure import Found, NotMeasured, plain
from gansurrogate.fidelity.raw import raw_auc
from gansurrogate.fidelity.summaries import with_components
from gansurrogate.fidelity.two_sample import spectral_auc, trees_auc

SPLITS = 4  # of the trees' figure: with few features it depends on how the signals were halved

spectral = plain("spectral_auc", spectral_auc)
raw = plain("raw_auc", raw_auc)


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
    return plain("conv_auc", conv_auc)(comparison)
