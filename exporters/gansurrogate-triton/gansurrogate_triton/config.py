"""``config.pbtxt``: what Triton is told of a surrogate, in the text form of its message ``ModelConfig``."""

import json
from collections.abc import Sequence
from importlib.metadata import version as version_of

from gansurrogate.manifest import Manifest
from gansurrogate_triton.tensors import FREE, Tensor, output_of

CONFIG, MODEL, WARMUP = "config.pbtxt", "model.onnx", "warmup"
# Which signals belong to a request does not depend on what else is asked for, and a graph has one seed per call: so
# requests are not joined. One thread for each instance, as in gansurrogate's own runtime.
PARAMETERS = {"intra_op_thread_count": "1", "inter_op_thread_count": "1"}
CUDA_PARAMETERS = {
    "cudnn_conv_algo_search": "1",  # HEURISTIC; the default, EXHAUSTIVE, takes seconds at the first call of a shape
    "arena_extend_strategy": "0",  # kNextPowerOfTwo; the other one grows without bound where shapes vary
}
CUDA_OPTIONS = {"use_tf32": "0"}  # TF32 products would be off by a thousandth


def model_config(
    manifest: Manifest, inputs: Sequence[Tensor], *, name: str, version: int, instances: int, gpu: bool
) -> str:
    """The configuration as text.

    Parameters
    ----------
    manifest : Manifest
    inputs : sequence of Tensor
    name, version, instances
        As in `gansurrogate_triton.export`.
    gpu : bool
        Serve it on NVIDIA cards.
    """
    kind, parameters = ("KIND_GPU", PARAMETERS | CUDA_PARAMETERS) if gpu else ("KIND_CPU", PARAMETERS)
    facts = {"surrogate": f"{manifest.name} {manifest.version}", "file_sha256": manifest.file_sha256}
    output = output_of(manifest.spec)
    blocks = [
        f"# Written by gansurrogate-triton {version_of('gansurrogate-triton')}",
        f"name: {_text(name)}",
        'backend: "onnxruntime"',
        "max_batch_size: 0",  # the first dimension is the request's own rows
        f"version_policy {{ specific {{ versions: [ {version} ] }} }}",
        *(f"input {{ {_tensor(each)} }}" for each in inputs),
        f"output {{ {_tensor(output)} }}",
        f"instance_group {{ kind: {kind} count: {instances} }}",
        *([_cuda()] if gpu else []),
        *(_entry("parameters", key, f"{{ string_value: {_text(value)} }}") for key, value in parameters.items()),
        *(_entry("parameters", key, f"{{ string_value: {_text(value)} }}") for key, value in facts.items()),
        _warmup(inputs, len(manifest.self_test.rows)),
    ]
    return "\n".join(blocks) + "\n"


def _cuda() -> str:
    """Options of the CUDA provider."""
    options = " ".join(_entry("parameters", key, _text(value)) for key, value in CUDA_OPTIONS.items())
    return f'optimization {{ execution_accelerators {{ gpu_execution_accelerator {{ name: "cuda" {options} }} }} }}'


def _warmup(inputs: Sequence[Tensor], rows: int) -> str:
    """The self-test's call, made before the model is ready."""
    lines = []
    for tensor in inputs:
        dims = _dims([rows if size == FREE else size for size in tensor.dims])
        value = f"{{ data_type: {tensor.type} {dims} input_data_file: {_text(tensor.file)} }}"
        lines.append("  " + _entry("inputs", tensor.name, value))
    return "\n".join(['model_warmup {\n  name: "self-test"\n  batch_size: 1', *lines, "}"])


def _tensor(tensor: Tensor) -> str:
    return f"name: {_text(tensor.name)} data_type: {tensor.type} {_dims(tensor.dims)}"


def _dims(sizes: Sequence[int]) -> str:
    return f"dims: [ {', '.join(str(size) for size in sizes)} ]"


def _entry(field: str, key: str, value: str) -> str:
    """An entry of a map."""
    return f"{field} {{ key: {_text(key)} value: {value} }}"


def _text(value: str) -> str:
    """A text literal. Those of JSON are some of protobuf's, but for letters outside ASCII, which stay as they are."""
    return json.dumps(value, ensure_ascii=False)
