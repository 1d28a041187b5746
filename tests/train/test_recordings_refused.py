"""Files that cannot be used: each gives a sentence that names the file and the cause."""

import json
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import RecordingsError
from gansurrogate.train import from_file

N = 120
SIGNALS = np.random.default_rng(0).standard_normal((N, 8)).astype(np.float32)
BAD_ROW = np.where(np.arange(N)[:, None] == 3, np.nan, SIGNALS)


def refusal(path: Path) -> str:
    with pytest.raises(RecordingsError) as caught:
        from_file(path)
    assert path.stem in str(caught.value)
    return str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "there is no file" in refusal(tmp_path / "pulses.npy")


@pytest.mark.parametrize(
    "content",
    [b"", b"time;voltage\n0;1.5\n", bytes(range(256)), b"\x93NUMPY\x01\x00"],
    ids=["empty", "text", "binary", "cut header"],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_file_of_another_kind(content: bytes, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"pulses{suffix}"
    path.write_bytes(content)
    assert "not an npy or npz file" in refusal(path)


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "pulses.npz").mkdir()
    assert "not an npy or npz file" in refusal(tmp_path / "pulses.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("harm", ["truncated", "overwritten"])
def test_a_damaged_archive(save, harm: str, tmp_path: Path) -> None:
    path = tmp_path / "pulses.npz"
    save(path, signals=SIGNALS.round())
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(data[:middle] if harm == "truncated" else data[:middle] + b"?" * 64 + data[middle + 64 :])
    assert refusal(path)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_pickled_objects_are_never_loaded(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"pulses{suffix}"
    objects = np.array([{"a": 1}] * N, dtype=object)
    np.save(path, objects) if suffix == ".npy" else np.savez(path, signals=objects)
    message = refusal(path)
    assert "bject" in message
    assert "damaged" not in message


@pytest.mark.parametrize(
    ("signals", "cause"),
    [
        (SIGNALS[:, 0], "(n, length); got float32 (120,)"),
        (SIGNALS.astype(str), "array of numbers"),
        (SIGNALS + 1j, "array of numbers"),
        (BAD_ROW, "1 of 120 signals"),
        (np.where(np.isnan(BAD_ROW), np.inf, SIGNALS), "NaN or infinity"),
        (1e300 * SIGNALS.astype(np.float64), "float32"),
        (np.ones((N, 8)), "identical"),
        (np.tile(SIGNALS[0], (N, 1)), "identical"),
        (SIGNALS[:, :0], "(n, length); got float32 (120, 0)"),
    ],
    ids=[
        "1-d",
        "text",
        "complex",
        "NaN",
        "infinite",
        "huge",
        "constant",
        "identical",
        "length 0",
    ],
)
def test_signals_that_cannot_be_learnt(signals: np.ndarray, cause: str, tmp_path: Path) -> None:
    np.save(tmp_path / "pulses.npy", signals)
    assert cause in refusal(tmp_path / "pulses.npy")


@pytest.mark.parametrize(
    ("name", "values", "cause"),
    [
        ("energy", np.linspace(0, 1, N - 1), "got shape (119,)"),
        ("energy", np.arange(2.0 * N).reshape(2, N), "got shape (2, 120)"),
        ("comment", np.arange(N).astype(str), "120 different texts for 120 signals, too many to learn"),
        ("energy", np.ones(N), "low < high"),
        ("energy", np.where(np.arange(N) == 3, np.nan, 1.0), "'energy' holds NaN"),
        ("energy", np.where(np.arange(N) == 3, 1e200, 1.0), "beyond float32"),
        ("energy", np.arange(N).astype("datetime64[s]"), "energy"),
        ("energy", np.linspace(0, 1, N) * 1j, "energy"),
        ("energy", np.array([]), "energy"),
        ("kind", np.full(N, "up"), "two or more different levels"),
        ("seed", np.linspace(0, 1, N), "seed"),
        ("beam energy", np.linspace(0, 1, N), "Python identifier"),
    ],
)
def test_a_condition_that_does_not_fit(name: str, values: np.ndarray, cause: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "pulses.npz", signals=SIGNALS, **{name: values})
    assert cause in refusal(tmp_path / "pulses.npz")


def test_an_archive_without_signals_lists_what_it_holds(tmp_path: Path) -> None:
    np.savez(tmp_path / "pulses.npz", voltage=SIGNALS, current=SIGNALS)
    said = "no array 'signals'; it holds voltage (120, 8), current (120, 8). Name the signals with dataset (--dataset)"
    assert said in refusal(tmp_path / "pulses.npz")


@pytest.mark.parametrize("text", ["", "{}", "[]", "no json", json.dumps(gs.SignalSpec((9,)).to_dict())],
                         ids=["empty", "no keys", "list", "text", "other shape"])  # fmt: skip
def test_a_stored_specification_that_does_not_fit(text: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "pulses.npz", signals=SIGNALS, spec=np.array(text))
    assert "pec" in refusal(tmp_path / "pulses.npz") or "fit" in refusal(tmp_path / "pulses.npz")
