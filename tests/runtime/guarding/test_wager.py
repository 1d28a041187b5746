"""The wealth of a bettor beside its closed forms."""

from itertools import product

import numpy as np
import pytest

from gansurrogate.guarding.wager import BETTORS, Wager


def outcomes(pairs, chance):
    """Every sequence of right and wrong predictions: its probability if each is right by `chance`, and the wealths."""
    for sequence in product([False, True], repeat=pairs):
        wager = Wager(chance)
        wealth = [wager.bet(right) for right in sequence]
        yield chance ** sum(sequence) * (1 - chance) ** (pairs - sum(sequence)), wealth


@pytest.mark.parametrize("chance", [0.5, 0.6])
def test_on_average_over_all_outcomes_wealth_stays_one(chance):
    every = list(outcomes(10, chance))
    for t in range(10):
        assert sum(p * wealth[t] for p, wealth in every) == pytest.approx(1, rel=1e-12)


def test_wealth_shrinks_where_predictions_are_right_less_often_than_tolerated():
    mean = sum(wealth[-1] / 2**10 for _, wealth in outcomes(10, 0.6))
    assert mean < 0.95


@pytest.mark.parametrize("enough", [1.5, 3, 10, 50])
def test_the_chance_of_ever_being_rich_is_at_most_one_over_the_wealth(enough):
    assert sum(p for p, wealth in outcomes(12, 0.5) if max(wealth) >= enough) <= 1 / enough


def test_the_wealth_of_one_who_is_always_right():
    wager, pairs = Wager(), 9
    for _ in range(pairs):
        wager.bet(True)
    p = 0.5 + 0.5 * (np.arange(BETTORS) + 0.5) / BETTORS
    begun = np.arange(1, pairs + 1)
    growth = ((2 * p) ** (pairs + 1 - begun[:, None])).mean(1)
    assert wager.wealth == pytest.approx((growth / (begun * (begun + 1))).sum() + 1 / (pairs + 1), rel=1e-12)
    assert (wager.right, wager.wrong) == (pairs, 0)


def test_a_long_losing_streak_leaves_room_for_a_late_gain():
    wager = Wager()
    for i in range(4000):
        wager.bet(i % 2 == 0)
    assert wager.wealth < 1
    needed = 0
    while wager.wealth < 100:
        wager.bet(True)
        needed += 1
    assert needed < 40
