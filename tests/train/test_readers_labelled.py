"""HDF5, netCDF and zarr: as h5py, zarr, xarray and gansurrogate itself write them."""

import contextlib
import warnings
from pathlib import Path

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import RecordingsError
from gansurrogate.train import from_file

h5py, zarr = pytest.importorskip("h5py"), pytest.importorskip("zarr")
GOLDEN = Path(__file__).parents[1] / "runtime" / "data" / f"golden-{gs.__version__}.onnx"

N = 120
RANDOM = np.random.default_rng(0)
SIGNALS = RANDOM.standard_normal((N, 3, 8)).astype(np.float32)
ENERGY = RANDOM.uniform(10, 500, N)
KIND = np.array(["up", "down"])[np.arange(N) % 2]

suffixes = pytest.mark.parametrize("suffix", [".h5", ".zarr"])


@contextlib.contextmanager
def quiet():
    """zarr and xarray warn of texts, which zarr 3 has no specification for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def written(path: Path, arrays: dict, attributes: dict | None = None, **of_the_file: object) -> Path:
    """Arrays by their path in the file, with the attributes of some of them."""
    hdf5 = path.suffix == ".h5"
    file = h5py.File(path, "w") if hdf5 else zarr.create_group(path)
    file.attrs.update(of_the_file)
    for name, values in arrays.items():
        if hdf5:
            array = file.create_dataset(name, data=values.tolist() if values.dtype.kind == "U" else values)
        else:
            with quiet():
                array = file.create_array(name, data=values)
        array.attrs.update((attributes or {}).get(name, {}))
    if hdf5:
        file.close()
    return path


def dataset():
    """As an experiment's script may build it."""
    xarray = pytest.importorskip("xarray")
    data = {
        "voltage": (("shot", "channel", "time"), SIGNALS, {"units": "mV"}),
        "energy": ("shot", ENERGY, {"units": "keV"}),
        "kind": ("shot", KIND),
    }
    coordinates = {"time": ("time", 5 + 0.25 * np.arange(8), {"units": "us"}), "channel": list("abc")}
    return xarray.Dataset(data, coordinates)


# --- what is found ----------------------------------------------------------------------------------------


@suffixes
def test_signals_have_their_unit_rate_and_conditions(suffix: str, tmp_path: Path) -> None:
    arrays = {"signals": SIGNALS, "energy": ENERGY, "kind": KIND, "valid": ENERGY > 100, "other": np.ones(7)}
    attributes = {"signals": {"units": "V", "sampling_rate": 1000.0}, "energy": {"units": "keV"}}
    read = from_file(written(tmp_path / f"x{suffix}", arrays, attributes))
    np.testing.assert_array_equal(read.signals, SIGNALS)
    assert sorted(read.conditions) == ["energy", "kind", "valid"]
    np.testing.assert_array_equal(read.conditions["energy"], ENERGY.astype(np.float32))
    np.testing.assert_array_equal(read.conditions["valid"], ENERGY > 100)
    assert [("down", "up")[i] for i in read.conditions["kind"]] == KIND.tolist()
    units = {condition.name: condition.unit for condition in read.spec.conditions}
    assert (read.spec.unit, read.spec.sampling_rate, units["energy"]) == ("V", 1000.0, "keV")
    assert read.spec.axes[1] == gs.Axis("time", "s", 0.0, 0.001)


@pytest.mark.parametrize("suffix", [".nc", ".h5", ".zarr", ".zarr2"])
def test_a_dataset_of_xarray_is_read_with_its_coordinates(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix.rstrip('2')}"
    with quiet():
        if "zarr" in suffix:
            dataset().to_zarr(path, zarr_format=2 if suffix == ".zarr2" else 3)
        else:
            pytest.importorskip("h5netcdf")
            dataset().to_netcdf(path, engine="h5netcdf")
    read = from_file(path)
    np.testing.assert_array_equal(read.signals, SIGNALS)
    assert (read.spec.unit, read.spec.sampling_rate) == ("mV", None)
    assert read.spec.axes == (gs.Axis("channel"), gs.Axis("time", "us", 5.0, 0.25))
    assert {(c.name, c.unit, c.kind) for c in read.spec.conditions} == {
        ("energy", "keV", "continuous"), ("kind", "", "category"),
    }  # fmt: skip


@suffixes
def test_what_gansurrogate_sampled_is_read_with_its_specification(suffix: str, tmp_path: Path) -> None:
    surrogate = gs.load(GOLDEN)
    conditions = surrogate.draw_conditions(N, rng=1)
    path = surrogate.sample_to(tmp_path / f"x{suffix}", N, conditions=conditions, rng=1)
    read = from_file(path)
    assert read.spec == surrogate.spec
    np.testing.assert_array_equal(read.signals, surrogate.sample(N, conditions=conditions, rng=1))
    expected = surrogate.spec.encode_conditions(conditions, N)
    for name, values in expected.items():
        np.testing.assert_array_equal(read.conditions[name], values)


@suffixes
def test_an_array_in_a_group_has_the_conditions_beside_it(suffix: str, tmp_path: Path) -> None:
    arrays = {"run1/wave": SIGNALS, "run1/energy": ENERGY, "run2/wave": SIGNALS[::-1], "run2/kind": KIND, "kind": KIND}
    path = written(tmp_path / f"x{suffix}", arrays)
    read = from_file(path, dataset="run1/wave")
    np.testing.assert_array_equal(read.signals, SIGNALS)
    assert list(read.conditions) == ["energy"]
    assert read.provenance == {"file": path.name, "dataset": "run1/wave"}
    with pytest.raises(RecordingsError, match=r"no array 'signals'; it holds .*run2/wave \(120, 3, 8\)"):
        from_file(path)


@suffixes
def test_an_array_per_signal_is_a_condition_if_it_is_named(suffix: str, tmp_path: Path) -> None:
    blurred = SIGNALS + 1
    path = written(tmp_path / f"x{suffix}", {"signals": SIGNALS, "blurred": blurred, "energy": ENERGY})
    assert list(from_file(path).conditions) == ["energy"]
    read = from_file(path, conditions=["blurred"])
    assert read.spec.conditions[0].shape == (3, 8)
    np.testing.assert_array_equal(read.conditions["blurred"], blurred)


@suffixes
def test_a_long_recording_is_cut_into_windows(suffix: str, tmp_path: Path) -> None:
    record = RANDOM.standard_normal((400, 2)).astype(np.float32)
    path = written(tmp_path / f"x{suffix}", {"record": record}, {"record": {"units": "g"}}, sampling_rate=100)
    read = from_file(path, window=16, stride=3)
    assert read.signals.shape == (129, 2, 16)
    np.testing.assert_array_equal(read.signals[5], record[15:31].T)
    axes = (gs.Axis("channel"), gs.Axis("time", "s", 0.0, 0.01))
    assert read.spec == gs.SignalSpec((2, 16), "g", 100.0, axes)


def test_windows_take_their_step_from_the_coordinates(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    record = RANDOM.standard_normal((400, 2)).astype(np.float32)
    times = {"time": ("time", 3 + 0.5 * np.arange(400), {"units": "s"})}
    data = xarray.Dataset({"force": (("time", "axle"), record)}, times)
    data.to_zarr(tmp_path / "x.zarr", zarr_format=3, consolidated=False)
    read = from_file(tmp_path / "x.zarr", window=16)
    assert read.spec.axes == (gs.Axis("axle"), gs.Axis("time", "s", 0.0, 0.5))
    assert read.spec.sampling_rate == 2.0


@suffixes
def test_channels_that_come_last_are_put_first(suffix: str, tmp_path: Path) -> None:
    path = written(tmp_path / f"x{suffix}", {"data": SIGNALS.swapaxes(1, 2)}, {"data": {"sampling_rate": 10}})
    read = from_file(path, channels_last=True)
    np.testing.assert_array_equal(read.signals, SIGNALS)
    assert [axis.name for axis in read.spec.axes] == ["axis0", "time"]


def test_a_zarr_array_without_a_group(tmp_path: Path) -> None:
    zarr.create_array(tmp_path / "x.zarr", data=SIGNALS, attributes={"units": "V"}, dimension_names=("n", "c", "t"))
    read = from_file(tmp_path / "x.zarr")
    np.testing.assert_array_equal(read.signals, SIGNALS)
    assert read.spec == gs.SignalSpec((3, 8), "V", axes=(gs.Axis("c"), gs.Axis("t")))


# --- what is refused --------------------------------------------------------------------------------------


@suffixes
def test_a_condition_that_is_not_there(suffix: str, tmp_path: Path) -> None:
    path = written(tmp_path / f"x{suffix}", {"signals": SIGNALS, "energy": ENERGY, "few": np.ones(7)})
    with pytest.raises(RecordingsError, match="has no condition few, charge; it offers energy"):
        from_file(path, conditions=["few", "charge"])


@suffixes
def test_nothing_inside(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingsError, match="no array 'signals'; it holds nothing"):
        from_file(written(tmp_path / f"x{suffix}", {}))


def test_other_files_under_the_name(tmp_path: Path) -> None:
    (tmp_path / "x.h5").write_bytes(b"no HDF5" * 100)
    (tmp_path / "x.zarr").mkdir()
    for name, title in (("x.h5", "an HDF5 file"), ("x.zarr", "a zarr store")):
        with pytest.raises(RecordingsError, match=f"{name} is not {title}, or not a whole one"):
            from_file(tmp_path / name)
