"""A surrogate file, sound or not, as the doctor finds it."""

from functools import partial

import pytest

from gansurrogate.doctor.finding import guarded
from gansurrogate.doctor.model import AGAIN, examine
from gansurrogate.session import installed_wheels

GPU_WHEEL = "onnxruntime-gpu" in installed_wheels()


@pytest.fixture
def examined(tmp_path):
    """The findings about a file with this content."""

    def ask(data, device="cpu"):
        path = tmp_path / "some.onnx"
        path.write_bytes(data)
        return list(guarded("file", partial(examine, str(path), device)))

    return ask


def test_a_damaged_file_is_a_problem(examined, golden_bytes):
    flipped = bytearray(golden_bytes)
    flipped[len(flipped) // 2] ^= 1
    (found,) = examined(bytes(flipped))
    assert (found.what, found.level) == ("file", "problem")
    assert found.fix == AGAIN


def test_a_file_of_a_newer_version_is_a_problem(examined, with_manifest, manifest_dict):
    (found,) = examined(with_manifest({**manifest_dict, "schema": 99}))
    assert (found.level, found.fix) == ("problem", "pip install -U gansurrogate")


@pytest.mark.parametrize("data", [b"", b"seed,rows\n", bytes(range(256))])
def test_a_file_of_another_kind_is_a_problem(examined, data):
    (found,) = examined(data)
    assert (found.what, found.level, found.fix) == ("file", "problem", AGAIN)


def test_a_missing_file_is_a_problem(tmp_path):
    (found,) = examine(str(tmp_path / "missing.onnx"), "cpu")
    assert (found.level, "there is no file" in found.value) == ("problem", True)


def test_a_graph_that_breaks_its_promise_is_a_problem(examined, with_manifest, manifest_dict):
    spec = {**manifest_dict["spec"], "shape": [2, 15]}
    found = examined(with_manifest({**manifest_dict, "spec": spec}))[-1]
    assert (found.what, found.level, found.fix) == ("file", "problem", AGAIN)


def test_a_machine_that_gives_other_values_is_a_problem(only, examined, with_manifest, manifest_dict):
    test = manifest_dict["self_test"]
    off = {**test, "expected": [[value + 1 for value in row] for row in test["expected"]]}
    findings = examined(with_manifest({**manifest_dict, "self_test": off}))
    found = only(findings, "self-test")
    assert (found.level, "off by up to 1" in found.value) == ("problem", True)
    assert only(findings, "runs on").level == "ok"


def test_a_file_that_is_replaced_meanwhile_is_not_the_one_that_runs(tmp_path, golden_bytes):
    path = tmp_path / "some.onnx"
    path.write_bytes(golden_bytes)
    findings = examine(str(path), "cpu")
    assert "holds" in next(findings).value
    path.write_bytes(b"another")
    assert [finding.level for finding in findings] == ["ok", "ok", "ok"]


def test_the_speed_stands_beside_that_of_the_exporter(only, examined, with_manifest, manifest_dict):
    export = {**manifest_dict["export"], "microseconds_by_tile": {"32": 9.0, "64": 12.34}}
    found = only(examined(with_manifest({**manifest_dict, "export": export})), "speed")
    assert "us per signal in tiles of 64 on one thread (12.3 where it was exported)" in found.value
    assert 0.05 < float(found.value.split()[0]) < 1000


def test_figures_of_another_form_do_not_stop_the_doctor(only, examined, with_manifest, manifest_dict):
    export = {**manifest_dict["export"], "microseconds_by_tile": ["fast"]}
    findings = examined(with_manifest({**manifest_dict, "export": export}))
    assert findings[-1].value.startswith("could not be looked at: AttributeError")
    assert only(findings, "self-test").level == "ok"


@pytest.mark.skipif(GPU_WHEEL, reason="this onnxruntime can use CUDA")
def test_a_file_on_a_device_that_is_not_there_is_a_problem(only, examined, golden_bytes):
    found = only(examined(golden_bytes, "cuda"), "runs on")
    assert (found.level, "device 'cuda' cannot be used" in found.value) == ("problem", True)
    assert "doctor" not in found.value
