"""What generated signals are worth is found for surrogates whose own error is known."""

import numpy as np
import pytest
from scipy.stats import norm

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.amplification import Amplification, amplification

TRAINED_ON, DRAWN = 200, 30_000


def judged(kind: str, seed: int) -> tuple[Amplification, np.ndarray, np.ndarray]:
    """A surrogate of a normal distribution: fitted, the training sample drawn again, or the truth itself."""
    random = np.random.default_rng(seed)
    held_out, real = random.standard_normal((20_000, 1)), random.standard_normal((TRAINED_ON, 1))
    generated = {
        "fitted": random.normal(real.mean(), real.std(), (DRAWN, 1)),
        "drawn again": real[random.integers(0, TRAINED_ON, DRAWN)],
        "perfect": random.standard_normal((DRAWN, 1)),
    }[kind]
    return amplification(held_out, generated, real, seed=seed), held_out, real


def test_a_fitted_normal_amplifies_as_far_as_its_parameters_are_right() -> None:
    hits = []
    for seed in range(6):
        found, held_out, real = judged("fitted", seed)
        edges = np.quantile(held_out, np.arange(21) / 20)
        edges[[0, -1]] = -np.inf, np.inf
        truth, own = np.diff(norm.cdf(edges)), np.diff(norm.cdf(edges, real.mean(), real.std()))
        limit = (truth * (1 - truth)).mean() / ((own - truth) ** 2).mean()
        hits.append(found.limit.low <= limit <= found.limit.high)
        assert found.gain.low > 1.5
        assert found.limit.low > TRAINED_ON
    assert sum(hits) >= 5
    assert found.verdict.endswith("they tell more than the signals trained on")


def test_the_training_sample_drawn_again_is_never_better_than_itself() -> None:
    for seed in range(3):
        found, _, _ = judged("drawn again", seed)
        assert found.gain.low <= 1 <= found.gain.high < 1.2
        assert found.curve.other.min() > 0.95 * found.training
        assert found.limit.value == pytest.approx(0.0475 / found.training, rel=0.1)
        assert "not provably more" in found.verdict


def test_a_perfect_surrogate_has_no_limit_that_is_seen() -> None:
    found = [judged("perfect", seed)[0] for seed in range(5)]
    unlimited = [one for one in found if one.limit.high == np.inf]
    assert len(unlimited) >= 4
    assert "no limit seen" in unlimited[0].verdict
    assert min(one.limit.low for one in found) > 20 * TRAINED_ON
    curve = found[0].curve
    np.testing.assert_allclose(curve.real[0], 0.05 * 0.95 / curve.x)
    assert np.mean((curve.other >= curve.low) & (curve.other <= curve.high)) > 0.8


def test_the_worst_of_several_features_counts_and_values_on_a_grid_do_no_harm() -> None:
    random = np.random.default_rng(0)
    held_out, real, generated = (random.integers(0, 6, (n, 2)) for n in (20_000, 500, 30_000))
    assert amplification(held_out, generated, real).limit.low > 3000
    generated[:, 1] = generated[:, 1].clip(0, 4)
    assert amplification(held_out, generated, real).gain.high < 0.2


def test_too_few_held_out_signals_are_refused() -> None:
    with pytest.raises(ArgumentError, match="at least 200"):
        amplification(np.zeros((199, 1)), np.zeros((500, 1)), np.zeros((50, 1)))
