"""Conditions: validation, and the way from a user's values to what a surrogate file takes."""

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ConditionError, SpecError

ENERGY = gs.Condition("energy", unit="keV", low=10, high=500)
KIND = gs.Condition("kind", levels=("a", "b", "c"))
DIGIT = gs.Condition("digit", levels=[3, 1, 2])


@pytest.mark.parametrize(
    "name", ["", "1st", "two words", "a-b", "seed", "rows", "signal", "latent", "n", "rng", "self", "lambda", None, 5]
)
def test_a_condition_needs_a_name_that_simulate_can_take(name):
    with pytest.raises(SpecError, match="a condition's name is a Python identifier"):
        gs.Condition(name, low=0, high=1)


@pytest.mark.parametrize(
    "bounds",
    [
        {},
        {"low": 0},
        {"high": 1},
        {"low": 1, "high": 1},
        {"low": 2, "high": 1},
        {"low": float("nan"), "high": 1},
        {"low": 0, "high": float("inf")},
        {"low": "a", "high": "b"},
        {"levels": ("a",)},
        {"levels": ("a", "a")},
        {"levels": ("a", 1)},
        {"levels": ("a", "b"), "low": 0, "high": 1},
    ],
)
def test_a_condition_needs_a_range_or_levels(bounds):
    with pytest.raises(SpecError, match="'x'"):
        gs.Condition("x", **bounds)


def test_a_condition_describes_itself():
    assert [c.describe() for c in (ENERGY, KIND, gs.Condition("x", low=0, high=0.5))] == [
        "energy in [10, 500] keV",
        "kind one of a, b, c",
        "x in [0, 0.5]",
    ]
    assert (ENERGY.kind, KIND.kind) == ("continuous", "category")


@pytest.mark.parametrize("value", [100, 100.0, np.float32(100), np.int8(100), [100], np.full(4, 100), [100] * 4])
def test_numbers_become_one_float32_per_signal(value):
    encoded = ENERGY.encode(value, 4)
    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded, np.full(4, 100))


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [(KIND, "c", [2, 2]), (KIND, ["a", "b"], [0, 1]), (DIGIT, 1, [1, 1]), (DIGIT, np.array([3, 2]), [0, 2])],
)
def test_levels_become_indices_and_back(condition, value, expected):
    encoded = condition.encode(value, 2)
    assert encoded.dtype == np.int64
    assert encoded.tolist() == expected
    np.testing.assert_array_equal(condition.decode(encoded), np.broadcast_to(value, 2))


def test_the_ends_of_a_range_belong_to_it_also_in_float32():
    tenth = gs.Condition("x", low=0.1, high=0.7)
    for ends in ([0.1, 0.7], np.array([0.1, 0.7], np.float32)):
        assert tenth.encode(ends, 2).tolist() == np.array([0.1, 0.7], np.float32).tolist()


@pytest.mark.parametrize("value", [9.99, 501, np.inf, -np.inf, 1e300])
def test_values_outside_the_range_are_refused_clipped_or_kept(value):
    with pytest.raises(ConditionError, match="pass domain='clip', 'warn' or 'ignore'"):
        ENERGY.encode(value, 3)
    assert ENERGY.encode(value, 3, "clip")[0] == (10 if value < 10 else 500)
    assert ENERGY.encode(value, 3, "ignore")[0] == (np.inf if value == 1e300 else np.float32(value))


@pytest.mark.parametrize("domain", ["error", "warn", "clip", "ignore"])
@pytest.mark.parametrize("value", [np.nan, [1.0, np.nan], "12", 1j, True, None, {}, [1, 2, 3], [[20.0, 20.0]]])
def test_what_is_no_number_is_refused_in_any_domain(value, domain):
    with pytest.raises(ConditionError, match="condition 'energy'"):
        ENERGY.encode(value, 2, domain)


@pytest.mark.parametrize("value", ["d", 0, None, np.nan, ["a", "x"]])
def test_an_unknown_level_is_refused_with_the_known_ones(value):
    with pytest.raises(ConditionError, match="expected kind one of a, b, c"):
        KIND.encode(value, 2)


def test_fractions_of_a_range_are_values_that_encode_takes():
    fractions = np.linspace(0, 1, 1000, endpoint=False)
    energies, kinds = ENERGY.at(fractions), KIND.at(fractions)
    assert (energies[0], kinds[0], kinds[-1]) == (10, "a", "c")
    np.testing.assert_allclose(energies, 10 + 490 * fractions, rtol=1e-6)
    np.testing.assert_array_equal(ENERGY.encode(energies, 1000), energies)
    assert np.bincount(KIND.encode(kinds, 1000)).tolist() == [334, 333, 333]
