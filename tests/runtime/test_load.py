"""Loading: sources, devices, threads, and the self-test."""

import json

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ArgumentTypeError, DeviceError, SelfTestError
from gansurrogate.testing import check_surrogate

N = 200


def test_path_text_and_bytes_load_the_same_surrogate(golden_path, golden_bytes, expected, conditions):
    for source in (golden_path, str(golden_path), golden_bytes):
        surrogate = gs.load(source)
        np.testing.assert_array_equal(surrogate.sample(N, conditions=conditions, rng=3), expected)
    assert repr(surrogate) == "<Surrogate 'golden': signals of shape (2, 16), on CPUExecutionProvider>"


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nothing\.onnx"):
        gs.load(tmp_path / "nothing.onnx")
    with pytest.raises(IsADirectoryError, match="is a folder; give the surrogate file in it"):
        gs.load(tmp_path)


def test_threads_default_to_the_cpus_of_this_process(golden_path):
    assert gs.load(golden_path).threads >= 1
    for wrong, error in ((0, ArgumentError), (1.5, ArgumentTypeError)):
        with pytest.raises(error, match="threads"):
            gs.load(golden_path, threads=wrong)


@pytest.mark.parametrize("device", ["nonsense", "", "tpu:0", "cpu:3", "cpu:x", "cuda:-1"])
def test_an_impossible_device_is_refused(golden_path, device):
    with pytest.raises(DeviceError, match=f"device '{device}' cannot be used"):
        gs.load(golden_path, device=device)


@pytest.mark.parametrize("device", [None, 5])
def test_a_device_that_is_no_text_is_refused(golden_path, device):
    with pytest.raises(gs.SurrogateError, match="device"):
        gs.load(golden_path, device=device)


@pytest.mark.parametrize("device", ["cpu", "CPUExecutionProvider"])
def test_an_explicit_cpu_is_honoured(golden_path, device):
    assert gs.load(golden_path, device=device).providers == {"CPUExecutionProvider": 1.0}


def test_the_self_test_gives_its_deviation(golden):
    assert 0 <= golden.self_test() < golden.manifest.self_test.atol
    check_surrogate(golden)


def test_a_file_that_promises_other_values_fails_its_self_test(manifest_dict, with_manifest):
    changed = json.loads(json.dumps(manifest_dict))
    changed["self_test"]["expected"][3][5] += 0.01
    surrogate = gs.load(with_manifest(changed))
    with pytest.raises(SelfTestError, match=r"self-test on CPUExecutionProvider: off by up to 0\.01 V, allowed"):
        surrogate.self_test()
    with pytest.raises(SelfTestError):
        check_surrogate(surrogate)


def test_other_weights_fail_the_self_test(golden_bytes, protobuf):
    data = bytearray(golden_bytes)
    ((_, _, start, end),) = [span for span in protobuf.spans(golden_bytes) if span[0] == 7]
    weights = [span for span in protobuf.spans(golden_bytes, start, end) if span[0] == 5]
    largest = max(weights, key=lambda span: span[3] - span[2])
    (raw,) = [span for span in protobuf.spans(golden_bytes, largest[2], largest[3]) if span[0] == 9]
    values = np.frombuffer(golden_bytes[raw[2] : raw[3]], np.float32) * 1.01
    data[raw[2] : raw[3]] = values.astype(np.float32).tobytes()
    with pytest.raises(SelfTestError):
        gs.load(bytes(data), verify=False).self_test()


def test_every_node_of_the_golden_file_has_a_name_of_its_own(golden_bytes, protobuf):
    """Fusions name new nodes after old ones: onnxruntime 1.21 refuses a graph in which two unnamed ones meet."""
    ((_, _, start, end),) = [span for span in protobuf.spans(golden_bytes) if span[0] == 7]
    nodes = [span for span in protobuf.spans(golden_bytes, start, end) if span[0] == 1]
    names = [
        golden_bytes[a:b]
        for _, _, *node in nodes
        for number, _, a, b in protobuf.spans(golden_bytes, *node)
        if number == 3
    ]
    assert len({*names} - {b""}) == len(nodes)
