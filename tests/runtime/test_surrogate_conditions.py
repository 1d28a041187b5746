"""Conditions of a surrogate: one value or many, drawn ones, and what happens outside the domain."""

import itertools
import logging

import numpy as np
import pytest

from gansurrogate.errors import ConditionError

SET = {"energy": 100.0, "kind": "b"}


def test_one_value_stands_for_all_signals(golden):
    one = golden.sample(5, conditions=SET, rng=1)
    each = golden.sample(5, conditions={"energy": np.full(5, 100.0), "kind": ["b"] * 5}, rng=1)
    np.testing.assert_array_equal(one, each)


def test_every_condition_matters(golden):
    choices = [{"energy": e, "kind": k} for e, k in itertools.product((10, 500), "abc")]
    drawn = [golden.sample(5, conditions=choice, rng=1).tobytes() for choice in choices]
    assert len(set(drawn)) == len(choices)


def test_drawn_conditions_go_row_by_row_and_stay_in_range(golden):
    whole = golden.draw_conditions(1000, rng=5)
    part = golden.draw_conditions(100, rng=5, start=900)
    for name, values in whole.items():
        np.testing.assert_array_equal(values[900:], part[name])
    assert 10 <= whole["energy"].min() < 30 < 480 < whole["energy"].max() <= 500
    assert set(whole["kind"].tolist()) == {"a", "b", "c"}
    golden.spec.encode_conditions(whole, 1000)  # none lies outside


def test_conditions_outside_the_domain_are_an_error_by_default(golden):
    with pytest.raises(ConditionError, match=r"'energy' is 501, outside .*energy in \[10, 500\] keV"):
        golden.sample(2, conditions={**SET, "energy": [100, 501]})


def test_conditions_outside_the_domain_can_be_clipped(golden):
    clipped = golden.sample(2, conditions={**SET, "energy": [1, 600]}, rng=1, domain="clip")
    np.testing.assert_array_equal(clipped, golden.sample(2, conditions={**SET, "energy": [10, 500]}, rng=1))


@pytest.mark.parametrize(("domain", "records"), [("warn", 1), ("ignore", 0), ("clip", 0)])
def test_only_warn_logs_conditions_outside_the_domain(golden, caplog, domain, records):
    with caplog.at_level(logging.DEBUG, "gansurrogate"):
        drawn = golden.sample(150, conditions={**SET, "energy": 600}, rng=1, domain=domain)
        golden.sample(150, conditions=SET, rng=1, domain=domain)
    assert [(r.name, r.levelname) for r in caplog.records] == [("gansurrogate", "WARNING")] * records
    assert all("energy in [10, 500] keV" in r.getMessage() for r in caplog.records)
    at_high = golden.sample(150, conditions={**SET, "energy": 500}, rng=1)
    assert np.array_equal(drawn, at_high) == (domain == "clip")


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (None, "missing condition 'energy', 'kind'; this signal needs energy in"),
        ({"energy": 100}, "missing condition 'kind'"),
        ({**SET, "omega": 1}, "unknown condition 'omega'"),
        ({**SET, "kind": "d"}, "unknown level in condition 'kind': got 'd'; expected kind one of a, b, c"),
        ({**SET, "energy": np.nan}, "'energy' is NaN"),
        ({**SET, "energy": "much"}, "'energy' takes numbers"),
        ({**SET, "energy": [1.0, 2.0]}, r"takes one value or 3 \(one per signal\); got shape \(2,\)"),
        ({**SET, "energy": [[100.0] * 3]}, r"got shape \(1, 3\)"),
        ([1], "conditions are a mapping"),
        ("energy", "conditions are a mapping"),
    ],
)
def test_wrong_conditions_say_what_is_wanted(golden, conditions, message):
    with pytest.raises(ConditionError, match=message):
        golden.sample(3, conditions=conditions)
