"""What plugins do around tiles and for rows outside the domain: for every way to draw, with failures named."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import plugins
from gansurrogate.errors import ArgumentError, ConditionError, PluginError
from gansurrogate.scattered import simulate

SET = {"energy": 100.0, "kind": "b"}


@pytest.fixture
def registered(monkeypatch):
    """Make functions known as hooks of this program, before a surrogate is loaded."""
    monkeypatch.setenv(plugins.RESTRICTION, "")
    plugins.installed.cache_clear()

    def register(**hooks):
        marked = {name: gs.hookimpl(function, specname=name) for name, function in hooks.items()}
        plugins.installed().manager.register(SimpleNamespace(**marked), name="-".join(hooks))

    yield register
    plugins.installed.cache_clear()


def load(path, threads=1):
    return gs.load(path, device="cpu", threads=threads)


@pytest.mark.parametrize("threads", [1, 3])
def test_each_tile_is_told_before_and_after_with_its_rows_and_conditions(registered, golden, golden_path, threads):
    told, seen = [], []
    registered(
        before_tile=lambda rows, conditions, seed: told.append((rows, conditions["energy"].tolist(), seed)),
        after_tile=lambda rows, signals: seen.append((rows, signals.copy())),
    )
    drawn = golden.draw_conditions(250, rng=3)
    signals = load(golden_path, threads).sample(250, conditions=drawn, rng=9, start=40, tile=100)
    expected = [range(40, 140), range(140, 240), range(240, 290)]
    assert sorted(rows.start for rows, *_ in told) == [40, 140, 240]
    for rows, energy, seed in told:
        assert (rows in expected, seed) == (True, 9)
        assert energy == drawn["energy"][rows.start - 40 : rows.stop - 40].tolist()
    for rows, part in seen:
        assert np.array_equal(part, signals[rows.start - 40 : rows.stop - 40])
    assert np.array_equal(signals, golden.sample(250, conditions=drawn, rng=9, start=40))


def draw_whole(surrogate):
    return surrogate.sample(30, conditions=SET, rng=1, tile=8)


def draw_tiles(surrogate):
    return np.concatenate(list(surrogate.iter_tiles(30, conditions=SET, rng=1, tile=8)))


def draw_few(surrogate):
    return np.concatenate([surrogate.sample(3, conditions=SET, rng=1, start=row) for row in range(0, 30, 3)])


def draw_out(surrogate):
    return surrogate.sample(30, conditions=SET, rng=1, out=np.empty((30, 2, 16), np.float32))


def draw_pickled(surrogate):
    return pickle.loads(pickle.dumps(surrogate)).sample(30, conditions=SET, rng=1)


@pytest.mark.parametrize("draw", [draw_whole, draw_tiles, draw_few, draw_out, draw_pickled])
def test_signals_are_replaced_however_they_are_drawn(registered, golden, golden_path, draw):
    registered(after_tile=lambda signals, rows: signals * np.float32(2) + np.arange(len(rows))[:, None, None] * 0)
    assert np.array_equal(draw(load(golden_path)), 2 * golden.sample(30, conditions=SET, rng=1))


def test_of_several_plugins_each_sees_what_the_one_before_gave(registered, golden, golden_path):
    registered(after_tile=lambda signals: signals + np.float32(1))
    registered(
        answer_outside=lambda: None, after_tile=lambda signals: signals * np.float32(2)
    )  # registered last: first
    plain = golden.sample(5, conditions=SET, rng=1)
    assert np.array_equal(load(golden_path).sample(5, conditions=SET, rng=1), plain * np.float32(2) + np.float32(1))


def test_the_self_test_sees_the_file_as_it_is(registered, golden_path):
    registered(after_tile=lambda signals: signals + np.float32(1))
    assert load(golden_path).self_test() < 1e-5


@pytest.mark.parametrize(
    ("hooks", "cause"),
    [
        ({"before_tile": lambda: 1 / 0}, "failed in its hook before_tile: ZeroDivisionError"),
        ({"after_tile": lambda: exit(3)}, "failed in its hook after_tile: SystemExit: 3"),
        (
            {"after_tile": lambda signals: signals[1:]},
            r"signals of shape \(5, 2, 16\) in its hook after_tile; got \(4, ",
        ),
        (
            {"after_tile": lambda signals: signals.astype(str)},
            "signals of float32 in its hook after_tile; got TypeError",
        ),
        ({"after_tile": lambda: [[1], [2, 3]]}, "signals of float32 in its hook after_tile; got ValueError"),
    ],
)
def test_a_plugin_that_fails_is_named(registered, golden_path, hooks, cause):
    registered(**hooks)
    with pytest.raises(PluginError, match=cause):
        load(golden_path).sample(5, conditions=SET, rng=1)


def test_signals_of_another_precision_are_converted(registered, golden, golden_path):
    registered(after_tile=lambda signals: signals.astype(float))
    signals = load(golden_path).sample(5, conditions=SET, rng=1)
    assert signals.dtype == np.float32
    assert np.array_equal(signals, golden.sample(5, conditions=SET, rng=1))


def test_signals_that_stay_on_the_device_cannot_be_shown(registered, golden_path):
    told = []
    registered(before_tile=lambda rows: told.append(rows))
    load(golden_path).sample(20, conditions=SET, rng=1, tile=8, device_output=True)
    assert told == [range(8), range(8, 16), range(12, 20)]
    registered(after_tile=lambda: None)
    with pytest.raises(ArgumentError, match="plugin 'after_tile' of this program is to see them"):
        load(golden_path).sample(20, conditions=SET, rng=1, device_output=True)


# --- rows outside the domain ---------------------------------------------------------------------------


class Real(gs.SignalGenerator):
    """What the golden surrogate might have been trained on."""

    name, rows_per_seed = "real", 4

    def __init__(self, spec):
        self.spec, self.simulated = spec, 0

    def simulate(self, n, rng, *, energy, kind):
        self.simulated += n
        return energy[:, None, None] + np.where(kind == "a", 0, 0.5)[:, None, None] + rng.random((n, *self.spec.shape))


@pytest.fixture
def made_by_real(golden, with_manifest, manifest_dict):
    """The golden surrogate, as if it were trained on `Real`."""
    manifest_dict = {**manifest_dict, "training": {**manifest_dict["training"], "signal_generator": "real"}}
    return with_manifest(manifest_dict)


def test_rows_outside_are_those_of_the_signal_generator_and_the_others_stay(registered, golden, made_by_real):
    registered(before_tile=lambda: None)  # another plugin is there and has nothing to say
    real = Real(golden.spec)
    plugins.installed().register(real)
    energies = np.full(40, 100.0)
    energies[[3, 4, 5, 17, 39]] = 1e4, 2e4, 3.0, 1e6, 700.0
    given = {"energy": energies, "kind": np.where(np.arange(40) % 2, "a", "b")}
    signals = load(made_by_real).sample(40, conditions=given, rng=5, start=6, tile=16, domain="simulate")
    low, high = golden.spec.conditions[0].low, golden.spec.conditions[0].high
    outside = (energies < low) | (energies > high)
    assert real.simulated < 40  # rows that nobody wants are not simulated, but for those of the same seed
    expected = real.sample(40, conditions=given, rng=5, start=6, domain="ignore")
    assert np.array_equal(signals[outside], expected[outside])
    plain = golden.sample(40, conditions=given, rng=5, start=6, domain="ignore")
    assert np.array_equal(signals[~outside], plain[~outside])
    surrogate = load(made_by_real)
    few = [
        surrogate.sample(1, conditions={n: v[i] for n, v in given.items()}, rng=5, start=6 + i, domain="simulate")
        for i in range(40)
    ]
    assert np.array_equal(np.concatenate(few), signals)


def test_an_unfinished_file_of_another_domain_is_not_gone_on_with(registered, golden, made_by_real, tmp_path):
    plugins.installed().register(Real(golden.spec))
    surrogate, path = load(made_by_real), tmp_path / "signals.npy"
    given = {"energy": np.where(np.arange(100) < 50, 100, 1e4), "kind": "b"}

    def stop(done, total):
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        surrogate.sample_to(path, 100, conditions=given, rng=5, domain="ignore", chunk=20, progress=stop)
    with pytest.raises(ArgumentError, match="the conditions are others, or their domain"):
        surrogate.sample_to(path, 100, conditions=given, rng=5, domain="simulate")


def test_without_rows_outside_nobody_is_asked(registered, golden, golden_path):
    asked = []
    registered(answer_outside=lambda: asked.append(1))
    signals = load(golden_path).sample(9, conditions=SET, rng=1, domain="simulate")
    assert np.array_equal(signals, golden.sample(9, conditions=SET, rng=1))
    assert asked == []


def test_nobody_to_simulate_is_an_error_that_names_whom_it_takes(registered, golden_path, made_by_real):
    registered()
    outside = {"energy": 1e6, "kind": "b"}
    with pytest.raises(ConditionError, match=r"3 rows leave the range .* signal generator 'real'.* not installed"):
        load(made_by_real).sample(3, conditions=outside, rng=1, domain="simulate")
    plugins.installed().register(Real(gs.SignalSpec((2, 17))))  # of another shape
    with pytest.raises(ConditionError, match="in the surrogate's shape and unit is not installed"):
        load(made_by_real).sample(3, conditions=outside, rng=1, domain="simulate")
    with pytest.raises(ArgumentError, match="some rows are to be simulated"):
        load(golden_path).sample(3, conditions=outside, rng=1, domain="simulate", device_output=True)


def test_a_plugin_answers_before_the_signal_generator(registered, golden, made_by_real):
    registered(answer_outside=lambda rows, seed: np.broadcast_to(rows[:, None, None] + seed, (len(rows), 2, 16)))
    plugins.installed().register(Real(golden.spec))
    signals = load(made_by_real).sample(4, conditions={"energy": 1e6, "kind": "a"}, rng=5, start=10, domain="simulate")
    assert signals[:, 0, 0].tolist() == [15, 16, 17, 18]


def test_single_rows_are_simulated_as_in_one_call(golden):
    real = Real(golden.spec)
    given = {"energy": np.linspace(1, 9, 9), "kind": np.array(list("abababaab"))}
    rows = np.array([0, 1, 5, 6, 7, 20, 22, 23, 90])
    found = simulate(real, rows, 3, given)
    for i, row in enumerate(rows.tolist()):
        one = real.sample(1, conditions={n: v[i] for n, v in given.items()}, rng=3, start=row, domain="ignore")
        assert np.array_equal(found[i], one[0])
