import math

import pytest

from gansurrogate.errors import ArgumentError
from gansurrogate.train import Budget


@pytest.mark.parametrize(("step", "expected"), [(0, 0), (50, 0.25), (200, 1), (999, 1)])
def test_a_budget_of_steps_is_used_by_steps_whatever_the_clock_says(step: int, expected: float) -> None:
    assert Budget(steps=200).progress(step, 1e9) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (15, 0.25), (60, 1), (61, 1)])
def test_a_budget_of_seconds_is_used_by_the_clock_whatever_the_steps(seconds: float, expected: float) -> None:
    assert Budget(seconds=60).progress(10**9, seconds) == expected


@pytest.mark.parametrize("given", [{}, {"seconds": 1, "steps": 1}])
def test_a_budget_is_either_seconds_or_steps(given: dict) -> None:
    with pytest.raises(ArgumentError, match="either minutes or steps"):
        Budget(**given)


@pytest.mark.parametrize("amount", [0, -1, math.inf, math.nan])
@pytest.mark.parametrize("unit", ["seconds", "steps"])
def test_a_budget_that_is_not_positive_and_finite_is_refused(unit: str, amount: float) -> None:
    with pytest.raises(ArgumentError, match=f"positive; got {amount}"):
        Budget(**{unit: amount})
