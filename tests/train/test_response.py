"""Response curves find the cell that is off, and chance stays inside their band."""

import numpy as np
import pytest

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.response import Response, response


def straight(n: int, seed: int, slope: float = 2.0, noise: float = 0.5) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A feature that follows a condition in [0, 1], with noise that grows with it; and one that does not."""
    random = np.random.default_rng(seed)
    at = random.uniform(0, 1, n)
    follows = slope * at + noise * (1 + at) * random.standard_normal(n)
    return {"follows": follows, "does not": random.exponential(1, n)}, at


def compared(real: tuple[dict[str, np.ndarray], np.ndarray], other: tuple[dict[str, np.ndarray], np.ndarray]):
    return response(real[0], other[0], real[1], other[1], condition="at [V]")


def test_cells_hold_mean_and_spread_of_plain_selections() -> None:
    real, other = straight(2000, 0), straight(3000, 1)
    found = compared(real, other)["follows"]
    edges = np.quantile(real[1], np.linspace(0, 1, 11))
    for k in range(10):
        chosen = (real[1] >= edges[k]) & ((real[1] < edges[k + 1]) | (k == 9))
        values = real[0]["follows"][chosen]
        assert found.mean.x[k] == pytest.approx(real[1][chosen].mean())
        assert (found.mean.real[0, k], found.spread.real[0, k]) == pytest.approx((values.mean(), values.std()))
    assert (found.mean.name, found.mean.along) == ("mean of follows", "at [V]")


def test_chance_stays_in_the_band_and_p_is_uniform() -> None:
    pairs = [compared(straight(3000, 2 * seed), straight(2500, 2 * seed + 1)) for seed in range(100)]
    for name in ("follows", "does not"):
        found: list[Response] = [pair[name] for pair in pairs]
        for curve in ([one.mean for one in found], [one.spread for one in found]):
            left = [bool(((c.other < c.low) | (c.other > c.high)).any()) for c in curve]
            assert np.mean(left) <= 0.13  # 5 %; for spreads of few skewed values a little more
        assert 0.3 <= np.mean([one.p for one in found]) <= 0.6


def test_a_wrong_slope_shows_in_the_mean_and_wrong_noise_in_the_spread() -> None:
    real = straight(5000, 0)
    tilted = compared(real, straight(5000, 1, slope=3))["follows"]
    assert tilted.p < 1e-6
    assert tilted.shift.low <= 0.95 / (0.5 * 1.95) <= tilted.shift.high  # in the last cell
    assert tilted.stretch.low <= 0.05
    noisy = compared(real, straight(5000, 1, noise=0.75))
    assert noisy["follows"].stretch.low <= 0.5 <= noisy["follows"].stretch.high
    assert noisy["follows"].errors > 10
    assert noisy["does not"].p > 0.01


def test_categories_have_a_cell_each_and_the_one_that_is_off_is_seen() -> None:
    random = np.random.default_rng(0)
    kinds = random.integers(0, 3, (2, 900))
    values = random.standard_normal((2, 900)) + kinds
    values[1, kinds[1] == 2] += 1
    found = response({"level": values[0]}, {"level": values[1]}, kinds[0], kinds[1])["level"]
    assert found.mean.x.tolist() == [0, 1, 2]
    assert np.abs(found.mean.other - found.mean.real)[0].argmax() == 2
    assert found.shift.low <= 1 <= found.shift.high


def test_a_feature_without_spread_is_equal_or_entirely_off() -> None:
    at = np.repeat([0, 1], 50)
    constant = np.ones(100)
    same, off = (response({"x": constant}, {"x": constant + d}, at, at)["x"] for d in (0, 0.1))
    assert (same.errors, same.p, same.shift.value) == (0, 1, 0)
    assert off.p == 0


def test_too_few_signals_in_every_cell_are_refused() -> None:
    with pytest.raises(ArgumentError, match="fewer bins"):
        compared(straight(200, 0), straight(200, 1))
