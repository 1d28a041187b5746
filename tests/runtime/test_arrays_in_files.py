"""Array conditions and tokens in files, in Dask and in xarray."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

N = 90
SUFFIXES = [".npy", ".h5", ".zarr"]
ANY = {"prefix": ["any"] * 5}


def read(path):
    """The arrays of a file by name, the names of their dimensions and their attributes."""
    if path.suffix == ".npy":
        return {"signals": np.load(path)}, {}, {}
    if path.suffix == ".zarr":
        group = pytest.importorskip("zarr").open_group(path, mode="r")
        arrays = dict(group.arrays())
        dimensions = {name: array.metadata.dimension_names for name, array in arrays.items()}
        return (
            {name: a[...] for name, a in arrays.items()},
            dimensions,
            {name: dict(a.attrs) for name, a in arrays.items()},
        )
    with pytest.importorskip("h5py").File(path, "r") as file:
        arrays = {name: a[...] for name, a in file.items()}
        dimensions = {name: tuple(d[0].name.lstrip("/") for d in a.dims if len(d)) for name, a in file.items()}
        return arrays, dimensions, {name: dict(a.attrs) for name, a in file.items()}


@pytest.fixture(params=SUFFIXES)
def path(request, tmp_path):
    if request.param != ".npy":
        pytest.importorskip("zarr" if request.param == ".zarr" else "h5py")
    return tmp_path / f"x{request.param}"


@pytest.fixture(scope="module")
def given(fields):
    return fields.draw_conditions(N, rng=4)


def test_fields_are_written_with_their_conditions(fields, given, path):
    fields.sample_to(path, N, conditions=given, rng=3, chunk=20)
    arrays, dimensions, attributes = read(path)
    np.testing.assert_array_equal(arrays["signals"], fields.sample(N, conditions=given, rng=3), strict=True)
    if path.suffix == ".npy":
        return
    np.testing.assert_array_equal(arrays["blurred"], given["blurred"], strict=True)
    np.testing.assert_array_equal(np.array(["out", "in"])[arrays["mask"]], given["mask"])
    assert dimensions["signals"] == dimensions["blurred"] == ("signal", "y", "x")  # a field of the signal's shape
    assert dimensions["mask"] == ("signal", "mask_0")
    assert dimensions["gain"] == ("signal",)
    assert attributes["signals"]["coordinates"] == "gain"
    assert attributes["blurred"]["long_name"] == "the field as it is seen"


def test_one_array_for_all_rows_is_kept_once(fields, given, path):
    one = {"blurred": given["blurred"][0], "mask": ["in"] * 6, "gain": 2}
    fields.sample_to(path, N, conditions=one, rng=3, chunk=20)
    arrays, dimensions, _ = read(path)
    np.testing.assert_array_equal(arrays["signals"], fields.sample(N, conditions=one, rng=3), strict=True)
    if path.suffix != ".npy":
        np.testing.assert_array_equal(arrays["blurred"], one["blurred"])
        assert (dimensions["blurred"], dimensions["mask"]) == (("y", "x"), ("mask_0",))
        assert (arrays["mask"].tolist(), arrays["gain"].tolist()) == ([1] * 6, [2] * N)


def test_workers_get_the_arrays_of_their_rows(fields, given, tmp_path):
    mixed = {**given, "blurred": given["blurred"][0]}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        path = fields.sample_to(tmp_path / "x.npy", N, conditions=mixed, rng=3, chunk=40, executor=executor)
    np.testing.assert_array_equal(np.load(path), fields.sample(N, conditions=mixed, rng=3), strict=True)


def test_an_interrupted_call_goes_on_with_the_same_arrays_only(fields, given, tmp_path):
    class StopError(Exception):
        pass

    def progress(done, total):
        if done >= 40:
            raise StopError

    path = tmp_path / "x.npy"
    with pytest.raises(StopError):
        fields.sample_to(path, N, conditions=given, rng=3, chunk=20, progress=progress)
    other = {**given, "blurred": given["blurred"].copy()}
    other["blurred"][-1, -1, -1] = 1 - other["blurred"][-1, -1, -1]
    with pytest.raises(ValueError, match="the conditions are others"):
        fields.sample_to(path, N, conditions=other, rng=3, chunk=20)
    fields.sample_to(path, N, conditions=given, rng=3, chunk=20)
    np.testing.assert_array_equal(np.load(path), fields.sample(N, conditions=given, rng=3))


def test_tokens_are_written_as_ids_with_their_vocabulary(text, path):
    text.sample_to(path, N, conditions=ANY, rng=3, chunk=20)
    arrays, dimensions, attributes = read(path)
    expected = text.sample(N, conditions=ANY, rng=3)
    np.testing.assert_array_equal(arrays["signals"], expected, strict=True)
    if path.suffix != ".npy":
        words = np.array(attributes["signals"]["tokens"], str)
        np.testing.assert_array_equal(words[arrays["signals"]], text.spec.decode(expected))
        assert dimensions["signals"] == ("signal", "place")
        assert dimensions["prefix"] == ("place",)


def test_xarray_reads_both(fields, given, text, path):
    xarray = pytest.importorskip("xarray")
    if path.suffix == ".npy":
        pytest.skip("holds no labels")
    if path.suffix == ".h5":
        pytest.importorskip("h5netcdf")
    options = {"engine": "zarr", "consolidated": False} if path.suffix == ".zarr" else {"engine": "h5netcdf"}
    fields.sample_to(path, N, conditions=given, rng=3)
    with xarray.open_dataset(path, **options) as found:
        assert found.blurred.dims == found.signals.dims == ("signal", "y", "x")
        np.testing.assert_array_equal((found.signals - found.blurred).isel(signal=5, y=2, x=1),
                                      found.signals.values[5, 2, 1] - given["blurred"][5, 2, 1])  # fmt: skip
    text.sample_to(path, N, conditions=ANY, rng=3)
    with xarray.open_dataset(path, **options) as found:
        assert found.signals.dtype == np.int64
        np.testing.assert_array_equal(found.signals, text.sample(N, conditions=ANY, rng=3))


@pytest.mark.parametrize("chunk", [7, 64, 1000])
def test_dask_blocks_hold_the_rows_of_sample(fields, given, text, chunk):
    pytest.importorskip("dask")
    for conditions in (given, {**given, "blurred": given["blurred"][0]}):
        lazy = fields.to_dask(N, conditions=conditions, rng=3, chunk=chunk)
        assert lazy.chunks[1:] == ((6,), (8,))
        np.testing.assert_array_equal(lazy.compute(), fields.sample(N, conditions=conditions, rng=3), strict=True)
    lazy = text.to_dask(N, conditions=ANY, rng=3, chunk=chunk)
    assert lazy.dtype == np.int64
    np.testing.assert_array_equal(lazy.compute(), text.sample(N, conditions=ANY, rng=3), strict=True)


def test_labelled_arrays_hold_the_conditions_that_fit(fields, given, text):
    pytest.importorskip("xarray")
    labelled = fields.to_xarray(N, conditions=given, rng=3)
    assert labelled.blurred.dims == ("signal", "y", "x")
    assert set(labelled.coords) == {"signal", "y", "x", "blurred", "gain"}  # a mask of rows has no place there
    np.testing.assert_array_equal(labelled.blurred, given["blurred"])
    one = fields.to_xarray(N, conditions={**given, "blurred": given["blurred"][0]}, rng=3)
    assert one.blurred.dims == ("y", "x")
    words = text.to_xarray(N, conditions=ANY, rng=3)
    assert (words.dtype, words.attrs["tokens"]) == (np.int64, list(text.spec.tokens))
    assert words.prefix.values.tolist() == ["any"] * 5
