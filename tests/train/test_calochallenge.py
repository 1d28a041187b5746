"""The test of CaloChallenge reaches what is possible on known distributions, and repeats."""

from math import sqrt

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.calochallenge import CaloChallenge, calochallenge


def judged(shift: float, n: int = 6000, features: int = 2, seed: int = 0, repeats: int = 1) -> CaloChallenge:
    real, other = np.random.default_rng(seed).standard_normal((2, n, features))
    other[:, 0] += shift
    return calochallenge(real, other, seed=seed, repeats=repeats, width=128, depth=2, epochs=12)


@pytest.mark.parametrize("shift", [0.5, 1.5])
def test_shifted_normals_are_told_apart_as_well_as_is_possible(shift: float) -> None:
    found = judged(shift)
    assert found.auc.value == pytest.approx(norm.cdf(shift / sqrt(2)), abs=0.025)

    def entropy(x: float) -> float:  # of the label of the best possible judge
        a, b = norm.pdf(x), norm.pdf(x - shift)
        return -(a * np.log(a / (a + b)) + b * np.log(b / (a + b))) / 2

    truth = 1 - quad(entropy, -6, 8)[0] / np.log(2)
    assert found.divergence.low - 0.01 <= truth <= found.divergence.high + 0.01


def test_equal_distributions_are_not_told_apart() -> None:
    hits = []
    for seed in range(5):
        found = judged(0, n=1500, seed=seed)
        hits.append(found.auc.low <= 0.5 <= found.auc.high)
        assert found.divergence.value < 0.02
    assert sum(hits) >= 4


def test_repeats_differ_and_a_verdict_comes_again() -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    found = judged(0.5, n=600, repeats=3)
    assert found == judged(0.5, n=600, repeats=3)
    assert torch.equal(torch.get_rng_state(), state)
    assert found.auc.low < found.auc.value < found.auc.high
    assert found.auc.value != judged(0.5, n=600).auc.value


def test_separate_sets_end_the_training_early() -> None:
    found = judged(50, n=400)
    assert (found.auc.value, found.divergence.value) == (1, pytest.approx(1, abs=1e-4))


def test_too_few_signals_are_refused() -> None:
    with pytest.raises(ArgumentError, match="needs 100 signals"):
        judged(0, n=99)
