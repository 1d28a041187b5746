"""Real signals are split, the surrogate answers under the conditions of one half, and misfits are refused."""

from dataclasses import replace

import numpy as np
import pytest
from gansurrogate_signals import NoisySine

import gansurrogate as gs
from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity import Comparison, Sample, judge
from gansurrogate.fidelity.copula import Copula
from gansurrogate.fidelity.measures import MEASURES
from gansurrogate.fidelity.measures.classifiers import trees
from gansurrogate.plugins import Plugins


def conditional() -> NoisySine:
    return NoisySine(conditional=True, time=(-5, 5, 64))


class Level(gs.SignalGenerator):
    """A level that the condition says, under white noise; with heights as they are drawn all is jointly Gaussian."""

    name = "level"
    spec = gs.SignalSpec((12,), conditions=[gs.Condition("height", low=-6, high=6)])
    rows_per_seed = 100

    def simulate(self, n, rng, *, height):
        return height[:, None] + 0.5 * rng.standard_normal((n, 12))

    def draw_conditions(self, n, *, rng=None, start=0):
        return {"height": np.random.default_rng(rng).standard_normal(n)}


def without_features(comparison: Comparison) -> Comparison:
    sides = (Sample(side.signals) for side in (comparison.real, comparison.other, comparison.surrogate))
    return Comparison(comparison.spec, *sides)


def test_the_surrogate_gets_the_conditions_of_the_other_half() -> None:
    real = Sample.drawn(conditional(), 200, 1)
    comparison = Comparison.of(conditional(), real, seed=5)
    assert set(comparison.surrogate.conditions) == {c.name for c in conditional().spec.conditions}
    for name, values in real.conditions.items():
        assert (comparison.surrogate.conditions[name] == values[100:]).all()
        assert (comparison.real.conditions[name] == values[:100]).all()
    again = conditional().sample(100, conditions=comparison.other.conditions, rng=5)
    assert (comparison.surrogate.signals == again).all()


def test_the_table_holds_conditions_and_features_as_numbers() -> None:
    conditions = {"kind": np.array(["b", "a", "b"]), "field": np.arange(6.0).reshape(3, 2)}
    table = Sample(np.zeros((3, 4)), conditions, {"height": np.array([7.0, 8.0, 9.0])}).table()
    assert table.tolist() == [[1, 0, 1, 7], [0, 2, 3, 8], [1, 4, 5, 9]]


@pytest.mark.parametrize(
    ("real", "words"),
    [
        (Sample(np.zeros((200, 7), np.float32)), "shape"),
        (Sample(np.zeros((60, *NoisySine().spec.shape), np.float32)), "at least 100"),
    ],
)
def test_signals_that_do_not_fit_are_refused(real: Sample, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        Comparison.of(NoisySine(), real)


def test_missing_conditions_are_named() -> None:
    real = Sample.drawn(conditional(), 100, 1)
    with pytest.raises(ArgumentError, match="without"):
        Comparison.of(conditional(), Sample(real.signals))


@pytest.mark.parametrize(("noise", "low", "high"), [(0.3, 0.4, 0.58), (0.45, 0.95, 1.0)])
def test_without_features_trees_look_at_components_and_roughness(noise: float, low: float, high: float) -> None:
    time = (-5, 5, 64)
    comparison = without_features(
        Comparison.of(NoisySine(noise=noise, time=time), Sample.drawn(NoisySine(time=time), 1600, 3))
    )
    ((figure,), _) = trees(comparison)
    assert low <= figure.value <= high
    assert 0.4 <= figure.floor <= 0.58


def test_every_measure_takes_a_surrogate_that_is_as_good_as_the_real_thing() -> None:
    training = conditional().sample(600, conditions=conditional().draw_conditions(600, rng=9), rng=9)
    comparison = Comparison.of(conditional(), Sample.drawn(conditional(), 1200, 3), training=training)
    judged = judge(comparison)
    figures = {figure.name: figure for figure in judged.figures}
    assert set(judged.groups) == {"panel", *MEASURES} - {"parameters", "worth"}
    band = 4 * np.sqrt(1201 / (12 * 600**2))
    assert all(abs(f.value - 0.5) < band for name, f in figures.items() if name.endswith("_auc"))
    assert all(f.measured.low <= f.value <= f.measured.high for f in figures.values())
    assert figures["memorisation"].value == pytest.approx(1, abs=0.1)
    assert figures["coverage"].value == pytest.approx(0.969, abs=0.04)
    assert {curve.name for curve in judged.curves} >= {"share below", "power [dB]", "autocorrelation", "mean of mean"}


def test_the_untrained_copula_stands_beside_and_is_seen_through() -> None:
    time = (-5, 5, 64)
    real = Sample.drawn(NoisySine(time=time), 1600, 3)
    comparison = Comparison.of(NoisySine(time=time), real, NoisySine(time=time).features, copula=True)
    (figure,) = judge(comparison, only=["trees"]).groups["trees"]
    assert figure.copula > 0.9 > 0.6 > figure.value


def test_the_copula_follows_conditions_that_shift_the_signal() -> None:
    level = Level()
    comparison = Comparison.of(level, Sample.drawn(level, 2000, 3), copula=True)
    assert comparison.copula is not None
    assert comparison.copula.conditions == comparison.surrogate.conditions
    figures = {f.name: f for f in judge(comparison, only=["trees", "conditions"]).figures}
    assert figures["trees_auc"].copula < 0.6  # here it is as good as the real thing
    assert figures["shift_by_height"].copula < 0.5
    blind = replace(comparison.copula, signals=Copula(comparison.other.signals).sample(1000, 1))
    figures = {f.name: f for f in judge(replace(comparison, copula=blind), only=["trees", "conditions"]).figures}
    assert figures["trees_auc"].copula > 0.7
    assert figures["shift_by_height"].copula > 2


def test_there_is_no_copula_of_more_values_of_conditions_than_a_quarter_of_the_signals() -> None:
    spec = gs.SignalSpec((3,), conditions=[gs.Condition("field", low=0, high=1, shape=(40,))])
    sample = Sample(np.zeros((200, 3), np.float32), {"field": np.zeros((200, 40))})
    level = Level()
    level.spec = spec
    level.simulate = lambda n, rng, field: np.zeros((n, 3))
    assert Comparison.of(level, sample, copula=True).copula is None


def test_an_unknown_measure_is_answered_with_the_known_ones() -> None:
    comparison = Comparison.of(conditional(), Sample.drawn(conditional(), 100, 3))
    with pytest.raises(ArgumentError, match="permutation tests"):
        judge(comparison, also=["astrology"])


def test_a_plugin_whose_measure_fails_costs_only_its_own_figures(monkeypatch) -> None:
    class Stars:
        @gs.hookimpl
        def register_measures(self, register):
            register("moon", lambda comparison: 1 / 0)
            register("sun", lambda comparison: 3)
            register("mars", lambda comparison: (["red"], []))
            register("sum", lambda comparison: ([], []))

    found = Plugins()
    found.manager.register(Stars(), name="stars")
    monkeypatch.setattr("gansurrogate.fidelity.panel.installed", lambda: found)
    comparison = Comparison.of(conditional(), Sample.drawn(conditional(), 200, 3))
    judged = judge(comparison, only=["neighbours"], also=["moon", "sun", "mars", "sum"])
    assert set(judged.left_out) == {"moon", "sun", "mars"}
    assert "ZeroDivisionError: division by zero" in judged.left_out["moon"]
    assert "a list of figures and a list of curves" in judged.left_out["mars"]
    assert judged.groups["neighbours"]


def test_a_surrogate_with_an_error_of_its_own_is_worth_a_number_of_real_signals() -> None:
    time = (-5, 5, 32)
    generator, biased = NoisySine(time=time), NoisySine(amplitude=(0.1, 8.5, 85), time=time)
    training = generator.sample(300, rng=5)
    comparison = Comparison.of(biased, Sample.drawn(generator, 6000, 3), generator.features, training=training)
    (figure,) = judge(comparison, only=["worth"]).groups["worth"]
    assert figure.floor == 300
    assert 5 < figure.measured.low < figure.value < figure.measured.high < 3000
    faithful = Comparison.of(generator, Sample.drawn(generator, 2000, 3), generator.features, seed=9, training=training)
    judged = judge(faithful, only=["worth"])
    assert judged.groups["panel"] == []
    assert "no limit seen" in judged.left_out["worth"]
    assert len(judged.curves) == 1
