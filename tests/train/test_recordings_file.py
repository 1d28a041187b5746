"""Signals read from npy and npz files."""

import json
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.train import from_file

N = 120
SIGNALS = np.random.default_rng(0).standard_normal((N, 8)).astype(np.float32)


def saved(folder: Path, **arrays: object) -> Path:
    path = folder / "pulses.npz"
    np.savez(path, signals=SIGNALS, **arrays)
    return path


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.uint8, ">f8"])
def test_an_npy_file_holds_signals_of_any_number_type(dtype: object, tmp_path: Path) -> None:
    signals = (100 * np.abs(SIGNALS)).astype(dtype)
    np.save(tmp_path / "pulses.npy", signals)
    read = from_file(tmp_path / "pulses.npy")
    assert (read.name, read.spec, read.conditions) == ("pulses", gs.SignalSpec((8,)), {})
    assert read.signals.dtype == np.float32
    np.testing.assert_array_equal(read.signals, signals.astype(np.float32))


def test_signals_of_two_dimensions_keep_their_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", np.asfortranarray(SIGNALS.reshape(N, 2, 4)))
    read = from_file(tmp_path / "images.npy")
    assert read.spec.shape == (2, 4)
    np.testing.assert_array_equal(read.signals, SIGNALS.reshape(N, 2, 4))


def test_numbers_beside_the_signals_become_a_continuous_condition(tmp_path: Path) -> None:
    energy = np.linspace(10, 500, N)
    read = from_file(saved(tmp_path, energy=energy))
    assert read.spec.conditions == (gs.Condition("energy", low=10, high=500),)
    np.testing.assert_array_equal(read.conditions["energy"], energy.astype(np.float32))


@pytest.mark.parametrize("levels", [("down", "up"), (3, 7, 9), (b"down", b"up")], ids=["text", "integers", "bytes"])
def test_texts_and_few_integers_become_a_categorical_condition(levels: tuple, tmp_path: Path) -> None:
    index = np.arange(N) % len(levels)
    read = from_file(saved(tmp_path, kind=np.array(levels)[index]))
    (condition,) = read.spec.conditions
    expected = [level.decode() if isinstance(level, bytes) else level for level in levels]
    assert json.loads(json.dumps(read.spec.to_dict()))["conditions"][0]["levels"] == expected
    assert condition.kind == "category"
    np.testing.assert_array_equal(read.conditions["kind"], index)


def test_many_different_integers_become_a_continuous_condition(tmp_path: Path) -> None:
    read = from_file(saved(tmp_path, channel=np.arange(N)))
    assert read.spec.conditions == (gs.Condition("channel", low=0, high=N - 1),)


def test_simulate_keeps_the_whole_specification(tmp_path: Path) -> None:
    path, command = tmp_path / "duffing.npz", Path(sysconfig.get_path("scripts"), "gansurrogate")
    subprocess.run([command, "simulate", "duffing", "-n", "100", "-o", path], check=True, capture_output=True)
    read = from_file(path)
    assert read.spec == gs.signal_generator("duffing").spec
    assert len(read.signals) == len(read.conditions["force"]) == 100


def test_the_provenance_names_the_file_without_its_folder(tmp_path: Path) -> None:
    read = from_file(saved(tmp_path))
    assert read.provenance["file"] == "pulses.npz"
    assert str(tmp_path) not in json.dumps(read.provenance)
