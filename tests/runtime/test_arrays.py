"""Dask and xarray arrays hold the rows of `sample`, bit for bit, and what is known of them."""

import logging
import pickle
import sys

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.arrays import to_dask, to_xarray
from gansurrogate.errors import ArgumentError, ArgumentTypeError, ConditionError, MissingPackageError

N = 200
SET = {"energy": 100.0, "kind": "b"}


@pytest.fixture
def dask():
    return pytest.importorskip("dask", reason="needs gansurrogate[dask]")


@pytest.fixture
def xarray():
    return pytest.importorskip("xarray", reason="needs gansurrogate[xarray]")


# --- Dask --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 7, 64, 200, 1000])
def test_blocks_hold_the_rows_of_sample(dask, golden, conditions, expected, chunk):
    lazy = to_dask(golden, N, conditions=conditions, rng=3, chunk=chunk)
    assert (lazy.shape, lazy.dtype) == (expected.shape, np.float32)
    assert lazy.chunks[0] == (*[min(chunk, N)] * (N // min(chunk, N)), *([N % chunk] if N % min(chunk, N) else []))
    assert lazy.chunks[1:] == ((2,), (16,))
    np.testing.assert_array_equal(lazy.compute(scheduler="threads"), expected, strict=True)


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_every_scheduler_gives_the_same_rows(dask, golden, conditions, expected, scheduler):
    later = {name: values[50:] for name, values in conditions.items()}
    lazy = to_dask(golden, N - 50, conditions=later, rng=3, start=50, chunk=40)
    np.testing.assert_array_equal(lazy.compute(scheduler=scheduler, num_workers=2), expected[50:])


def test_one_value_and_one_for_each_signal_go_together(dask, golden):
    given = {"energy": np.linspace(10, 500, 30), "kind": ["b"]}
    lazy = to_dask(golden, 30, conditions=given, rng=3, chunk=8)
    np.testing.assert_array_equal(lazy.compute(), golden.sample(30, conditions={**given, "kind": "b"}, rng=3))


def test_only_the_blocks_that_are_asked_for_are_drawn(dask, golden):
    n = 10**9 + 5
    lazy = to_dask(golden, n, conditions=SET, rng=3, start=10**11, chunk=10**5)
    np.testing.assert_array_equal(lazy[-5:], golden.sample(5, conditions=SET, rng=3, start=10**11 + n - 5))


def test_the_graph_holds_the_surrogate_once(dask, golden, golden_bytes):
    cloudpickle = pytest.importorskip("cloudpickle")  # what Dask sends its tasks with
    lazy = to_dask(golden, N, conditions=SET, rng=3, chunk=1)
    (optimized,) = dask.optimize(lazy)
    sizes = sorted(len(cloudpickle.dumps(task)) for task in dict(optimized.__dask_graph__()).values())
    assert sizes[-1] > len(golden_bytes) > 5 * sizes[-2]


def test_a_graph_can_be_pickled(dask, golden):
    lazy = pickle.loads(pickle.dumps(to_dask(golden, 10, conditions=SET, rng=3, chunk=4)))
    np.testing.assert_array_equal(lazy.compute(), golden.sample(10, conditions=SET, rng=3))


def test_equal_arguments_give_equal_names(dask, golden, golden_path, run_python):
    name = to_dask(golden, 10, conditions=SET, rng=3, chunk=4).name
    assert name.startswith("golden-")
    program = """
import sys
import gansurrogate as gs
from gansurrogate.arrays import to_dask
surrogate = gs.load(sys.argv[1], device="cpu")
print(to_dask(surrogate, 10, conditions={"energy": 100.0, "kind": "b"}, rng=3, chunk=4).name)
"""
    assert run_python(program, golden_path).stdout.strip() == name


def test_other_arguments_give_other_names(dask, golden):
    given = {"conditions": SET, "rng": 3, "start": 0, "domain": "error", "chunk": 4}
    other = [{"rng": 4}, {"start": 1}, {"conditions": {**SET, "kind": "c"}}, {"domain": "clip"}, {"chunk": 5}]
    lazy = [to_dask(golden, 10, **{**given, **change}) for change in ({}, *other)]
    lazy.append(to_dask(golden, 11, **given))
    assert len({array.name for array in lazy}) == len(lazy)


def test_a_file_that_says_something_else_has_another_name(dask, golden, with_manifest, manifest_dict):
    other = gs.load(with_manifest({**manifest_dict, "description": "another file"}), device="cpu")
    assert to_dask(other, 5, conditions=SET, rng=3).name != to_dask(golden, 5, conditions=SET, rng=3).name


def test_without_rng_one_seed_is_fixed_when_called(dask, golden):
    first, second = (to_dask(golden, 10, conditions=SET, chunk=3) for _ in range(2))
    assert first.name != second.name
    drawn = first.compute()
    np.testing.assert_array_equal(first.compute(), drawn)
    assert not np.array_equal(second.compute(), drawn)


def test_a_generator_gives_its_seed_once(dask, golden):
    lazy = to_dask(golden, 10, conditions=SET, rng=np.random.default_rng(7), chunk=3)
    np.testing.assert_array_equal(lazy, golden.sample(10, conditions=SET, rng=np.random.default_rng(7)))


def test_blocks_are_as_large_as_dask_is_configured(dask, golden):
    with dask.config.set({"array.chunk-size": "1 kiB"}):  # a signal has 128 bytes
        assert to_dask(golden, 20, conditions=SET, rng=3).chunks[0] == (8, 8, 4)


def test_no_rows_are_an_empty_lazy_array(dask, golden):
    empty = to_dask(golden, 0, conditions={"energy": np.array([]), "kind": "b"}, rng=3, chunk=4).compute()
    assert (empty.shape, empty.dtype) == ((0, 2, 16), np.float32)


def test_conditions_outside_the_domain_are_met_when_called(dask, golden, caplog):
    given = {**SET, "energy": np.linspace(1, 600, 20)}
    with pytest.raises(ConditionError, match="outside its range"):
        to_dask(golden, 20, conditions=given, rng=3)
    with caplog.at_level(logging.DEBUG, "gansurrogate"):
        for domain in ("clip", "ignore", "warn"):
            lazy = to_dask(golden, 20, conditions=given, rng=3, chunk=6, domain=domain)
            expected = golden.sample(
                20, conditions=given, rng=3, domain=domain if domain != "warn" else "ignore"
            )  # says nothing
            np.testing.assert_array_equal(lazy.compute(), expected)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"n": -1}, ArgumentError),
        ({"n": 2.5}, ArgumentTypeError),
        ({"start": -1}, ArgumentError),
        ({"start": 2**40}, ArgumentError),
        ({"rng": "seed"}, ArgumentTypeError),
        ({"domain": "explode"}, ArgumentError),
        ({"chunk": 0}, ArgumentError),
        ({"chunk": 2.5}, ArgumentTypeError),
        ({"conditions": None}, ConditionError),
        ({"conditions": {**SET, "energy": [1.0, 2.0]}}, ConditionError),
    ],
)
@pytest.mark.parametrize("draw", [to_dask, to_xarray])
def test_impossible_arguments_are_refused_when_called(dask, xarray, golden, draw, arguments, error):
    with pytest.raises(error):
        draw(golden, **{"n": 3, "conditions": SET, "chunk": 2, **arguments})


@pytest.mark.parametrize(("draw", "name"), [(to_dask, "dask"), (to_xarray, "xarray")])
def test_a_missing_package_is_named_with_its_pip_line(golden, monkeypatch, draw, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingPackageError, match=rf"needs the package {name} .*pip install 'gansurrogate\[{name}\]'"):
        draw(golden, 3, conditions=SET, rng=3)


# --- xarray ------------------------------------------------------------------------------------------


def test_labelled_signals_are_those_of_sample(xarray, golden, conditions, expected):
    labelled = to_xarray(golden, N, conditions=conditions, rng=3)
    assert (labelled.name, labelled.dims) == ("golden", ("signal", "axis0", "time"))
    assert type(labelled.data) is np.ndarray
    np.testing.assert_array_equal(labelled, expected)


def test_axes_conditions_and_values_carry_their_units(xarray, golden):
    labelled = to_xarray(golden, 5, conditions={"energy": [10, 20, 30, 40, 500], "kind": "b"}, rng=3, start=7)
    assert labelled.attrs["units"] == golden.spec.unit == "V"
    assert {name: c.attrs.get("units") for name, c in labelled.coords.items()} == {
        "signal": None, "axis0": None, "time": "s", "energy": "keV", "kind": None,
    }  # fmt: skip
    for name, values in golden.spec.coordinates.items():
        np.testing.assert_array_equal(labelled[name], values)
    np.testing.assert_array_equal(labelled.signal, np.arange(7, 12))
    assert labelled.energy.values.tolist() == [10, 20, 30, 40, 500]
    assert labelled.kind.item() == "b"  # one for all
    assert (labelled.energy.dims, labelled.kind.dims) == (("signal",), ())


def test_pieces_join_along_a_condition_or_along_the_rows(xarray, golden):
    energies = [50.0, 100.0]
    pieces = [to_xarray(golden, 4, conditions={**SET, "energy": energy}, rng=3) for energy in energies]
    joined = xarray.concat(pieces, "energy", join="exact")
    assert dict(joined.sizes) == {"energy": 2, "signal": 4, "axis0": 2, "time": 16}
    np.testing.assert_array_equal(joined.sel(energy=100), pieces[1])
    parts = [to_xarray(golden, 3, conditions=SET, rng=3, start=start) for start in (0, 3)]
    whole = to_xarray(golden, 6, conditions=SET, rng=3)
    xarray.testing.assert_identical(xarray.concat(parts, "signal", join="exact", combine_attrs="identical"), whole)


def test_the_attributes_say_how_to_draw_the_signals_again(xarray, golden):
    labelled = to_xarray(golden, 4, conditions=SET)  # fresh entropy, kept as a seed
    again = golden.sample(4, conditions=SET, rng=labelled.attrs["seed"])
    np.testing.assert_array_equal(labelled, again)
    manifest = golden.manifest
    assert labelled.attrs["file_sha256"] == manifest.file_sha256
    assert labelled.attrs["version"] == manifest.version
    assert labelled.attrs["license"] == manifest.license
    assert labelled.attrs["sampling_rate"] == golden.spec.sampling_rate
    assert "citation" not in labelled.attrs  # the file has none


def test_a_row_is_found_by_its_number_and_groups_by_their_condition(xarray, golden):
    labelled = to_xarray(golden, 6, conditions={"energy": 100, "kind": [*"ababac"]}, rng=3, start=10**9)
    alone = golden.sample(1, conditions={"energy": 100, "kind": "c"}, rng=3, start=10**9 + 5)
    np.testing.assert_array_equal(labelled.sel(signal=[10**9 + 5]), alone)
    assert {kind: len(part.signal) for kind, part in labelled.groupby("kind")} == {"a": 3, "b": 2, "c": 1}


def test_clipped_conditions_are_labelled_as_they_were_used(xarray, golden):
    labelled = to_xarray(golden, 2, conditions={"energy": [1, 600], "kind": "a"}, rng=3, domain="clip")
    assert labelled.energy.values.tolist() == [10, 500]


def test_a_condition_named_like_an_axis_keeps_a_name_of_its_own(xarray, with_manifest, manifest_dict):
    axes = [
        {**axis, "name": name} for axis, name in zip(manifest_dict["spec"]["axes"], ("plane", "energy"), strict=True)
    ]
    spec = {**manifest_dict["spec"], "axes": axes}
    labelled = to_xarray(gs.load(with_manifest({**manifest_dict, "spec": spec})), 3, conditions=SET, rng=3)
    assert labelled.dims == ("signal", "plane", "energy")
    assert labelled.energy.dims == ("energy",)
    assert labelled.condition_energy.item() == 100


def test_a_chunk_makes_it_lazy(dask, xarray, golden, conditions, expected):
    labelled = to_xarray(golden, N, conditions=conditions, rng=3, chunk=64)
    assert labelled.chunksizes["signal"] == (64, 64, 64, 8)
    np.testing.assert_array_equal(labelled.isel(signal=slice(190, None)), expected[190:])
    huge = to_xarray(golden, 10**9, conditions=SET, rng=3, chunk=10**6)
    assert huge.sizes["signal"] == 10**9


def test_netcdf_keeps_everything(xarray, golden, tmp_path):
    pytest.importorskip("h5netcdf")
    labelled = to_xarray(golden, 5, conditions={"energy": 100, "kind": [*"abcab"]}, rng=3)
    labelled.to_netcdf(tmp_path / "signals.nc", engine="h5netcdf")
    with xarray.open_dataarray(tmp_path / "signals.nc", engine="h5netcdf") as back:
        xarray.testing.assert_identical(back.load(), labelled)


def test_zarr_takes_lazy_blocks(dask, xarray, golden, tmp_path):
    pytest.importorskip("zarr")
    given = {"energy": np.linspace(10, 500, 20), "kind": "b"}
    whole = to_xarray(golden, 20, conditions=given, rng=3).drop_vars("kind")  # zarr has no standard for text
    lazy = to_xarray(golden, 20, conditions=given, rng=3, chunk=8).drop_vars("kind")
    lazy.to_zarr(tmp_path / "signals.zarr", consolidated=False)
    with xarray.open_dataarray(tmp_path / "signals.zarr", engine="zarr", consolidated=False) as back:
        xarray.testing.assert_identical(back.load(), whole)


def test_the_methods_are_these_functions(dask, xarray, golden, conditions, expected):
    lazy = golden.to_dask(N, conditions=conditions, rng=3, chunk=64)
    assert lazy.name == to_dask(golden, N, conditions=conditions, rng=3, chunk=64).name
    labelled = golden.to_xarray(N, conditions=conditions, rng=3, chunk=64)
    xarray.testing.assert_identical(labelled, to_xarray(golden, N, conditions=conditions, rng=3))
