"""Sequences of tokens are judged by n-grams, lengths and copies; each against a truth."""

from dataclasses import replace

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, SpecError
from gansurrogate.fidelity import Comparison, Sample, judge
from gansurrogate.fidelity.estimate import null_band
from gansurrogate.fidelity.measures import MEASURES_OF_TOKENS
from gansurrogate.fidelity.ngram_judge import ngram_auc
from gansurrogate.fidelity.ngrams import counted, ngram_distance
from gansurrogate.fidelity.verdict import verdict
from gansurrogate.fidelity.vocabulary import in_vocabulary, lacks, spelled
from gansurrogate.tokens import END

WORDS = ("a", "b", "c", "d", END)


class Chain(gs.SignalGenerator):
    """Each token is one of two that may follow the last; the sequence ends with the chance `ends` after each."""

    name = "chain"
    spec = gs.SignalSpec((12,), tokens=WORDS)
    rows_per_seed = 5000

    def __init__(self, stray: float = 0.0, ends: float = 0.1) -> None:
        self.stray, self.ends = stray, ends

    def simulate(self, n, rng):
        now, ended, drawn = rng.integers(0, 4, n), np.zeros(n, bool), []
        for _ in range(12):
            drawn.append(np.where(ended, 4, now))
            follows = (now + rng.integers(1, 3, n)) % 4
            now = np.where(rng.random(n) < self.stray, rng.integers(0, 4, n), follows)
            ended |= rng.random(n) < self.ends
        return np.stack(drawn, 1)

    def features(self, signals):
        return {"tokens_a": (signals == 0).sum(1).astype(np.float64)}


def test_n_grams_are_counted_up_to_the_end_and_from_the_beginning() -> None:
    sequences = np.array([[0, 1, 4, 4], [0, 0, 0, 0]])
    words, pairs, triples = (counted([sequences], order, 4)[0].toarray() for order in (1, 2, 3))
    assert sorted(words.tolist()) == [[1, 1, 1], [4, 0, 0]]  # a, b, end
    assert pairs.sum(1).tolist() == [3, 4]  # begin a, a b, b end; begin a, three times a a
    assert triples.sum(1).tolist() == [2, 3]
    assert counted([sequences], 2, None)[0].sum(1).tolist() == [4, 4]
    assert counted([sequences[:, :1]], 3, None)[0].shape == (2, 0)


@pytest.mark.parametrize(("order", "expected"), [(1, 0.2), (2, (18 * 0.24 + 0.2) / 19)])
def test_the_distance_of_independent_tokens_is_that_of_their_shares(order: int, expected: float) -> None:
    """Shares .5 and .5 beside .7 and .3; of pairs .25 each beside .49, .21, .21 and .09, and one with the beginning."""
    random = np.random.default_rng(0)
    real, other = ((random.random((4000, 20)) < share).astype(np.int64) for share in (0.5, 0.7))
    found = ngram_distance(real[:, 1:], other[:, 1:], order=order)
    assert found.value == pytest.approx(expected, abs=0.01)
    assert found.low < expected < found.high
    assert found.high - found.low < 0.05


def test_real_sequences_are_not_told_from_others_and_strays_are() -> None:
    outside = 0
    for seed in range(8):
        a, b = Chain().sample(600, rng=seed), Chain().sample(600, rng=100 + seed)
        low, high = null_band(300, 300)
        outside += not low <= ngram_auc(a, b, end=4, seed=seed).value <= high
    assert outside <= 1
    assert ngram_auc(a, Chain(stray=0.1).sample(600, rng=7), end=4).value > 0.58
    assert ngram_auc(a, Chain(stray=0.5).sample(600, rng=7), end=4).value > 0.85


def test_every_measure_of_tokens_finds_its_defect() -> None:
    real, training = Sample.drawn(Chain(), 1600, 1), Chain().sample(500, rng=50)
    good = judge(Comparison.of(Chain(), real, Chain().features, seed=2, training=training))
    figures = {figure.name: figure for figure in good.figures}
    assert set(good.groups) | set(good.left_out) == {"panel", *MEASURES_OF_TOKENS}
    assert good.left_out.keys() <= {"worth"}
    assert {curve.name for curve in good.curves} >= {"share of all tokens", "share of sequences"}
    assert figures["panel_auc"].value < 0.58
    assert all(figures[name].value < 2 * figures[name].floor for name in ("token_distance", "triple_distance"))

    off = Chain(stray=0.3, ends=0.25)
    found = judge(Comparison.of(off, real, Chain().features, seed=2, training=training))
    worse = {figure.name: figure for figure in found.figures}
    assert worse["ngram_auc"].value > 0.75
    assert worse["ks_length"].value > 0.25 > 3 * figures["ks_length"].value
    assert worse["triple_distance"].measured.low > figures["triple_distance"].value
    grades = {finding.aspect: finding.grade for finding in verdict(found.figures).findings}
    assert grades["phrases"] == "poor"


def test_copies_of_the_training_set_are_counted_beside_those_among_unseen_sequences() -> None:
    comparison = Comparison.of(Chain(), Sample.drawn(Chain(), 800, 1), seed=2)
    training = Sample(Chain().sample(300, rng=50))
    copied = replace(
        comparison.surrogate, signals=np.concatenate([training.signals, comparison.surrogate.signals[300:]])
    )
    (figure,) = judge(replace(comparison, surrogate=copied, training=training), only=["copies"]).groups["copies"]
    known = {row.tobytes() for row in training.signals}
    assert figure.floor == np.mean([row.tobytes() in known for row in comparison.other.signals])
    assert figure.value > 0.75
    assert figure.measured.low < figure.value < figure.measured.high


def test_sequences_of_one_length_have_no_lengths_to_compare() -> None:
    class Dice(gs.SignalGenerator):
        name = "dice"
        spec = gs.SignalSpec((4,), tokens=("1", "2", "3", "4", "5", "6"))
        rows_per_seed = 1000

        def simulate(self, n, rng):
            return rng.integers(0, 6, (n, 4))

    judged = judge(Comparison.of(Dice(), Sample.drawn(Dice(), 200, 1)))
    assert "all sequences have 4 tokens" in judged.left_out["lengths"]
    assert "not given" in judged.left_out["copies"]
    with pytest.raises(ArgumentError, match="do not suit sequences of tokens"):
        judge(Comparison.of(Dice(), Sample.drawn(Dice(), 200, 1)), also=["timegan"])


def test_sequences_are_brought_into_the_ids_of_the_surrogate() -> None:
    ours = gs.SignalSpec((4,), tokens=("x", "y", END))
    theirs = gs.SignalSpec((3,), tokens=("q", "x", "y"))
    ids = in_vocabulary(np.array([[1, 2, 0], [2, 2, 1]]), theirs, ours, "corpus.txt")
    assert ids.tolist() == [[0, 1, 3, 2], [1, 1, 0, 2]]
    assert lacks(ours, ids) == 1 / 8
    assert spelled(ids, ours) == ["xy<unknown>", "yyx"]
    assert spelled(np.array([[0, 1]]), gs.SignalSpec((2,), tokens=("two", "words"))) == ["two words"]
    assert in_vocabulary(np.array([[0.0, 2]]), gs.SignalSpec((2,)), ours, "ids.npy").tolist() == [[0, 2]]
    with pytest.raises(SpecError, match=r"ids\.npy must hold ids"):
        in_vocabulary(np.array([[0.5, 2]]), gs.SignalSpec((2,)), ours, "ids.npy")
    with pytest.raises(ArgumentError, match="knows no token"):
        in_vocabulary(np.zeros((2, 3), np.int64), gs.SignalSpec((3,), tokens=("p", "q")), ours, "corpus.txt")
