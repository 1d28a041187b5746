"""What Triton is told is what the graph has, and the warm-up is the file's self-test."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from tritonclient.grpc import model_config_pb2

import gansurrogate as gs

TYPES = {
    "tensor(float)": (model_config_pb2.TYPE_FP32, np.dtype("<f4")),
    "tensor(int64)": (model_config_pb2.TYPE_INT64, np.dtype("<i8")),
}
NAMES = pytest.mark.parametrize("name", ["golden", "fields", "text"])


@pytest.fixture
def session(repository) -> Any:
    """``session(name)``: the model as Triton's backend opens it: one thread, all optimisations of graphs."""

    def opened(name: str) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        path = repository(name) / "1" / "model.onnx"
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    return opened


def dims(shape: list[int | str]) -> list[int]:
    """A graph's shape as Triton's backend compares it: a free size is -1, and a scalar is [1]."""
    return [size if isinstance(size, int) else -1 for size in shape] or [1]


@NAMES
def test_inputs_and_output_are_the_graphs(repository, config, session, name: str) -> None:
    told, graph = config(repository(name)), session(name)
    for entries, tensors in ((told.input, graph.get_inputs()), (told.output, graph.get_outputs())):
        found = {entry.name: (entry.data_type, list(entry.dims)) for entry in entries}
        assert found == {tensor.name: (TYPES[tensor.type][0], dims(tensor.shape)) for tensor in tensors}


@NAMES
def test_the_warm_up_gives_the_values_of_the_self_test(repository, config, session, file, name: str) -> None:
    model, graph = repository(name), session(name)
    (sample,) = config(model).model_warmup
    assert sample.batch_size == 1  # 0 is skipped by Triton
    assert {each.name for each in (model / "warmup").iterdir()} == {
        each.input_data_file for each in sample.inputs.values()
    }
    feeds = {}
    for tensor in graph.get_inputs():
        entry = sample.inputs[tensor.name]
        enum, dtype = TYPES[tensor.type]
        raw = (model / "warmup" / entry.input_data_file).read_bytes()
        assert entry.data_type == enum
        assert len(raw) == dtype.itemsize * math.prod(entry.dims)
        feeds[tensor.name] = np.frombuffer(raw, dtype).reshape(entry.dims if tensor.shape else ())
    (signals,) = graph.run(["signal"], feeds)
    manifest = gs.load(file(name), device="cpu").manifest
    test = manifest.self_test
    drawn = signals.reshape(len(test.rows), -1)[:, test.positions]
    np.testing.assert_allclose(drawn, test.expected, rtol=test.rtol, atol=test.atol)


def test_calls_are_not_joined_and_each_has_one_thread(repository, config) -> None:
    told = config(repository("golden", instances=3))
    assert (told.name, told.backend, told.max_batch_size) == ("golden", "onnxruntime", 0)
    assert told.WhichOneof("scheduling_choice") is None  # neither dynamic batching nor sequences
    ((group),) = told.instance_group
    assert (group.kind, group.count) == (model_config_pb2.ModelInstanceGroup.KIND_CPU, 3)
    for key in ("intra_op_thread_count", "inter_op_thread_count"):
        assert told.parameters[key].string_value == "1"
    assert not told.HasField("optimization")  # those of the graph are onnxruntime's default, as in `gs.load`


def test_a_card_computes_in_float32(repository, config) -> None:
    told = config(repository("golden", device="gpu", version=7))
    assert told.instance_group[0].kind == model_config_pb2.ModelInstanceGroup.KIND_GPU
    (accelerator,) = told.optimization.execution_accelerators.gpu_execution_accelerator
    assert (accelerator.name, dict(accelerator.parameters)) == ("cuda", {"use_tf32": "0"})
    assert told.parameters["cudnn_conv_algo_search"].string_value == "1"
    assert list(told.version_policy.specific.versions) == [7]


def test_a_client_sees_which_file_is_served(repository, config, file) -> None:
    manifest = gs.load(file("golden"), device="cpu").manifest
    parameters = config(repository("golden")).parameters
    assert parameters["file_sha256"].string_value == manifest.file_sha256
    assert parameters["surrogate"].string_value == "golden 1"


def test_a_condition_may_have_letters_of_any_alphabet(config, tmp_path: Path, file) -> None:
    from gansurrogate_triton.config import model_config
    from gansurrogate_triton.tensors import tensors_of

    spec = gs.SignalSpec((4,), conditions=(gs.Condition("ω", low=0, high=1), gs.Condition("E", low=0, high=1)))
    manifest = gs.load(file("golden"), device="cpu").manifest
    text = model_config(manifest, tensors_of(spec), name="x", version=1, instances=1, gpu=False)
    (tmp_path / "config.pbtxt").write_text(text, "utf-8")
    told = config(tmp_path)
    assert [entry.name for entry in told.input] == ["seed", "rows", "ω", "E"]
    assert told.model_warmup[0].inputs["ω"].input_data_file == "2-ω"
