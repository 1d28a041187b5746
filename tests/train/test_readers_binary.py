"""WAV, MAT and IDX, as scipy, h5py and the definition of IDX write them."""

import gzip
import os
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat, wavfile

import gansurrogate as gs
from gansurrogate.errors import RecordingsError
from gansurrogate.train import from_file

N = 120
RANDOM = np.random.default_rng(0)
SIGNALS = RANDOM.standard_normal((N, 3, 8))
ENERGY = RANDOM.uniform(10, 500, N)
KIND = np.array(["up", "down"])[np.arange(N) % 2]


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(RecordingsError) as caught:
        from_file(path, **options)
    assert path.name in str(caught.value)
    return str(caught.value)


# --- WAV --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_recording_keeps_its_numbers_and_its_rate(dtype: str, channels: int, tmp_path: Path) -> None:
    record = (100 + 50 * RANDOM.standard_normal((4000, channels))).clip(0, 255).astype(dtype)
    wavfile.write(tmp_path / "x.wav", 8000, record[:, 0] if channels == 1 else record)
    read = from_file(tmp_path / "x.wav", window=256, stride=64)
    assert len(read.signals) == 59
    expected = record[192:448].T.astype(np.float32)
    np.testing.assert_array_equal(read.signals[3], expected[0] if channels == 1 else expected)
    time = gs.Axis("time", "s", 0.0, 1 / 8000)
    assert read.spec.axes == ((time,) if channels == 1 else (gs.Axis("channel"), time))
    assert read.spec.sampling_rate == 8000


def test_24_bits_and_a_title_are_no_obstacle(tmp_path: Path) -> None:
    record = RANDOM.integers(-(2**23), 2**23, 1000)
    data = b"".join(int(value).to_bytes(3, "little", signed=True) for value in record)
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(44100)
        file.writeframes(data)
    whole = bytearray((tmp_path / "x.wav").read_bytes())
    whole += b"LIST" + struct.pack("<I", 8) + b"INFOabcd"
    whole[4:8] = struct.pack("<I", len(whole) - 8)
    (tmp_path / "x.wav").write_bytes(whole)
    read = from_file(tmp_path / "x.wav", window=100, stride=100)
    np.testing.assert_array_equal(read.signals.ravel(), (record * 256).astype(np.float32))  # as scipy gives 24 bits


def test_a_recording_needs_a_window(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "x.wav", 8000, RANDOM.standard_normal(4000).astype(np.float32))
    assert "one long recording: say how many samples a signal has with window" in refusal(tmp_path / "x.wav")
    assert "longer than the recording" in refusal(tmp_path / "x.wav", window=4001)


# --- MAT --------------------------------------------------------------------------------------------------

WORKSPACE = {"signals": SIGNALS, "energy": ENERGY, "fs": 500.0, "unit": "mV", "ans": np.eye(3), "note": "of May"}


def check_workspace(path: Path) -> None:
    read = from_file(path)
    np.testing.assert_array_equal(read.signals, SIGNALS.astype(np.float32))
    assert (read.spec.unit, read.spec.sampling_rate) == ("mV", 500.0)
    assert read.spec.axes[1] == gs.Axis("time", "s", 0.0, 0.002)
    assert sorted(read.conditions) == ["energy", "kind"]
    np.testing.assert_array_equal(read.conditions["energy"], ENERGY.astype(np.float32))
    assert [read.spec.conditions[-1].levels[i] for i in read.conditions["kind"]] == KIND.tolist()


@pytest.mark.parametrize("options", [{}, {"do_compression": True}, {"oned_as": "column"}])
def test_a_workspace_of_matlab(options: dict, tmp_path: Path) -> None:
    savemat(tmp_path / "x.mat", WORKSPACE | {"kind": KIND.astype(object), "s": {"a": 1}}, **options)
    check_workspace(tmp_path / "x.mat")


def test_texts_of_equal_width_lose_their_padding(tmp_path: Path) -> None:
    savemat(tmp_path / "x.mat", {"signals": SIGNALS, "kind": KIND})
    (kind,) = from_file(tmp_path / "x.mat").spec.conditions
    assert kind.levels == ("down", "up")


def test_a_workspace_of_version_7_3(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.mat", "w", userblock_size=512) as file:  # as MATLAB lays it out: reversed dimensions

        def add(name: str, values: np.ndarray, kind: str) -> object:
            made = file.create_dataset(name, data=values.T)
            made.attrs["MATLAB_class"] = np.bytes_(kind)
            return made

        for name, values in WORKSPACE.items():
            if isinstance(values, str):
                add(name, np.array([list(map(ord, values))], np.uint16), "char")
            else:
                add(name, np.atleast_2d(values), "double")
        cells = [add(f"#refs#/{i}", np.array([list(map(ord, t))], np.uint16), "char").ref for i, t in enumerate(KIND)]
        add("kind", np.array([cells], h5py.ref_dtype), "cell")
    with (tmp_path / "x.mat").open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    check_workspace(tmp_path / "x.mat")


def test_one_array_needs_no_name_and_a_vector_is_a_recording(tmp_path: Path) -> None:
    savemat(tmp_path / "x.mat", {"voltage": SIGNALS[:, 0], "t": 0.5 * np.arange(8)})
    read = from_file(tmp_path / "x.mat")
    assert read.spec == gs.SignalSpec((8,), sampling_rate=2.0, axes=[gs.Axis("time", "s", 0.0, 0.5)])
    savemat(tmp_path / "y.mat", {"x": SIGNALS.ravel(), "fs": 10})
    windows = from_file(tmp_path / "y.mat", window=30, dataset="x")
    np.testing.assert_array_equal(windows.signals[7], SIGNALS.ravel()[7:37].astype(np.float32))
    savemat(tmp_path / "z.mat", {"a": SIGNALS, "b": SIGNALS})
    assert "no array 'signals'; it holds a (120, 3, 8), b (120, 3, 8)" in refusal(tmp_path / "z.mat")


# --- IDX --------------------------------------------------------------------------------------------------


def idx(path: Path, array: np.ndarray, code: int = 8) -> Path:
    header = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    data = header + array.astype(array.dtype.newbyteorder(">")).tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


IMAGES = RANDOM.integers(0, 256, (N, 5, 4), np.uint8)
LABELS = RANDOM.integers(0, 12, N).astype(np.uint8)


@pytest.mark.parametrize("images", ["train-images-idx3-ubyte", "train-images.idx3-ubyte.gz"])
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_images_have_the_labels_beside_them(images: str, packed: str, tmp_path: Path) -> None:
    path = idx(tmp_path / images, IMAGES)
    idx(tmp_path / (images.removesuffix(".gz").replace("images", "labels").replace("idx3", "idx1") + packed), LABELS)
    read = from_file(path)
    np.testing.assert_array_equal(read.signals, IMAGES)
    assert read.spec.axes == (gs.Axis("row"), gs.Axis("column"))
    assert read.spec.conditions == (gs.Condition("label", levels=range(12)),)
    np.testing.assert_array_equal(read.conditions["label"], LABELS)
    assert from_file(path, conditions=[]).conditions == {}


@pytest.mark.parametrize(("code", "dtype"), [(9, "i1"), (11, "i2"), (12, "i4"), (13, "f4"), (14, "f8")])
def test_numbers_of_every_kind(code: int, dtype: str, tmp_path: Path) -> None:
    values = (20 * SIGNALS[:, 0]).astype(dtype)
    read = from_file(idx(tmp_path / "x.idx", values, code))
    np.testing.assert_array_equal(read.signals, values.astype(np.float32))


def test_images_alone_have_no_condition(tmp_path: Path) -> None:
    assert from_file(idx(tmp_path / "images-idx3-ubyte", IMAGES)).conditions == {}


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"\x00\x00\x08\x03" + struct.pack(">3I", N, 5, 4) + bytes(2399), "are 2400; it holds 2399"),
        (b"\x00\x00\x08\x03" + struct.pack(">3I", N, 5, 4) + bytes(2402), "are 2400; it holds more"),
        (b"\x00\x00\x07\x01" + struct.pack(">I", N) + bytes(N), "begins with 0000 07 01"),
        (b"\x00\x00\x08", "not an IDX file, or not a whole one"),
        (b"\x00\x00\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "IDX file"),
    ],
)
def test_an_idx_file_that_is_none(data: bytes, cause: str, tmp_path: Path) -> None:
    (tmp_path / "x.idx").write_bytes(data)
    assert cause in refusal(tmp_path / "x.idx")


def test_labels_that_do_not_fit(tmp_path: Path) -> None:
    path = idx(tmp_path / "images-idx3-ubyte", IMAGES)
    idx(tmp_path / "labels-idx1-ubyte", LABELS[:-1])
    assert "does not fit its 120 signals" in refusal(path)


def test_mnist() -> None:
    shared = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("GANSURROGATE_TEST_DATA", shared)) / "mnist"
    if not folder.is_dir():
        pytest.skip(f"MNIST is not in {folder}")
    read = from_file(folder / "t10k-images-idx3-ubyte.gz")
    assert read.signals.shape == (10_000, 28, 28)
    assert (read.signals.min(), read.signals.max()) == (0, 255)
    assert np.bincount(read.conditions["label"]).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
