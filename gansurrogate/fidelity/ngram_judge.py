"""The two-sample test on sequences of tokens: a classifier that weighs which n-grams a sequence holds.

Counts of n-grams are too many and too rare for a classifier of their own, so naive Bayes sums up what those of each
length say (S. Wang and C. D. Manning, "Baselines and bigrams", ACL 2012), and boosted trees decide on these sums,
learned from sequences that did not make them (D. H. Wolpert, "Stacked generalization", Neural Networks 5 (1992) 241),
and on how many n-grams are new to either set. What lies farther apart than three tokens it does not see.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.naive_bayes import MultinomialNB
from threadpoolctl import threadpool_limits

from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.ngrams import Ids, counted
from gansurrogate.fidelity.two_sample import auc

ORDERS = (1, 2, 3)  # tokens in a row
SMOOTHING = 0.1  # of a count, for n-grams that one of the sets lacks

Rows = NDArray[np.integer]
Table = NDArray[np.float64]


def ngram_auc(real: Ids, other: Ids, *, end: int | None = None, seed: int = 0) -> Estimate:
    """Area under the ROC curve of a classifier on n-grams of one to three tokens.

    Parameters
    ----------
    real, other : array of shape (n, *shape)
        Ids of tokens.
    end : int, optional
        The id after which a sequence has ended.
    """
    counts = [vstack(counted((real, other), order, end), format="csr") for order in ORDERS]

    def scores(train: Array, labels: Table, test: Array) -> Array:
        rows, unseen = train.astype(np.intp), test.astype(np.intp)
        half = len(rows) // 2
        first, second = (rows[:half], labels[:half]), (rows[half:], labels[half:])
        seen = np.concatenate([_evidence(counts, *second, first[0]), _evidence(counts, *first, second[0])])
        trees = HistGradientBoostingClassifier(
            max_iter=200, learning_rate=0.06, early_stopping=True, validation_fraction=0.15, random_state=seed
        )
        trees.fit(seen, labels)
        both = _evidence(counts, *first, unseen) + _evidence(counts, *second, unseen)
        probability: Array = trees.predict_proba(both / 2)[:, 1]
        return probability

    with threadpool_limits(1):
        places = np.arange(float(len(real) + len(other)))
        return auc(places[: len(real)], places[len(real) :], scores, seed)


def _evidence(counts: list[csr_array], known: Rows, labels: Table, asked: Rows) -> Table:
    """What the n-grams of `asked` rows say, given the labels of `known` ones: (rows, features)."""
    columns = [counts[0][asked].sum(1)]  # the number of tokens
    for table in counts:
        bayes = MultinomialNB(alpha=SMOOTHING, fit_prior=False).fit(table[known], labels)
        real, other = bayes.predict_joint_log_proba(table[asked]).T
        columns.append(other - real)
        for label in (0, 1):
            new = table[known[labels == label]].sum(0) == 0
            columns.append(table[asked] @ new.astype(np.float64))
    return np.stack(columns, 1)
