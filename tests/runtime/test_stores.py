"""Each format: its layout, its labels, and rows that go to their place and nowhere else."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, OutputError
from gansurrogate.sampling.request import Request
from gansurrogate.storage import stores
from gansurrogate.storage.job import Job

N, CHUNK = 95, 30
SUFFIXES = [".npy", ".h5", ".hdf5", ".zarr"]
LABELLED = SUFFIXES[1:]


def read(path, name="signals"):
    """An array of a file, as the format's own package reads it."""
    if path.name.endswith((".npy", ".npy.part")):
        return np.load(path)
    if ".zarr" in path.suffixes:
        return pytest.importorskip("zarr").open_group(path, mode="r")[name][...]
    with pytest.importorskip("h5py").File(path, "r") as file:
        return file[name][...]


def attributes(path, name=None):
    """Attributes of an array, or of the file, as plain values."""
    if path.suffix == ".zarr":
        group = pytest.importorskip("zarr").open_group(path, mode="r")
        return dict((group[name] if name else group).attrs)
    with pytest.importorskip("h5py").File(path, "r") as file:
        found = (file[name] if name else file).attrs
        own = {key for key in found if key.isupper()} | {"REFERENCE_LIST"}  # how HDF5 ties dimensions to arrays
        return {key: np.asarray(value).tolist() for key, value in found.items() if key not in own}


def dimensions(path, name="signals"):
    """Names of an array's dimensions."""
    if path.suffix == ".zarr":
        return pytest.importorskip("zarr").open_group(path, mode="r")[name].metadata.dimension_names
    with pytest.importorskip("h5py").File(path, "r") as file:
        return tuple(dimension[0].name.lstrip("/") for dimension in file[name].dims)


@pytest.fixture(params=SUFFIXES)
def path(request, tmp_path):
    return needed(tmp_path / f"x{request.param}")


@pytest.fixture(params=LABELLED)
def labelled_path(request, tmp_path):
    return needed(tmp_path / f"x{request.param}")


def needed(path):
    if path.suffix != ".npy":
        pytest.importorskip("zarr" if path.suffix == ".zarr" else "h5py")
    return path


@pytest.fixture
def make(golden):
    """Lay out a file for a surrogate with another spec; its store and the conditions as the file takes them."""

    def create(path, n=N, spec=golden.spec, given=None, **changes):
        manifest = replace(golden.manifest, spec=spec, **changes)
        given = spec.draw_conditions(n, 5) if given is None else given
        request = Request.of(spec, n, given, 0, 100, "error", 64)
        return stores.create(path, Job.of(manifest, request, 7, CHUNK), manifest, request.conditions)

    return create


def chunks(signals, n=N):
    return [(first, signals[first : min(first + CHUNK, n)]) for first in range(0, n, CHUNK)]


@pytest.fixture
def signals():
    return np.random.default_rng(0).standard_normal((N, 2, 16), np.float32)


def test_rows_go_to_their_place_in_any_order_and_in_pieces(make, path, signals):
    store = make(path)
    for first, rows in reversed(chunks(signals)):
        store.write(first, iter([rows[:7], rows[7:8], rows[8:]]))
    assert not path.exists()
    store.finish()
    np.testing.assert_array_equal(read(path), signals, strict=True)
    assert list(path.parent.iterdir()) == [path]


def test_a_store_is_a_small_pickle_and_writes_the_same_there(make, path, signals, run_python):
    store = make(path)
    pickled = pickle.dumps(store)
    assert len(pickled) < 1000
    path.with_name("store").write_bytes(pickled)
    path.with_name("rows").write_bytes(signals.tobytes())
    program = """
import pickle, sys
from pathlib import Path
import numpy as np
sys.modules["zarr"] = sys.modules["h5py"] = None  # a worker needs neither
store = pickle.loads(Path(sys.argv[1]).read_bytes())
rows = np.fromfile(sys.argv[2], np.float32).reshape(-1, 2, 16)
for first in range(0, len(rows), 30):
    store.write(first, [rows[first:first + 30]])
"""
    run_python(program, path.with_name("store"), path.with_name("rows"))
    store.finish()
    np.testing.assert_array_equal(read(path), signals)


def test_an_unfinished_file_is_opened_again_where_it_was(make, path):
    store = make(path)
    job = Job("", 7, 100, N, [2, 16], "<f4", "", CHUNK, "")
    assert stores.reopen(path, job) == store


def test_writing_signals_changes_no_other_byte(make, tmp_path, signals):
    """Why a kill -9 cannot damage an HDF5 file: its metadata are complete before the first signal."""
    store = make(needed(tmp_path / "x.h5"))
    before = np.fromfile(store.part, np.uint8)
    for first, rows in chunks(signals):
        store.write(first, [rows])
    after = np.fromfile(store.part, np.uint8)
    block = slice(store.offset, store.offset + signals.nbytes)
    assert after[block].tobytes() == signals.tobytes()
    before[block] = after[block]
    np.testing.assert_array_equal(before, after)


def test_each_zarr_chunk_is_one_file_and_unwritten_rows_are_nan(make, tmp_path, signals):
    store = make(needed(tmp_path / "x.zarr"))
    store.write(30, [signals[30:60]])
    store.write(90, [signals[90:]])
    files = sorted(file.name for file in (store.part / "signals").iterdir())
    assert files == ["c.1.0.0", "c.3.0.0", "zarr.json"]
    found = read(store.part)
    np.testing.assert_array_equal(found[30:60], signals[30:60])
    np.testing.assert_array_equal(found[90:], signals[90:])
    assert np.isnan(found[:30]).all()


def test_no_rows_make_an_empty_array(make, path):
    store = make(path, n=0)
    store.finish()
    assert read(path).shape == (0, 2, 16)


# --- labels ---------------------------------------------------------------------------------------------


def test_a_file_says_where_its_signals_come_from(make, labelled_path, golden):
    make(labelled_path, citation="doi:10.1234/5678").finish()
    said = attributes(labelled_path)
    assert said == {
        "surrogate": "golden",
        "version": "1",
        "file_sha256": golden.manifest.file_sha256,
        "seed": 7,
        "start": 100,
        "sampling_rate": 1e6,
        "license": "CC0-1.0",
        "citation": "doi:10.1234/5678",
        "gansurrogate": gs.__version__,
    }


def test_dimensions_and_coordinates_are_those_of_the_spec(make, labelled_path, golden):
    make(labelled_path).finish()
    assert dimensions(labelled_path) == ("signal", "axis0", "time")
    assert attributes(labelled_path, "signals") == {"units": "V", "coordinates": "energy kind"}
    assert attributes(labelled_path, "time") == {"units": "s"}
    for name, values in golden.spec.coordinates.items():
        np.testing.assert_array_equal(read(labelled_path, name), values)


def test_conditions_are_kept_by_name(make, labelled_path, golden):
    given = golden.spec.draw_conditions(N, 5)
    make(labelled_path, given=given).finish()
    np.testing.assert_array_equal(read(labelled_path, "energy"), given["energy"], strict=True)
    levels = attributes(labelled_path, "kind")["levels"]
    assert [levels[i] for i in read(labelled_path, "kind")] == given["kind"].tolist()
    assert attributes(labelled_path, "energy") == {"units": "keV", "low": 10, "high": 500}
    for name in ("energy", "kind"):
        assert dimensions(labelled_path, name) == ("signal",)


def test_one_value_for_all_rows_is_kept_for_each(make, labelled_path, monkeypatch):
    monkeypatch.setattr("gansurrogate.storage.labelled.VALUES", 20)
    make(labelled_path, given={"energy": 20, "kind": "c"}).finish()
    assert read(labelled_path, "energy").tolist() == [20] * N
    assert read(labelled_path, "kind").tolist() == [2] * N


def test_awkward_names_are_made_fit_and_kept_as_text(make, labelled_path):
    axes = [gs.Axis("m/z", "u", 50, 0.5), gs.Axis("m z", "s"), gs.Axis("signals"), gs.Axis("")]
    conditions = [gs.Condition("m_z", "u", 0, 1, description="mass over charge")]
    spec = gs.SignalSpec((2, 3, 4, 5), "V", axes=axes, conditions=conditions)
    make(labelled_path, spec=spec).finish()
    assert dimensions(labelled_path) == ("signal", "m_z", "m_z_", "signals_", "_")
    assert attributes(labelled_path, "m_z") == {"units": "u", "long_name": "m/z"}
    assert read(labelled_path, "m_z").tolist() == [50, 50.5]
    expected = {"units": "u", "long_name": "mass over charge", "low": 0, "high": 1}
    assert attributes(labelled_path, "condition_m_z") == expected


def test_xarray_reads_what_to_xarray_would_give(make, labelled_path, golden, signals):
    xarray = pytest.importorskip("xarray")
    options = {"engine": "zarr", "consolidated": False}
    if labelled_path.suffix != ".zarr":
        pytest.importorskip("h5netcdf")
        options = {"engine": "h5netcdf"}
    store = make(labelled_path)
    for first, rows in chunks(signals):
        store.write(first, [rows])
    store.finish()
    with xarray.open_dataset(labelled_path, **options) as found:
        assert found.signals.dims == ("signal", "axis0", "time")
        assert set(found.coords) == {"axis0", "time", "energy", "kind"}
        assert found.attrs["sampling_rate"] == golden.spec.sampling_rate
        np.testing.assert_array_equal(found.signals.sel(time=3e-6, method="nearest"), signals[:, :, 3])


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.csv", "x", "x.npz", "x.npy.gz"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path, name):
    with pytest.raises(ArgumentError, match=r"ends in \.npy, \.h5, \.hdf5, \.zarr; got"):
        stores.check_store(tmp_path / name)


@pytest.mark.parametrize(("name", "package", "extra"), [("x.h5", "h5py", "hdf5"), ("x.zarr", "zarr", "zarr")])
def test_a_missing_package_names_the_pip_line(run_python, tmp_path, name, package, extra):
    program = f"""
import sys
sys.modules[{package!r}] = None
from gansurrogate.errors import MissingPackageError
from gansurrogate.storage.stores import check_store
try:
    check_store(sys.argv[1])
except MissingPackageError as error:
    print(error)
"""
    message = run_python(program, tmp_path / name).stdout
    assert f"needs the package {package}" in message
    assert f"pip install 'gansurrogate[{extra}]'" in message


def test_what_is_no_zarr_store_is_never_replaced(tmp_path):
    path = needed(tmp_path / "x.zarr")
    path.mkdir()
    (path / "thesis.tex").write_text("years of work")
    with pytest.raises(OutputError, match="what is there is no zarr store of version 3; give another name"):
        stores.check_store(path)
    (tmp_path / "file.zarr").touch()
    with pytest.raises(OutputError, match="no zarr store"):
        stores.check_store(tmp_path / "file.zarr")


def test_an_older_zarr_store_is_replaced_whole(make, tmp_path, signals):
    path = needed(tmp_path / "x.zarr")
    for _ in range(2):
        stores.check_store(path)
        store = make(path)
        store.write(0, [signals[:30]])
        store.finish()
        assert list(tmp_path.iterdir()) == [path]
        (path / "left-over").touch()
    store = make(path, n=0)
    store.finish()
    assert not (path / "left-over").exists()
    assert read(path).shape == (0, 2, 16)


def test_a_zarr_store_killed_between_two_names_gets_its_own(make, tmp_path, signals):
    path = needed(tmp_path / "x.zarr")
    make(path, n=0).finish()
    store = make(path)
    path.rename(tmp_path / ".x.zarr.old")
    store.finish()
    assert list(tmp_path.iterdir()) == [path]
    assert read(path).shape == signals.shape


@pytest.mark.parametrize("place", ["nowhere/x.npy", "nowhere/x.zarr", "nowhere/x.h5", "folder.npy", "folder.h5"])
def test_a_place_that_takes_no_file_is_refused(tmp_path, place):
    needed(tmp_path / place)
    for name in ("folder.npy", "folder.h5"):
        (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        stores.check_store(tmp_path / place)


def test_more_than_the_disk_holds_is_refused_before_the_work(tmp_path):
    with pytest.raises(OutputError, match=r"cannot write .*x\.npy: it takes 1,000,000,000\.0 GB, .* GB are free"):
        stores.check_space(tmp_path / "x.npy", 10**18)
    stores.check_space(tmp_path / "x.npy", 1)
