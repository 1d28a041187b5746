"""A server that speaks Triton's protocol and serves a model repository with onnxruntime, for tests without Triton.

It obeys ``config.pbtxt`` as Triton's backend for onnxruntime does, and refuses what does not fit it.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import onnxruntime
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2, service_pb2, service_pb2_grpc

TYPES = {"INT64": np.dtype("<i8"), "FP32": np.dtype("<f4")}


class Served:
    """A model of the repository: its configuration, and its graph in one thread."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "config.pbtxt").read_text("utf-8")
        self.config: Any = text_format.Parse(text, model_config_pb2.ModelConfig())
        version = max(int(each.name) for each in folder.iterdir() if each.name.isdecimal())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(self.config.parameters["intra_op_thread_count"].string_value)
        path = folder / str(version) / "model.onnx"
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.scalars = {each.name for each in self.session.get_inputs() if not each.shape}

    def infer(self, request: Any) -> Any:
        """An answer to `request`."""
        dims = {each.name: list(each.dims) for each in self.config.input}
        feeds = {}
        for tensor, raw in zip(request.inputs, request.raw_input_contents, strict=True):
            shape, wanted = list(tensor.shape), dims[tensor.name]
            if len(shape) != len(wanted) or any(b not in (-1, a) for a, b in zip(shape, wanted, strict=True)):
                msg = f"unexpected shape for input '{tensor.name}': expected {wanted}, got {shape}"
                raise ValueError(msg)
            values = np.frombuffer(raw, TYPES[tensor.datatype]).reshape(shape)
            feeds[tensor.name] = values.reshape(()) if tensor.name in self.scalars else values
        (signals,) = self.session.run(["signal"], feeds)
        answer = service_pb2.ModelInferResponse(model_name=request.model_name, raw_output_contents=[signals.tobytes()])
        datatype = "INT64" if signals.dtype.kind == "i" else "FP32"
        answer.outputs.add(name="signal", datatype=datatype, shape=signals.shape)
        return answer


class Server(service_pb2_grpc.GRPCInferenceServiceServicer):  # type: ignore[misc]
    """The part of the protocol that the example uses."""

    def __init__(self, models: dict[str, Served]) -> None:
        self.models = models

    def ModelConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return service_pb2.ModelConfigResponse(config=self.models[request.name].config)

    def ModelInfer(self, request: Any, context: Any) -> Any:  # noqa: N802
        try:
            return self.models[request.model_name].infer(request)
        except Exception as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))


@contextmanager
def serving(repository: Path) -> Iterator[str]:
    """The address at which the models of `repository` answer."""
    server = grpc.server(ThreadPoolExecutor(2))
    models = {folder.name: Served(folder) for folder in repository.iterdir()}
    service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(Server(models), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
