"""Which reader takes a file, what its options do, and readers that plugins bring."""

import sys
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import plugins
from gansurrogate.errors import ArgumentError, MissingPackageError, PluginError, RecordingsError
from gansurrogate.reading import FileContent, Selection
from gansurrogate.train import from_file
from gansurrogate.train.readers.find import format_of, is_recordings, name_of

N = 120
SIGNALS = np.random.default_rng(0).standard_normal((N, 8)).astype(np.float32)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> plugins.Plugins:
    """Plugins of this test alone."""
    found = plugins.Plugins()
    monkeypatch.setattr("gansurrogate.train.readers.find.installed", lambda: found)
    return found


# --- by the name ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pulses.npz", "pulses"),
        ("a.b.csv.gz", "a.b"),
        ("PULSES.CSV", "PULSES"),
        ("train-images-idx3-ubyte.gz", "train-images-idx3"),
        ("x.zarr", "x"),
    ],
)
def test_recordings_are_called_as_their_file(name: str, expected: str) -> None:
    assert is_recordings(f"folder/{name}")
    assert name_of(Path("folder", name)) == expected


def test_a_signal_generator_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "noisy-sine").touch()
    assert not is_recordings("noisy-sine")
    assert not is_recordings("recordings.doc")
    (tmp_path / "recordings.doc").touch()
    assert is_recordings("recordings.doc")  # so that the message speaks of its ending


def test_an_unknown_ending_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RecordingsError, match=r"no reader for .*x\.doc; known endings: -ubyte, .*\.csv, .*\.zarr"):
        from_file(tmp_path / "x.doc")


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".h5", ".zarr", ".wav", ".mat", "-ubyte", ".tsv.gz"])
def test_a_missing_file(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingsError, match="there is no file"):
        from_file(tmp_path / f"x{suffix}", window=8)


@pytest.mark.parametrize(
    ("suffix", "package", "extra"),
    [(".parquet", "pyarrow", "parquet"), (".h5", "h5py", "hdf5"), (".zarr", "zarr", "zarr")],
)
def test_a_missing_package_names_its_extra(
    suffix: str, package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / f"x{suffix}").touch()
    with pytest.raises(MissingPackageError, match=rf"pip install 'gansurrogate\[{extra}\]'"):
        from_file(tmp_path / f"x{suffix}")


# --- options ----------------------------------------------------------------------------------------------


def saved(folder: Path, array: np.ndarray) -> Path:
    np.save(folder / "pulses.npy", array)
    return folder / "pulses.npy"


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"window": 1}, "at least 2; got 1"),
        ({"window": 8.0}, "got 8.0"),
        ({"stride": 2}, "give window too"),
        ({"window": 8, "stride": 0}, "at least 1; got 0"),
        ({"window": 8, "conditions": ["energy"]}, "leave both out"),
        ({"window": 8, "channels_last": True}, "leave both out"),
        ({"conditions": "energy"}, "put it into brackets"),
    ],
)
def test_options_that_are_impossible(options: dict, cause: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=cause):
        from_file(saved(tmp_path, SIGNALS), **options)


@pytest.mark.parametrize(
    ("shape", "options", "cause"),
    [
        ((N,), {}, r"to cut it into signals give a window \(--window 256\)"),
        (
            (N, 8, 3),
            {"window": 8},
            r"are one long recording \(length,\) or \(length, channels\); got float32 \(120, 8, 3",
        ),
        ((N, 8), {"window": 121}, "a window of 121 samples is longer than the recording"),
        ((N, 8), {"channels_last": True}, r"channels_last takes signals \(n, length, channels\)"),
    ],
)
def test_signals_that_do_not_suit_the_options(shape: tuple, options: dict, cause: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingsError, match=cause):
        from_file(saved(tmp_path, np.ones(shape, np.float32)), **options)


def test_windows_of_a_vector_and_of_channels(tmp_path: Path) -> None:
    record = np.arange(900.0, dtype=np.float32)
    windows = from_file(saved(tmp_path, record), window=10, stride=4)
    assert windows.signals.shape == (223, 10)
    np.testing.assert_array_equal(windows.signals[:, 0], 4 * np.arange(223))
    assert windows.provenance == {"file": "pulses.npy", "window": 10, "stride": 4}
    both = from_file(saved(tmp_path, record.reshape(450, 2)), window=10)
    np.testing.assert_array_equal(both.signals[3], record.reshape(450, 2)[3:13].T)


def test_an_archive_says_rate_unit_and_times(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", data=SIGNALS, fs=200, unit="V", energy=np.arange(N))
    read = from_file(tmp_path / "x.npz")
    assert (read.spec.unit, read.spec.sampling_rate, read.spec.axes[0].step) == ("V", 200.0, 0.005)
    assert list(read.conditions) == ["energy"]
    np.savez(tmp_path / "y.npz", signals=SIGNALS, t=1 + 0.1 * np.arange(8))
    assert from_file(tmp_path / "y.npz").spec.axes == (gs.Axis("time", "s", 1.0, 0.1),)


def test_an_array_per_signal_is_an_array_condition(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", signals=SIGNALS, blurred=SIGNALS + 1, mask=np.arange(N * 3).reshape(N, 3) % 2)
    read = from_file(tmp_path / "x.npz")
    blurred, mask = read.spec.conditions
    assert (blurred.shape, blurred.kind, mask.shape, mask.levels) == ((8,), "continuous", (3,), (0, 1))
    np.testing.assert_array_equal(read.conditions["blurred"], SIGNALS + 1)


def test_recordings_can_be_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path, np.arange(900.0) ** 2)
    monkeypatch.chdir(tmp_path)
    read = from_file("pulses.npy", window=16, stride=2)
    monkeypatch.chdir("/")
    assert read.file is not None
    assert from_file(**read.file).digest() == read.digest()


# --- plugins ----------------------------------------------------------------------------------------------


def read_raw(path: Path, selection: Selection) -> FileContent:
    """The file of an imaginary oscilloscope."""
    values = np.fromfile(path, "<i2")
    known = [gs.Condition("gain", levels=("low", "high"))]
    conditions = {"gain": np.array(["low", "high"])[np.arange(N) % 2], "energy": np.arange(N) / 7}
    return gs.FileContent(
        values if selection.window else values.reshape(N, 8),
        unit="mV",
        sampling_rate=1e6,
        conditions={} if selection.window else conditions,
        known=known,
        units={"energy": "keV"},
        provenance={"oscilloscope": "model 1"},
    )


def test_a_plugin_reads_files_of_its_own(found: plugins.Plugins, tmp_path: Path) -> None:
    found.register_reader(".Scope", read_raw)
    values = (100 * SIGNALS).astype("<i2")
    values.tofile(tmp_path / "run.scope")
    assert is_recordings("run.scope")
    read = from_file(tmp_path / "run.scope")
    np.testing.assert_array_equal(read.signals, values.astype(np.float32))
    assert (read.name, read.spec.unit, read.spec.axes) == ("run", "mV", (gs.Axis("time", "s", 0.0, 1e-6),))
    assert [(c.name, c.kind, c.unit) for c in read.spec.conditions] == [
        ("gain", "category", ""), ("energy", "continuous", "keV"),
    ]  # fmt: skip
    assert read.spec.conditions[0].levels == ("low", "high")  # not sorted: the reader said so
    assert read.provenance == {"file": "run.scope", "oscilloscope": "model 1"}
    np.testing.assert_array_equal(from_file(tmp_path / "run.scope", window=8, stride=8).signals, read.signals)


def test_the_longest_ending_counts(found: plugins.Plugins) -> None:
    found.register_reader(".lab.csv", read_raw)
    found.register_reader(".b.lab.csv", read_raw)
    endings = [found.ending for name in ("x.csv", "x.lab.csv", "a.b.lab.csv") if (found := format_of(Path(name)))]
    assert endings == [".csv", ".lab.csv", ".b.lab.csv"]


def test_an_ending_of_ours_is_taken(found: plugins.Plugins, tmp_path: Path) -> None:
    found.register_reader(".npy", read_raw)
    with pytest.raises(PluginError, match=r"a plugin offers a reader for \.npy, which gansurrogate reads itself"):
        from_file(saved(tmp_path, SIGNALS))


@pytest.mark.parametrize(
    ("given", "error", "cause"),
    [
        (lambda: (SIGNALS, "V"), PluginError, r"the reader for \.scope files must give a gansurrogate\.FileContent"),
        (lambda: 1 / 0, RecordingsError, r"x\.scope is not a \.scope file, or not a whole one: division by zero"),
        (lambda: FileContent(SIGNALS.astype(str)), RecordingsError, "array of numbers"),
        (lambda: FileContent(SIGNALS, axes=[gs.Axis("a"), gs.Axis("b")]), RecordingsError, "give 1 axes"),
        (lambda: FileContent(SIGNALS, conditions={"a b": np.arange(N)}), RecordingsError, "Python identifier"),
    ],
)
def test_a_reader_that_fails_is_named(
    given: object, error: type, cause: str, found: plugins.Plugins, tmp_path: Path
) -> None:
    found.register_reader(".scope", lambda path, selection: given())
    (tmp_path / "x.scope").touch()
    with pytest.raises(error, match=cause):
        from_file(tmp_path / "x.scope")
