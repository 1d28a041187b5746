"""What a signal is: validation, coordinates, and the way to JSON and back."""

import json

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ConditionError, SpecError

ENERGY = gs.Condition("energy", unit="keV", low=10, high=500)
KIND = gs.Condition("kind", levels=("a", "b", "c"))
DIGIT = gs.Condition("digit", levels=[3, 1, 2])


@pytest.mark.parametrize("shape", [(), (0,), (3, -1), 300, (2.5,), ("a",), None, (float("nan"),)])
def test_a_shape_is_positive_whole_numbers(shape):
    with pytest.raises(SpecError, match="shape"):
        gs.SignalSpec(shape=shape)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sampling_rate": 0}, "sampling_rate"),
        ({"sampling_rate": -1.0}, "sampling_rate"),
        ({"sampling_rate": float("inf")}, "sampling_rate"),
        ({"sampling_rate": float("nan")}, "sampling_rate"),
        ({"axes": (gs.Axis("x"),)}, "2 axes, one per dimension"),
        ({"axes": (gs.Axis("x"), gs.Axis("x"))}, "ax"),
        ({"conditions": (ENERGY, ENERGY)}, "each condition needs its own name"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(wrong, message):
    with pytest.raises(SpecError, match=message):
        gs.SignalSpec(shape=(2, 3), **wrong)


@pytest.mark.parametrize("wrong", [{"step": 0.0}, {"step": float("nan")}, {"start": float("inf")}])
def test_an_axis_that_gives_no_coordinates_is_refused(wrong):
    with pytest.raises(SpecError):
        gs.SignalSpec(shape=(3,), axes=(gs.Axis("x", **wrong),))


def test_coordinates_follow_the_axes():
    axes = (gs.Axis("y", "mm", -1.0, 0.5), gs.Axis("x", "mm", 10.0, -2.0))
    coordinates = gs.SignalSpec(shape=(4, 3), axes=axes).coordinates
    assert {name: values.tolist() for name, values in coordinates.items()} == {
        "y": [-1, -0.5, 0, 0.5],
        "x": [10, 8, 6],
    }


def test_a_sampling_rate_makes_the_last_axis_time_in_seconds():
    spec = gs.SignalSpec(shape=(2, 4), sampling_rate=1000)
    assert [(axis.name, axis.unit) for axis in spec.axes] == [("axis0", ""), ("time", "s")]
    np.testing.assert_allclose(spec.coordinates["time"], [0, 1e-3, 2e-3, 3e-3])
    assert gs.SignalSpec(shape=(3,)).coordinates["sample"].tolist() == [0, 1, 2]


def test_lists_and_numpy_sizes_make_an_equal_and_hashable_spec():
    one = gs.SignalSpec(shape=[np.int64(2), 3], conditions=[ENERGY, DIGIT])
    two = gs.SignalSpec(shape=(2, 3), conditions=(ENERGY, DIGIT))
    assert one == two
    assert len({one, two}) == 1


@pytest.mark.parametrize(
    "spec",
    [
        gs.SignalSpec(shape=(300,)),
        gs.SignalSpec(shape=(2, 3), unit="V", sampling_rate=1e6, conditions=(ENERGY, KIND, DIGIT)),
        gs.SignalSpec(shape=(4, 3), unit="µm", axes=(gs.Axis("y", "mm", -1.0, 0.5), gs.Axis("x", "mm"))),
    ],
)
def test_json_and_back_is_the_same_spec(spec):
    text = json.dumps(spec.to_dict(), allow_nan=False)
    assert gs.SignalSpec.from_dict(json.loads(text)) == spec


@pytest.mark.parametrize("data", [{}, [], None, {"shape": [3]}, "spec"])
def test_what_is_no_spec_is_refused(data):
    with pytest.raises(SpecError, match="not a signal specification"):
        gs.SignalSpec.from_dict(data)


def test_conditions_are_encoded_in_the_order_of_the_spec():
    spec = gs.SignalSpec(shape=(3,), conditions=(ENERGY, KIND))
    encoded = spec.encode_conditions({"kind": "b", "energy": [10, 20]}, 2)
    assert list(encoded) == ["energy", "kind"]
    assert {name: values.tolist() for name, values in encoded.items()} == {"energy": [10, 20], "kind": [1, 1]}


def test_no_conditions_need_none():
    spec = gs.SignalSpec(shape=(3,))
    assert spec.encode_conditions(None, 5) == spec.encode_conditions({}, 5) == {}
    with pytest.raises(ConditionError, match="unknown condition 'energy'; this signal has no conditions"):
        spec.encode_conditions({"energy": 1}, 5)


def test_conditions_that_are_no_mapping_and_unknown_domains_are_refused():
    spec = gs.SignalSpec(shape=(3,), conditions=(ENERGY,))
    with pytest.raises(ConditionError, match="mapping"):
        spec.encode_conditions([100], 1)
    with pytest.raises(ArgumentError, match="domain is one of error, warn, clip, ignore, simulate; got 'raise'"):
        spec.encode_conditions({"energy": 100}, 1, "raise")


def test_tokens_that_may_be_given_are_left_open_if_nothing_is_said_of_them() -> None:
    prefix = gs.Condition("prefix", levels=("*", "a", "b"), shape=(3,))
    spec = gs.SignalSpec((3,), tokens=("a", "b"), conditions=(prefix,))
    assert spec.encode_conditions(None, 2)["prefix"].tolist() == [[0, 0, 0], [0, 0, 0]]
    assert spec.encode_conditions({"prefix": ["b", "*", "*"]}, 1)["prefix"].tolist() == [[2, 0, 0]]
    numbers = gs.SignalSpec((3,), conditions=(prefix,))
    with pytest.raises(ConditionError, match="missing condition 'prefix'"):
        numbers.encode_conditions(None, 2)
