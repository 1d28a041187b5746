"""The scores of a field, and other slow measures: asked for by name."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.correlation import correlational_score
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.measures.measure import Found, NotMeasured
from gansurrogate.fidelity.vds import fdds, vds


def timegan(comparison: Comparison) -> Found:
    """Discriminative and predictive score of TimeGAN, and a sharper recurrent judge."""
    from gansurrogate.fidelity.sharp import sharp_auc  # brings torch, as do the next ones
    from gansurrogate.fidelity.timegan import discriminative_score, predictive_score

    scores = {
        "discriminative_score": discriminative_score, "predictive_score": predictive_score, "sharp_auc": sharp_auc,
    }  # fmt: skip
    return _series(comparison, scores)


def context_fid(comparison: Comparison) -> Found:
    """Frechet distance of learned features of windows."""
    from gansurrogate.fidelity.context_fid import context_fid

    return _series(comparison, {"context_fid": context_fid})


def correlations(comparison: Comparison) -> Found:
    """Correlations between channels, and the distances of values and of correlations that go with them."""
    measured = {"correlational_score": correlational_score, "vds": vds}
    if comparison.spec.shape[0] > 1 and len(comparison.spec.shape) > 1:
        figures, _ = _series(comparison, measured)
        return [*figures, comparison.figure("fdds", comparison.measured(fdds))], []
    return _series(comparison, measured)


def calochallenge(comparison: Comparison) -> Found:
    """The classifier of CaloChallenge, on standardised parameters and conditions, or on the values."""
    from gansurrogate.fidelity.calochallenge import calochallenge

    def table(sample: Sample) -> Array:
        return sample.table() if sample.features else sample.signals.reshape(len(sample), -1).astype(np.float64)

    real = table(comparison.real)
    mean, spread = real.mean(0), np.where(real.std(0) > 0, real.std(0), 1)
    found = comparison.measured(partial(calochallenge, seed=comparison.seed), lambda s: (table(s) - mean) / spread)
    return [
        comparison.figure("calochallenge_auc", [each.auc for each in found]),
        comparison.figure("calochallenge_divergence", [each.divergence for each in found]),
    ], []


def lenet(comparison: Comparison) -> Found:
    """Images of classes: Frechet distance of LeNet features, histogram of classes, and the share read as asked."""
    from gansurrogate.fidelity.lenet import class_divergence, lenet_fid, read, share_as_asked, trained_lenet

    labels = comparison.other.conditions.get("label")
    if labels is None or labels.dtype.kind not in "iu" or len(comparison.spec.shape) < 2:
        msg = "it takes images whose condition `label` is an integer"
        raise NotMeasured(msg)
    # The network must not know the images that it judges.
    network = trained_lenet(comparison.other.signals, labels, seed=comparison.seed)
    half = len(comparison.real) // 2
    first, second = (read(network, comparison.real.signals[rows]) for rows in (slice(half), slice(half, 2 * half)))
    drawn = read(network, comparison.surrogate.signals[:half])
    asked = comparison.surrogate.conditions["label"][:half]
    pairs: dict[str, list[Estimate]] = {
        "lenet_fid": [lenet_fid(first, each, seed=comparison.seed) for each in (drawn, second)],
        "class_divergence": [class_divergence(first, each, seed=comparison.seed) for each in (drawn, second)],
        "read_as_asked": [
            share_as_asked(drawn, asked), share_as_asked(second, comparison.real.conditions["label"][half : 2 * half]),
        ],
    }  # fmt: skip
    return [comparison.figure(name, estimates) for name, estimates in pairs.items()], []


def _series(comparison: Comparison, scores: Mapping[str, Callable[..., Estimate]]) -> Found:
    if len(comparison.spec.shape) > 2:
        msg = f"it takes signals of the shape (length,) or (channels, length); these have {comparison.spec.shape}"
        raise NotMeasured(msg)
    figures = [
        comparison.figure(name, comparison.measured(partial(score, seed=comparison.seed)))
        for name, score in scores.items()
    ]
    return figures, []
