"""Conditions that are arrays: their checks, their way into the file, and surrogates that take them."""

import copy
import json

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import rowlaw
from gansurrogate.errors import ConditionError, ManifestError, SpecError
from gansurrogate.testing import check_signal_generator, check_surrogate, leave_open

FIELD = gs.Condition("field", unit="K", low=0, high=300, shape=(2, 3))
PREFIX = gs.Condition("prefix", levels=("any", "i", "you"), shape=(4,))


@pytest.mark.parametrize("shape", [3, (0,), (2, -1), (1.5,), "ab", None, ("a",)])
def test_a_shape_is_positive_whole_numbers(shape):
    with pytest.raises(SpecError, match="the shape of condition 'x' is a tuple of positive whole numbers"):
        gs.Condition("x", low=0, high=1, shape=shape)


def test_an_array_condition_describes_itself():
    assert FIELD.describe() == "field (2, 3) in [0, 300] K"
    assert PREFIX.describe() == "prefix (4,) one of any, i, you"
    many = gs.Condition("word", levels=range(1000))
    assert many.describe().endswith(", 18, 19, ... (1000 in all)")


def test_one_array_stands_for_all_signals_or_each_has_its_own():
    each = np.arange(24, dtype=np.int16).reshape(4, 2, 3)
    for given, n, expected in ((each, 4, each), (each[0], 4, [each[0]] * 4), (each[:1], 4, [each[0]] * 4)):
        encoded = FIELD.encode(given, n)
        assert (encoded.dtype, encoded.shape) == (np.float32, (n, 2, 3))
        np.testing.assert_array_equal(encoded, expected)
    assert FIELD.encode(np.zeros((0, 2, 3)), 0).shape == (0, 2, 3)
    assert FIELD.encode(np.zeros((2, 3)), 10**9).strides[0] == 0  # takes no memory


def test_levels_become_indices_and_back():
    encoded = PREFIX.encode([["i", "any", "any", "you"], ["any"] * 4], 2)
    assert (encoded.dtype, encoded.tolist()) == (np.int64, [[1, 0, 0, 2], [0] * 4])
    assert PREFIX.decode(encoded).tolist() == [["i", "any", "any", "you"], ["any"] * 4]


@pytest.mark.parametrize("shape", [(), (3,), (4,), (4, 3), (3, 2), (5, 2, 3), (4, 2, 3, 1)])
def test_another_shape_is_refused_with_the_fitting_ones(shape):
    with pytest.raises(ConditionError, match=r"takes shape \(2, 3\) or \(4, 2, 3\) \(one per signal\); got shape"):
        FIELD.encode(np.zeros(shape), 4)


@pytest.mark.parametrize(("condition", "value", "message"), [
    (FIELD, [[1, 2, 3], [4, 5, 301]], r"'field' is 301, outside its range \(field \(2, 3\) in \[0, 300\] K\)"),
    (FIELD, [[1, 2, 3], [4, 5, np.nan]], "'field' is NaN"),
    (FIELD, [[1, 2, 3], [4, 5]], "'field' is no array: its parts have different lengths"),
    (FIELD, [["a"] * 3] * 2, "'field' takes numbers"),
    (PREFIX, ["i", "any", "he", "you"], "unknown level in condition 'prefix': got 'he'; expected prefix"),
])  # fmt: skip
def test_one_wrong_value_is_enough(condition, value, message):
    with pytest.raises(ConditionError, match=message):
        condition.encode(value, 2)


def test_values_outside_the_range_can_be_clipped():
    assert FIELD.encode([[-1, 0, 1], [299, 300, 301]], 1, "clip").tolist() == [[[0, 0, 1], [299, 300, 300]]]


def test_every_value_is_drawn_from_a_word_of_its_own():
    spec = gs.SignalSpec((3,), conditions=(gs.Condition("a", low=0, high=1), FIELD, PREFIX))
    whole = spec.draw_conditions(200, 5, first=2)
    assert {name: values.shape[1:] for name, values in whole.items()} == {"a": (), "field": (2, 3), "prefix": (4,)}
    words = rowlaw.words(5, np.arange(200), 2, 3)  # of the counters 3 and 4: the first of each, the second of each, ...
    six = np.stack([words[i][counter] for i in range(3) for counter in range(2)], 1)
    np.testing.assert_allclose(whole["field"].reshape(200, 6), 300 * six / 2**32, rtol=1e-6)
    part = spec.draw_conditions(50, 5, start=150, first=2)
    for name, values in part.items():
        np.testing.assert_array_equal(values, whole[name][150:])
    assert len(np.unique(whole["field"])) == 1200
    spec.encode_conditions(whole, 200)  # none lies outside


def test_scalar_conditions_are_drawn_as_they_were_before_there_were_arrays():
    spec = gs.SignalSpec((3,), conditions=(gs.Condition("a", low=0, high=1), gs.Condition("b", low=0, high=1)))
    first = rowlaw.words(9, np.arange(7), 2, 1)[0]
    for values, word in zip(spec.draw_conditions(7, 9, first=1).values(), first, strict=True):
        np.testing.assert_array_equal(values, (word / 2**32).astype(np.float32))


class Sum(gs.SignalGenerator):
    name = "sum"
    spec = gs.SignalSpec((2,), conditions=(FIELD, PREFIX))

    def simulate(self, n, rng, *, field, prefix):
        assert (field.shape, prefix.shape) == ((n, 2, 3), (n, 4))
        return np.stack([field.sum((1, 2)), (prefix == "you").sum(1)], 1) + 1e-3 * rng.random((n, 2))


@pytest.mark.parametrize("rows_per_seed", [1, 16])
def test_a_signal_generator_gets_arrays(monkeypatch, rows_per_seed):
    monkeypatch.setattr(Sum, "rows_per_seed", rows_per_seed)
    check_signal_generator(Sum())
    prefix = [["i", "you", "any", "you"], ["any"] * 4]
    signals = Sum().sample(2, conditions={"field": np.ones((2, 3)), "prefix": prefix}, rng=1)
    np.testing.assert_allclose(signals, [[6, 2], [6, 0]], atol=2e-3)


def test_some_tokens_are_left_open_by_the_checks():
    values = np.full((6, 4), "you")
    leave_open(PREFIX, values, np.arange(6))
    once = [["any"] * 4, ["you", "you", "any", "any"], ["you"] * 4]
    assert values.tolist() == once * 2


# --- in a surrogate ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def given(fields):
    return fields.draw_conditions(150, rng=4)


def test_a_surrogate_of_fields_keeps_its_promises(fields):
    assert fields.self_test() < 1e-5
    check_surrogate(fields)
    assert {c.name: c.shape for c in fields.spec.conditions} == {"blurred": (6, 8), "mask": (6,), "gain": ()}


def test_rows_do_not_depend_on_how_arrays_are_cut(fields, given):
    whole = fields.sample(150, conditions=given, rng=3)
    later = {name: values[40:] for name, values in given.items()}
    for options in ({"tile": 7}, {"tile": 64}, {"out": np.empty((110, 6, 8), np.float32)}):
        np.testing.assert_array_equal(fields.sample(110, conditions=later, rng=3, start=40, **options), whole[40:])
    device = fields.sample(110, conditions=later, rng=3, start=40, device_output=True).numpy()
    np.testing.assert_array_equal(device, whole[40:])


def test_every_value_of_an_array_reaches_its_row(fields, given):
    whole = fields.sample(150, conditions=given, rng=3)
    changed = {**given, "blurred": given["blurred"].copy()}
    changed["blurred"][70, 0, 0] = 1 - changed["blurred"][70, 0, 0]
    other = fields.sample(150, conditions=changed, rng=3)
    assert np.argwhere((other != whole).any((1, 2))).tolist() == [[70]]
    assert np.ptp(np.argwhere(other[70] != whole[70]), 0).max() <= 2  # two convolutions of 3 see no further


@pytest.mark.parametrize("read", [np.asarray, list])
def test_few_rows_at_a_time_under_one_array_are_computed_ahead(fields, given, read):
    one = {"blurred": read(given["blurred"][0]), "mask": read(given["mask"][0]), "gain": 2.0}
    whole = fields.sample(60, conditions=one, rng=8)
    single = [fields.sample(1, conditions=one, rng=8, start=i)[0] for i in range(60)]
    np.testing.assert_array_equal(single, whole)
    two = {**one, "blurred": given["blurred"][1]}
    other = fields.sample(1, conditions=two, rng=8, start=5)
    np.testing.assert_array_equal(other, fields.sample(100, conditions=two, rng=8)[5:6])


def test_wrong_arrays_say_what_is_wanted(fields, given):
    with pytest.raises(ConditionError, match=r"'blurred' takes shape \(6, 8\) or \(3, 6, 8\)"):
        fields.sample(3, conditions={**given, "blurred": 0.5}, rng=1)
    with pytest.raises(ConditionError, match=r"missing condition 'mask'; .* needs blurred \(6, 8\) in \[0, 1\]"):
        fields.sample(3, conditions={"blurred": np.zeros((6, 8)), "gain": 1}, rng=1)


@pytest.mark.parametrize(("place", "value"), [
    (("spec", "conditions", 0, "shape"), [6, 0]), (("spec", "conditions", 0, "shape"), 6),
    (("spec", "conditions", 0, "shape"), [2**20, 2**20]), (("spec", "conditions", 0, "shape"), [1] * 9),
    (("spec", "conditions", 2, "shape"), ["a"]), (("self_test", "conditions", "blurred", 1), [0.5] * 47),
    (("self_test", "conditions", "blurred", 1, 3), [0.5]), (("self_test", "conditions", "mask", 2, 5), 2),
    (("self_test", "conditions", "mask", 2, 5), 0.5), (("self_test", "conditions", "gain", 0), [1.0]),
])  # fmt: skip
def test_manifests_with_impossible_arrays_are_refused(fields, place, value):
    changed = copy.deepcopy(fields.manifest.to_dict())
    inside = changed
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    with pytest.raises(ManifestError):
        gs.Manifest.from_json(json.dumps(changed))
