"""Recordings as a signal generator: whose row is which recording, and what becomes of other conditions."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ConditionError, SpecError
from gansurrogate.testing import check_signal_generator

N = 60
NUMBERS = np.arange(N, dtype=np.float32)
SIGNALS = NUMBERS[:, None] + np.array([0, 0.5, 0.25], np.float32)  # a recording's first value is its number
SPEC = gs.SignalSpec((3,), unit="V")
ENERGY, KIND = gs.Condition("energy", "keV", low=0, high=120), gs.Condition("kind", levels=("a", "b"))
CONDITIONED = gs.SignalSpec((3,), unit="V", conditions=(ENERGY, KIND))
TAKEN = {"energy": 2 * NUMBERS, "kind": np.where(NUMBERS % 2 == 0, "a", "b")}


def shots(**options: object) -> gs.RecordedSignals:
    return gs.RecordedSignals("shots", CONDITIONED, SIGNALS, TAKEN, **options)


def numbers(signals: np.ndarray) -> list[int]:
    return signals[:, 0].astype(int).tolist()


@pytest.mark.parametrize("conditions", [(), (KIND,)], ids=["without", "with"])
@pytest.mark.parametrize("repeat", [False, True])
def test_it_keeps_the_contract_of_signal_generators(conditions: tuple[gs.Condition, ...], repeat: bool) -> None:
    taken = {"kind": TAKEN["kind"]} if conditions else {}
    spec = gs.SignalSpec((3,), conditions=conditions)
    check_signal_generator(gs.RecordedSignals("shots", spec, SIGNALS, taken, repeat=repeat))


@pytest.mark.parametrize("seed", [1, 2, -5])
def test_the_first_rows_are_all_recordings_each_once_in_an_order_of_the_seed(seed: int) -> None:
    generator = gs.RecordedSignals("plain", SPEC, SIGNALS)
    drawn = generator.sample(N, rng=seed)
    assert sorted(numbers(drawn)) == list(range(N)) != numbers(drawn)
    np.testing.assert_array_equal(drawn, SIGNALS[numbers(drawn)])
    np.testing.assert_array_equal(generator.sample(7, rng=seed, start=20), drawn[20:27])
    assert numbers(generator.sample(N, rng=seed + 1)) != numbers(drawn)


def test_rows_beyond_the_recordings_are_refused_unless_they_may_be_played_again() -> None:
    generator = gs.RecordedSignals("plain", SPEC, SIGNALS)
    with pytest.raises(ArgumentError, match=r"'plain' has 60 recordings, and rows up to 61.*repeat=True"):
        generator.sample(2, rng=1, start=N - 1)
    again = gs.RecordedSignals("plain", SPEC, SIGNALS, repeat=True)
    assert (generator.count, again.count) == (N, None)
    rounds = np.array(numbers(again.sample(3 * N, rng=1))).reshape(3, N)
    assert (np.sort(rounds) == np.arange(N)).all()
    assert len({tuple(order) for order in rounds.tolist()}) == 3
    assert rounds[0].tolist() == numbers(generator.sample(N, rng=1))
    np.testing.assert_array_equal(again.sample(N, rng=1, start=N + 7)[:3, 0], rounds[1, 7:10])


def test_a_row_under_its_own_conditions_is_the_recording_taken_under_them() -> None:
    generator = shots()
    given = generator.draw_conditions(N, rng=4)
    drawn = generator.sample(N, conditions=given, rng=4)
    np.testing.assert_array_equal(given["energy"], 2 * drawn[:, 0])
    assert set(numbers(drawn)) == set(range(N))
    late = generator.draw_conditions(5, rng=4, start=30)
    np.testing.assert_array_equal(late["energy"], given["energy"][30:35])


def test_other_conditions_are_answered_by_the_nearest_recording_with_the_same_levels() -> None:
    generator = shots(tolerance=0.02)  # 2.4 keV
    given = {"energy": np.array([40.0, 42.0, 41.9, 0.3]), "kind": np.array(["a", "b", "a", "a"])}
    assert numbers(generator.sample(4, conditions=given, rng=1)) == [20, 21, 20, 0]
    with pytest.raises(ConditionError, match=r"no recording nearer than 0.0167.*energy 42.0, kind a.*draw_conditions"):
        shots().sample(1, conditions={"energy": 42.0, "kind": "a"}, rng=1)
    only_a = gs.RecordedSignals("shots", CONDITIONED, SIGNALS, {**TAKEN, "kind": np.full(N, "a")}, tolerance=1.0)
    with pytest.raises(ConditionError, match="no recording with these levels"):
        only_a.sample(1, conditions={"energy": 42.0, "kind": "b"}, rng=1)


def test_of_many_recordings_under_one_condition_each_is_played_as_often() -> None:
    spec = gs.SignalSpec((3,), conditions=(KIND,))
    generator = gs.RecordedSignals("kinds", spec, SIGNALS, {"kind": TAKEN["kind"]}, repeat=True)
    drawn = numbers(generator.sample(20 * N, conditions={"kind": "b"}, rng=1))
    counts = np.bincount(drawn, minlength=N)
    assert (counts[::2] == 0).all()
    assert (counts[1::2] == 40).all()


def test_a_field_as_condition_is_compared_value_by_value() -> None:
    seen = gs.Condition("seen", low=0, high=1, shape=(2,))
    spec = gs.SignalSpec((3,), conditions=(seen,))
    fields = np.random.default_rng(1).random((N, 2))
    generator = gs.RecordedSignals("fields", spec, SIGNALS, {"seen": fields}, tolerance=0.01)
    given = {"seen": np.clip(fields[[3, 9]] + [0.005, -0.005], 0, 1)}
    expected = [np.abs(fields - field).max(1).argmin() for field in given["seen"]]
    assert numbers(generator.sample(2, conditions=given, rng=1)) == expected


def test_simulate_gives_recordings_in_the_order_of_its_rng() -> None:
    drawn = gs.RecordedSignals("plain", SPEC, SIGNALS).simulate(N, np.random.default_rng(1))
    assert sorted(numbers(drawn)) == list(range(N))


def test_recordings_on_the_disk_stay_there_and_travel_by_pickle(tmp_path: Path) -> None:
    np.save(tmp_path / "shots.npy", SIGNALS)
    generator = gs.RecordedSignals("shots", SPEC, np.load(tmp_path / "shots.npy", mmap_mode="r"))
    expected = gs.RecordedSignals("plain", SPEC, SIGNALS).sample(9, rng=1)
    np.testing.assert_array_equal(generator.sample(9, rng=1), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(generator)).sample(9, rng=1), expected)


def test_what_does_not_fit_the_spec_is_refused() -> None:
    with pytest.raises(SpecError, match=r"array of shape \(n, 3\); got \(60, 2\)"):
        gs.RecordedSignals("shots", SPEC, SIGNALS[:, :2])
    with pytest.raises(SpecError, match=r"got \(0, 3\)"):
        gs.RecordedSignals("shots", SPEC, SIGNALS[:0])
    with pytest.raises(SpecError, match=r"array of shape \(n, 3\); got list"):
        gs.RecordedSignals("shots", SPEC, SIGNALS.tolist())
    with pytest.raises(SpecError, match="must give numbers"):
        gs.RecordedSignals("shots", SPEC, SIGNALS.astype(str))
    with pytest.raises(SpecError, match="SignalSpec; got None"):
        gs.RecordedSignals("shots", None, SIGNALS)
    with pytest.raises(ConditionError, match="missing condition 'kind'"):
        gs.RecordedSignals("shots", CONDITIONED, SIGNALS, {"energy": TAKEN["energy"]})
    with pytest.raises(ArgumentError, match="tolerance is a share"):
        shots(tolerance=-0.1)
    with pytest.raises(ArgumentError, match="tolerance is a share"):
        shots(tolerance="some")


WITHOUT_TORCH = """
import sys
import numpy as np
sys.modules.update({"torch": None, "scipy": None})
from gansurrogate.errors import MissingPackageError
from gansurrogate.train import from_file

np.savez("shots.npz", signals=np.random.default_rng(1).standard_normal((50, 8)), energy=np.linspace(1, 2, 50), fs=100.0)
shots = from_file("shots.npz").signal_generator()
given = shots.draw_conditions(50, rng=1)
print(shots.sample(50, conditions=given, rng=1).shape, sorted(given), shots.spec.sampling_rate)
open("sound.wav", "wb").close()
for call in (lambda: from_file("sound.wav", window=8), lambda: __import__("gansurrogate.train").train.train):
    try:
        call()
    except MissingPackageError as error:
        print(error)
"""


def test_files_are_read_without_torch_too(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_TORCH], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "(50, 8) ['energy'] 100.0",
        "reading sound.wav needs the package scipy.io, which is not installed",
        "training needs torch: pip install 'gansurrogate[train]'",
    ], done.stderr
