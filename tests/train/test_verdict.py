"""The verdict follows from the figures: good, fair or poor for the work that depends on each."""

from dataclasses import replace

import pytest

from gansurrogate.fidelity import Figure
from gansurrogate.fidelity.estimate import Estimate
from gansurrogate.fidelity.verdict import verdict

N = 5000


def auc(name: str, value: float) -> Figure:
    return Figure(name, Estimate.of_auc(value, N, N), 0.5, N, 1)


def other(name: str, value: float, floor: float) -> Figure:
    return Figure(name, Estimate(value, value, value + 0.02), floor, N, 1)


def grades(*figures: Figure) -> dict[str, str]:
    found = verdict([auc("panel_auc", 0.5), *figures]).findings
    return {finding.aspect: finding.grade for finding in found}


@pytest.mark.parametrize(
    ("value", "grade"), [(0.5, "good"), (0.55, "good"), (0.6, "fair"), (0.71, "poor"), (1, "poor")]
)
@pytest.mark.parametrize(("name", "aspect"), [("spectral_auc", "noise and spectrum"), ("conv_auc", "local shape")])
def test_a_classifier_grades_the_work_that_depends_on_what_it_sees(name, aspect, value, grade) -> None:
    assert grades(auc(name, value)) == {aspect: grade}


def test_a_judge_that_tells_real_from_real_says_nothing() -> None:
    void = Figure("spectral_auc", Estimate.of_auc(0.99, N, N), 0.98, N, 1)
    found = verdict([replace(void, name="panel_auc", copula=0.999), void])
    assert found.summary.startswith("The panel tells real signals from real ones")
    assert [finding.said for finding in found.findings] == ["not judged", "not judged"]


def test_the_worst_parameter_bounds_every_probability() -> None:
    found = verdict([auc("panel_auc", 0.5), other("ks_omega", 0.01, 0.01), other("ks_bias", 0.08, 0.01)]).findings
    (finding,) = found
    assert (finding.grade, finding.aspect) == ("fair", "single parameters")
    assert "bias" in finding.text
    assert "10.0 %" in finding.text


@pytest.mark.parametrize(
    ("low", "floor", "grade"), [(0.05, 0, "good"), (0.3, 0.25, "good"), (0.6, 0.25, "fair"), (0.8, 0.25, "poor")]
)
def test_the_worst_response_to_a_condition_counts_as_far_as_it_is_sure(low: float, floor: float, grade: str) -> None:
    figure = Figure("stretch_by_energy", Estimate(low + 1, low, low + 2), floor, N, 1)
    (finding,) = verdict([auc("panel_auc", 0.5), other("shift_by_energy", 0.01, 0.25), figure]).findings
    assert (finding.grade, finding.aspect) == (grade, "response to conditions")
    assert "spread of a parameter along energy" in finding.text


@pytest.mark.parametrize(
    ("value", "copula", "grade", "words"),
    [
        (0.6, 0.9, "good", "more easily"),
        (0.9, 0.9, "poor", "learned little"),
        (1.0, 1.0, "poor", "learned little"),
        (0.505, 0.51, "good", "no judge tells an untrained copula"),
        (0.6, 0.505, "poor", "learned little"),
    ],
)
def test_a_surrogate_that_does_not_beat_the_copula_is_told_so(value, copula, grade, words) -> None:
    panel = Figure("panel_auc", Estimate.of_auc(value, N, N), 0.5, N, 1, copula)
    (finding,) = verdict([panel]).findings
    assert (finding.grade, finding.aspect) == (grade, "base line")
    assert words in finding.text


@pytest.mark.parametrize(("value", "grade"), [(1.01, "good"), (0.93, "fair"), (1.4, "poor")])
def test_the_noise_is_graded_by_its_level(value: float, grade: str) -> None:
    assert grades(other("noise_ratio", value, 1)) == {"noise level": grade}


@pytest.mark.parametrize(("value", "grade"), [(1.1, "good"), (0.85, "fair"), (0.3, "poor")])
def test_a_copy_of_the_training_signals_is_called_so(value: float, grade: str) -> None:
    assert grades(other("memorisation", value, 1)) == {"memory": grade}


@pytest.mark.parametrize(("low", "high", "grade"), [(1500, 9000, "good"), (800, 3000, "fair"), (100, 900, "poor")])
def test_what_it_is_worth_is_held_against_what_it_was_trained_on(low: float, high: float, grade: str) -> None:
    assert grades(Figure("worth_in_real_signals", Estimate(low, low, high), 1000, N, 1)) == {"how many to draw": grade}


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.505, "no judge"), (0.54, "barely"), (0.6, "sometimes"), (0.8, "often"), (0.99, "nearly always")],
)
def test_the_summary_says_how_easily_it_is_told_apart(value: float, words: str) -> None:
    assert words in verdict([auc("panel_auc", value)]).summary


def test_the_summary_begins_with_what_it_suits_and_what_not() -> None:
    figures = [auc("panel_auc", 0.8), auc("spectral_auc", 0.8), auc("conv_auc", 0.5), auc("raw_auc", 0.5)]
    said = verdict([*figures, auc("trees_auc", 0.6)])
    assert said.summary.startswith(
        "Suits work on local shape and gross shape. With care: parameters together. Not for noise and spectrum. With"
    )
    assert [use.said for use in said.uses] == ["with care", "not for", "suits", "suits"]
