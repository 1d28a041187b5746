"""Measures of sequences of tokens."""

from functools import partial

import numpy as np
from scipy.stats import ks_2samp

from gansurrogate.fidelity.comparison import Comparison
from gansurrogate.fidelity.curve import Curve, compare_means
from gansurrogate.fidelity.estimate import Estimate
from gansurrogate.fidelity.measures.classifiers import trees
from gansurrogate.fidelity.measures.measure import Found, NotMeasured
from gansurrogate.fidelity.measures.trained_on import trained_on
from gansurrogate.fidelity.ngram_judge import ngram_auc
from gansurrogate.fidelity.ngrams import Ids, counted, ngram_distance, token_count
from gansurrogate.spec import SignalSpec
from gansurrogate.tokens import END

ORDERS = {"token_distance": 1, "pair_distance": 2, "triple_distance": 3}
SHOWN = 50  # tokens in the curve, the most frequent ones


def phrases(comparison: Comparison) -> Found:
    """A classifier on n-grams."""
    judge = partial(ngram_auc, end=_end(comparison.spec), seed=comparison.seed)
    return [comparison.figure("ngram_auc", comparison.measured(judge))], []


def ngrams(comparison: Comparison) -> Found:
    """Total variation distances of the shares of tokens, of pairs and of triples in a row."""
    end, figures = _end(comparison.spec), []
    for name, order in ORDERS.items():
        measure = partial(ngram_distance, order=order, end=end, seed=comparison.seed)
        figures.append(comparison.figure(name, comparison.measured(measure)))
    sides = counted(_both(comparison), 1, end)
    shown = np.argsort(-sides[0].sum(0), kind="stable")[:SHOWN]
    real, other = (np.column_stack([side[:, shown].toarray(), side.sum(1)]) for side in sides)
    _, curves = compare_means(real, other, lambda means: means[..., :-1] / means[..., -1:], seed=comparison.seed)
    ranks = np.arange(1.0, len(shown) + 1)
    return figures, [Curve("share of all tokens", "token, by its rank among real ones", ranks, *curves[:, None])]


def lengths(comparison: Comparison) -> Found:
    """Kolmogorov-Smirnov distance of the lengths, where sequences end before their last place."""
    end = _end(comparison.spec)
    if end is None:
        msg = f"all sequences have {np.prod(comparison.spec.shape)} tokens"
        raise NotMeasured(msg)

    def distance(a: Ids, b: Ids) -> Estimate:
        found = ks_2samp(token_count(a, end), token_count(b, end), method="asymp").statistic
        return Estimate.of_distance(float(found), len(a), len(b))

    real, other = (token_count(side, end) for side in _both(comparison))
    places = np.arange(max(int(real.max()), int(other.max())) + 1)
    first, second = ((side[:, None] == places).astype(np.float64) for side in (real, other))
    _, sides = compare_means(first, second, seed=comparison.seed)
    curve = Curve("share of sequences", "length [tokens]", places.astype(np.float64), *sides[:, None])
    return [comparison.figure("ks_length", comparison.measured(distance))], [curve]


def copies(comparison: Comparison) -> Found:
    """Share of sequences that stand in the training set token for token; of unseen real ones as the floor."""
    known = set(_texts(trained_on(comparison).signals))

    def share(_: Ids, drawn: Ids) -> Estimate:
        return Estimate.of_share(float(np.mean([text in known for text in _texts(drawn)])), len(drawn))

    return [comparison.figure("copied_share", comparison.measured(share))], []


def recovered_trees(comparison: Comparison) -> Found:
    """Boosted trees on conditions and recovered parameters."""
    if not comparison.real.features:
        msg = "nothing recovers parameters from these sequences"
        raise NotMeasured(msg)
    return trees(comparison)


def _end(spec: SignalSpec) -> int | None:
    return list(spec.tokens).index(END) if END in spec.tokens else None


def _both(comparison: Comparison) -> tuple[Ids, Ids]:
    return comparison.real.signals, comparison.surrogate.signals


def _texts(ids: Ids) -> list[bytes]:
    return [row.tobytes() for row in np.ascontiguousarray(ids, np.int64)]
