"""A client of Triton gets the rows of the plain call, from Triton itself where it is there.

``TRITONSERVER`` is the command of a Triton with the onnxruntime backend: ``tritonserver --backend-directory=...``.
"""

import os
import runpy
import shlex
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from gansurrogate_triton import export

import gansurrogate as gs

COMMAND, LIMIT = os.environ.get("TRITONSERVER"), 60  # LIMIT [s]
DATA = Path(__file__).parents[1] / "runtime" / "data"
triton = pytest.importorskip("tritonclient.grpc", reason="needs tritonclient: pip install tritonclient grpcio protobuf")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of several models, as an operator joins it."""
    folder = tmp_path_factory.mktemp("triton") / "models"
    folder.mkdir()
    for name in ("golden", "fields", "text"):
        export(DATA / f"{name}-{gs.__version__}.onnx", folder.parent / name, instances=2)
        (folder.parent / name / name).rename(folder / name)
    return folder


@pytest.fixture(scope="module", params=["stand-in", "tritonserver"])
def address(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the models are served, by a stand-in that speaks Triton's protocol, and by Triton."""
    if request.param == "stand-in":
        with runpy.run_path(str(Path(__file__).with_name("triton_stand_in.py")))["serving"](repository) as address:
            yield address
        return
    if COMMAND is None:
        pytest.skip("needs Triton: set TRITONSERVER to its command")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--model-repository={repository}", "--grpc-address=127.0.0.1", f"--grpc-port={port}"]
    log = tmp_path_factory.mktemp("log") / "triton.log"
    with log.open("wb") as output:
        quiet = ["--allow-http=false", "--allow-metrics=false"]
        server = subprocess.Popen([*shlex.split(COMMAND), *options, *quiet], stdout=output, stderr=output)
    try:
        with triton.InferenceServerClient(f"127.0.0.1:{port}") as client:
            wait_until_ready(client, server, log)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(LIMIT)


def wait_until_ready(client: Any, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until all models are loaded and warmed up; a server that ends before that shows its log."""
    import grpc

    grpc.channel_ready_future(client._channel).result(LIMIT)
    assert server.poll() is None, log.read_text()
    assert client.is_server_ready(), log.read_text()  # it listens once its models are ready or have failed


@pytest.mark.parametrize("name", ["golden", "fields", "text"])
def test_rows_are_those_of_the_plain_call(
    example: Callable[[str, str], ModuleType],
    address: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    program = example("triton_client", "tritonclient.grpc")
    monkeypatch.setattr(program, "BLOCK", 16)
    surrogate = gs.load(DATA / f"{name}-{gs.__version__}.onnx", device="cpu", threads=1)
    conditions = surrogate.draw_conditions(50, rng=3)
    encoded = surrogate.spec.encode_conditions(conditions, 50)
    with triton.InferenceServerClient(address) as client:
        drawn = program.sample(client, name, 50, seed=-7, start=2**40 - 50, **encoded)
        served = client.get_model_config(name).config.parameters["file_sha256"].string_value
    expected = surrogate.sample(50, conditions=conditions, rng=-7, start=2**40 - 50)
    test = surrogate.manifest.self_test
    np.testing.assert_allclose(drawn, expected, rtol=test.rtol, atol=test.atol, strict=True)
    assert served == surrogate.manifest.file_sha256
    if request.node.callspec.params["address"] == "stand-in":  # the same onnxruntime as here
        np.testing.assert_array_equal(drawn, expected)


def test_what_does_not_fit_the_configuration_is_refused(
    example: Callable[[str, str], ModuleType], address: str
) -> None:
    program = example("triton_client", "tritonclient.grpc")

    def inputs(seed: list[int], rows: Any) -> list[Any]:
        tensors = {"seed": np.array(seed), "rows": np.array(rows), **given}
        return [program.tensor(name, values) for name, values in tensors.items()]

    given = {"energy": np.full(3, 20, np.float32), "kind": np.zeros(3, np.int64)}
    with triton.InferenceServerClient(address) as client:
        for seed, rows in (([1, 2], [0, 1, 2]), ([1], [[0, 1, 2]])):
            with pytest.raises(triton.InferenceServerException, match="unexpected shape for input"):
                client.infer("golden", inputs(seed, rows))
        answer = client.infer("golden", inputs([1], [0, 1, 2]))  # the server goes on
        assert answer.as_numpy("signal").shape == (3, 2, 16)
