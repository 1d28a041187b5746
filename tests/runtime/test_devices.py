"""Devices: strict when named, honest about what runs where, and signals that stay on the device."""

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.captured import CapturedRun
from gansurrogate.errors import ArgumentError, DeviceError
from gansurrogate.providers import CPU, CUDA, DEFAULTS, candidates

SET = {"energy": 100.0, "kind": "b"}


def nothing_wanted(provider):
    return {}


@pytest.mark.parametrize(
    ("device", "names"),
    [
        ("auto", [CUDA, CPU]), ("cpu", [CPU]), ("cuda", [CUDA]), ("cuda:1", [CUDA]), (CUDA, [CUDA]),
        ("XProvider", ["XProvider"]),
    ],
)  # fmt: skip
def test_a_device_names_the_providers_to_try(device, names):
    found = candidates(device, ["XProvider", CUDA, CPU], nothing_wanted)
    assert [name for name, _ in found] == names


def test_cuda_is_exact_quick_to_start_and_on_its_own_card():
    ((_, options),) = candidates("cuda:3", [CUDA, CPU], nothing_wanted)
    assert options == {**DEFAULTS[CUDA], "device_id": "3"}
    assert options["use_tf32"] == "0"
    assert options["cudnn_conv_algo_search"] == "HEURISTIC"


def test_what_a_site_wants_wins_over_the_defaults_but_not_over_the_user():
    wishes = {"use_tf32": 1, "gpu_mem_limit": 2**30, "device_id": 7}
    ((_, options),) = candidates("cuda:1", [CUDA, CPU], lambda provider: wishes if provider == CUDA else {})
    assert options == {**DEFAULTS[CUDA], "use_tf32": "1", "gpu_mem_limit": "1073741824", "device_id": "1"}


def test_a_file_for_cpus_stays_there():
    assert candidates("auto", [CUDA, CPU], nothing_wanted, cpu_only=True) == [(CPU, {})]
    with pytest.raises(DeviceError, match="exported for CPUs only"):
        candidates("cuda", [CUDA, CPU], nothing_wanted, cpu_only=True)


@pytest.mark.parametrize("device", ["cuda", "cuda:0", "tpu", "cuda:", "cuda:x", "cpu:1"])
def test_a_device_that_is_not_there_is_refused_with_what_is(device):
    with pytest.raises(DeviceError, match=f"device '{device}' cannot be used: this onnxruntime offers {CPU}"):
        candidates(device, [CPU], nothing_wanted)


def test_the_providers_say_which_share_they_run(golden):
    (name, share), *others = golden.providers.items()
    assert (name, others) == (CPU, [])
    assert share == 1


def test_a_closed_surrogate_says_so(golden_path):
    with gs.load(golden_path, device="cpu") as surrogate:
        surrogate.sample(2, conditions=SET, rng=1)
    with pytest.raises(ArgumentError, match="closed; load it again"):
        surrogate.sample(2, conditions=SET, rng=1)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 300])
def test_signals_on_the_device_are_those_of_the_host(golden, n):
    drawn = golden.sample(n, conditions=SET, rng=3, start=5, device_output=True)
    assert tuple(drawn.shape()) == (n, 2, 16)
    expected = golden.sample(n, conditions=SET, rng=3, start=5)
    np.testing.assert_array_equal(drawn.numpy(), expected, strict=True)
    if hasattr(drawn, "__dlpack__"):
        np.testing.assert_array_equal(np.from_dlpack(drawn), expected)


def test_pytorch_takes_signals_from_the_device_without_a_copy(golden):
    torch = pytest.importorskip("torch")
    drawn = golden.sample(100, conditions=SET, rng=3, device_output=True)
    if not hasattr(drawn, "__dlpack__"):
        pytest.skip("this onnxruntime is older than 1.26 and has no DLPack")
    tensor = torch.from_dlpack(drawn)
    assert tensor.data_ptr() == drawn.data_ptr()
    np.testing.assert_array_equal(tensor.numpy(), golden.sample(100, conditions=SET, rng=3))


def test_signals_outlive_the_surrogate(golden_path):
    surrogate = gs.load(golden_path, device="cpu")
    drawn = surrogate.sample(80, conditions=SET, rng=3, device_output=True)
    expected = surrogate.sample(80, conditions=SET, rng=3)
    surrogate.close()
    del surrogate
    np.testing.assert_array_equal(drawn.numpy(), expected)


def test_device_output_excludes_out(golden):
    with pytest.raises(ArgumentError, match="excludes out"):
        golden.sample(2, conditions=SET, rng=1, out=np.empty((2, 2, 16), np.float32), device_output=True)


def test_runs_at_fixed_addresses_give_the_same_signals(golden, golden_path):
    """The way to a CUDA graph; the CPU provider ignores the recording but takes the same path."""
    ort = pytest.importorskip("onnxruntime")
    session = ort.InferenceSession(golden_path, providers=[CPU])

    def feeds(seed, first):
        given = {"energy": np.full(64, 100, np.float32), "kind": np.ones(64, np.int64)}
        return {"seed": np.array(seed), "rows": np.arange(first, first + 64), **given}

    captured = CapturedRun(ort, session, feeds(0, 0), (64, 2, 16), np.dtype(np.float32), ("cpu", 0))
    drawn = [captured.run(feeds(seed, first)) for seed, first in ((3, 0), (3, 64), (-1, 2**33))]
    for signals, (seed, first) in zip(drawn, ((3, 0), (3, 64), (-1, 2**33)), strict=True):
        np.testing.assert_array_equal(signals, golden.sample(64, conditions=SET, rng=seed, start=first))
