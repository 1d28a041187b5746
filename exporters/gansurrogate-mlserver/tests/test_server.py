"""Surrogates behind MLServer, over HTTP and gRPC: the direct call's bits, and a clear no for every mistake."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
import pytest

import gansurrogate as gs

PAGE = Path(__file__).parents[3] / "docs" / "serving.md"
DATATYPES = {"i": "INT64", "f": "FP32", "U": "BYTES", "O": "BYTES"}
Inputs = dict[str, Any]
Ask = Callable[[str, Inputs], dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def surrogates(file) -> dict[str, gs.Surrogate]:
    return {name: gs.load(file(name), device="cpu", threads=1) for name in ("golden", "fields", "text")}


def tensors(inputs: Inputs) -> dict[str, np.ndarray]:
    """Values as arrays of the types that the protocol has; a number is one of them."""
    arrays = {name: np.atleast_1d(value) for name, value in inputs.items()}
    return {name: array.astype(np.float32) if array.dtype.kind == "f" else array for name, array in arrays.items()}


def post(server, path: str, body: object) -> tuple[int, Any]:
    """Status and JSON of an answer over HTTP."""
    connection = HTTPConnection("127.0.0.1", server.ports["HTTP"], timeout=30)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request("POST" if body else "GET", path, content or None, {"Content-Type": "application/json"})
    with connection.getresponse() as response:
        text = response.read()
    connection.close()
    return response.status, json.loads(text) if text else None


def request(inputs: Inputs, **more: Any) -> Inputs:
    """A request in the protocol's JSON."""
    given = [
        {"name": name, "shape": array.shape, "datatype": DATATYPES[array.dtype.kind], "data": array.tolist()}
        for name, array in tensors(inputs).items()
    ]
    return {"inputs": given, **more}


def ask_http(server) -> Ask:
    def ask(model: str, inputs: Inputs) -> dict[str, np.ndarray]:
        status, reply = post(server, f"/v2/models/{model}/infer", request(inputs))
        assert status == 200, reply
        dtypes = {"FP32": np.float32, "INT64": np.int64}
        return {o["name"]: np.array(o["data"], dtypes[o["datatype"]]).reshape(o["shape"]) for o in reply["outputs"]}

    return ask


def ask_grpc(server) -> Ask:
    from tritonclient import grpc

    def ask(model: str, inputs: Inputs) -> dict[str, np.ndarray]:
        given = []
        for name, array in tensors(inputs).items():
            given.append(grpc.InferInput(name, list(array.shape), DATATYPES[array.dtype.kind]))
            given[-1].set_data_from_numpy(array.astype(object) if array.dtype.kind == "U" else array)
        with grpc.InferenceServerClient(f"127.0.0.1:{server.ports['gRPC']}") as client:
            reply = client.infer(model, given)
        return {output.name: reply.as_numpy(output.name) for output in reply.get_response().outputs}

    return ask


@pytest.fixture(scope="module", params=[ask_http, ask_grpc], ids=["HTTP", "gRPC"])
def ask(request: pytest.FixtureRequest, server) -> Ask:
    return request.param(server)


@pytest.mark.parametrize("name", ["golden", "fields", "text"])
@pytest.mark.parametrize(("n", "seed", "start"), [(1, 0, 0), (1300, -3, 2**39), (7, 2**63 - 1, 5)])
def test_an_answer_has_the_bits_of_the_direct_call(
    ask: Ask, surrogates, name: str, n: int, seed: int, start: int
) -> None:
    surrogate = surrogates[name]
    given = surrogate.draw_conditions(n, rng=11)  # for each row its own
    reply = ask(name, {"n": n, "seed": seed, "start": start, **given})
    signals = surrogate.sample(n, conditions=given, rng=seed, start=start)
    assert reply["signal"].dtype == signals.dtype
    assert np.array_equal(reply["signal"], signals)
    assert reply["seed"].tolist() == [seed]


def test_one_condition_may_stand_for_all_rows_and_what_may_be_left_out_may_be_left_out(ask: Ask, surrogates) -> None:
    reply = ask("golden", {"n": 5, "seed": 1, "energy": 20.5, "kind": "b"})
    expected = surrogates["golden"].sample(5, conditions={"energy": 20.5, "kind": "b"}, rng=1)
    assert np.array_equal(reply["signal"], expected)
    assert np.array_equal(ask("text", {"n": 5, "seed": 1})["signal"], surrogates["text"].sample(5, rng=1))


def test_without_a_seed_rows_are_fresh_and_the_reply_tells_how_to_get_them_again(ask: Ask, surrogates) -> None:
    conditions = {"energy": 20.5, "kind": "b"}
    first, second = (ask("golden", {"n": 5, **conditions}) for _ in range(2))
    assert not np.array_equal(first["signal"], second["signal"])
    for reply in (first, second):
        expected = surrogates["golden"].sample(5, conditions=conditions, rng=int(reply["seed"][0]))
        assert np.array_equal(reply["signal"], expected)


def test_a_client_may_want_the_signals_only(server, surrogates) -> None:
    body = request({"n": 2, "seed": 3}, outputs=[{"name": "signal"}], id="mine")
    status, reply = post(server, "/v2/models/text/versions/1/infer", body)
    assert (status, reply["id"], reply["model_name"], reply["model_version"]) == (200, "mine", "text", "1")
    (output,) = reply["outputs"]
    assert output["datatype"] == "INT64"
    assert output["data"] == surrogates["text"].sample(2, rng=3).ravel().tolist()


def test_numbers_in_a_grpc_message_are_as_good_as_raw_contents(server, surrogates) -> None:
    from tritonclient.grpc import service_pb2 as protocol

    message = protocol.ModelInferRequest(model_name="golden")
    for name, datatype, contents in (
        ("n", "INT64", {"int64_contents": [3]}),
        ("seed", "INT64", {"int64_contents": [9]}),
        ("energy", "FP32", {"fp32_contents": [20, 30, 40]}),
        ("kind", "BYTES", {"bytes_contents": [b"a"]}),
    ):
        values = len(next(iter(contents.values())))
        message.inputs.add(name=name, datatype=datatype, shape=[values], contents=contents)
    reply = protocol.ModelInferResponse.FromString(call(server, message))
    assert list(reply.raw_output_contents) == []
    signals = np.array(reply.outputs[0].contents.fp32_contents, np.float32).reshape(reply.outputs[0].shape)
    expected = surrogates["golden"].sample(3, conditions={"energy": [20, 30, 40], "kind": "a"}, rng=9)
    assert np.array_equal(signals, expected)


def call(server, message: Any) -> bytes:
    """A message, as it is, over gRPC."""
    import grpc

    with grpc.insecure_channel(f"127.0.0.1:{server.ports['gRPC']}") as channel:
        return channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")(
            message.SerializeToString(), timeout=30
        )


def test_metadata_say_what_to_send_and_what_comes(server, surrogates) -> None:
    assert post(server, "/v2/health/ready", None) == (200, None)
    assert post(server, "/v2/models/golden/ready", None) == (200, None)
    status, told = post(server, "/v2/models/golden", None)
    assert (status, told["platform"], told["versions"]) == (200, "gansurrogate", ["1"])
    assert [(i["name"], i["datatype"], i["shape"]) for i in told["inputs"]] == [
        ("n", "INT64", [1]),
        ("seed", "INT64", [1]),
        ("start", "INT64", [1]),
        ("energy", "FP32", [-1]),
        ("kind", "BYTES", [-1]),
    ]
    signal, seed = told["outputs"]
    assert (signal["shape"], signal["parameters"]["unit"], seed["name"]) == ([-1, 2, 16], "V", "seed")
    assert told["inputs"][3]["parameters"]["description"] == "energy in [10, 500] keV"
    manifest = surrogates["golden"].manifest
    assert gs.SignalSpec.from_dict(json.loads(told["parameters"]["spec"])) == manifest.spec
    assert told["parameters"]["file_sha256"] == manifest.file_sha256
    assert told["parameters"]["most"] == 2000


def test_metadata_over_grpc_name_the_tensors(server) -> None:
    from tritonclient import grpc

    with grpc.InferenceServerClient(f"127.0.0.1:{server.ports['gRPC']}") as client:
        assert client.is_server_ready()
        assert client.is_model_ready("fields")
        told = client.get_model_metadata("fields", as_json=True)
    assert [each["name"] for each in told["inputs"]] == ["n", "seed", "start", "blurred", "mask", "gain"]
    assert told["inputs"][3]["shape"] == ["-1", "6", "8"]
    assert [(each["name"], each["datatype"]) for each in told["outputs"]] == [("signal", "FP32"), ("seed", "INT64")]


GOOD = {"n": 2, "seed": 1, "energy": 20.5, "kind": "a"}
WITHOUT = object()
MISTAKES = [
    ({"n": WITHOUT}, "missing input 'n'; this surrogate takes n (INT64), seed (optional), start (optional), energy"),
    ({"energy": WITHOUT}, "missing input 'energy'"),
    ({"voltage": 1.0}, "unknown input 'voltage'; this surrogate takes n"),
    ({"n": 2001}, "n is from 1 to 2000 in one request; got 2001: take the next rows with start"),
    ({"n": 0}, "n is from 1 to 2000"),
    ({"n": -5}, "n is from 1 to 2000"),
    ({"n": 2.0}, "input 'n' is INT64; got FP32"),
    ({"n": [1, 2]}, "input 'n' is one number; got shape (2,)"),
    ({"start": -1}, "start is at least 0; got -1"),
    ({"start": 2**62}, "rows end at 2**40"),
    ({"seed": "one"}, "input 'seed' is INT64; got BYTES"),
    ({"energy": 5.0}, "condition 'energy' is 5, outside its range (energy in [10, 500] keV)"),
    ({"energy": [20.0, 30.0, 40.0]}, "condition 'energy' takes one value or 2 (one per signal); got shape (3,)"),
    ({"energy": [[20.0, 30.0]]}, "condition 'energy' takes one value or 2"),
    ({"energy": 20}, "input 'energy' is FP32; got INT64"),
    ({"kind": "z"}, "unknown level in condition 'kind': got 'z'; expected kind one of a, b, c"),
    ({"kind": "\x1b[31m" + 5000 * "z"}, "unknown level"),
    ({"kind": 1}, "input 'kind' is BYTES; got INT64"),
]


@pytest.mark.parametrize(("change", "message"), MISTAKES)
def test_a_mistake_is_answered_with_400_and_a_sentence(server, change: Inputs, message: str) -> None:
    given = {name: value for name, value in {**GOOD, **change}.items() if value is not WITHOUT}
    status, reply = post(server, "/v2/models/golden/infer", request(given))
    assert status == 400
    assert message in reply["error"]
    assert "domain=" not in reply["error"]
    assert reply["error"].isprintable()
    assert len(reply["error"]) < 1100
    with pytest.raises(Exception, match="INVALID_ARGUMENT") as caught:
        ask_grpc(server)("golden", given)
    assert caught.value.message() == reply["error"]


def test_nan_is_refused_over_grpc_and_json_has_none(server) -> None:
    with pytest.raises(Exception, match="condition 'energy' is NaN"):
        ask_grpc(server)("golden", {**GOOD, "energy": np.nan})
    assert post(server, "/v2/models/golden/infer", request({**GOOD, "energy": np.nan}))[0] == 422


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"data": [1, 2, 3]}, 400, "input 'n' has 3 values; its shape is [1]"),
        ({"data": [1.5]}, 400, "the data of input 'n' are not INT64"),
        ({"data": [True]}, 400, "the data of input 'n' are not INT64"),
        ({"data": [[1], [2, 3]]}, 400, "the data of input 'n' are not INT64"),
        ({"data": ["1"]}, 400, "the data of input 'n' are not INT64"),
        ({"data": None}, 400, "the data of input 'n' are not INT64"),
        ({"data": {"a": 1}}, 400, "the data of input 'n' are not INT64"),
        ({"data": [2**63]}, 400, "n is from 1 to 2000"),
        ({"data": [10**30]}, 400, "the data of input 'n' are not INT64"),
        ({"shape": [-1]}, 400, "its shape is [-1]"),
        ({"shape": [10**9, 10**9]}, 400, "has 1 values"),
        ({"shape": 65 * [1]}, 400, "has 1 values"),
        ({"shape": 20_000 * [2**62]}, 400, "has 1 values"),
        ({"datatype": "FLOAT"}, 422, "datatype"),
        ({"shape": "x"}, 422, "shape"),
        ({"name": 5}, 422, "name"),
    ],
)
def test_json_that_contradicts_itself_is_refused(server, change: Inputs, status: int, message: str) -> None:
    body = request(GOOD)
    body["inputs"][0] |= change
    got, reply = post(server, "/v2/models/golden/infer", body)
    assert (got, message in json.dumps(reply, ensure_ascii=False)) == (status, True), reply


def test_other_requests_that_make_no_sense_are_refused(server) -> None:
    path = "/v2/models/golden/infer"
    assert post(server, path, b"{")[0] == 422
    assert post(server, path, b"[" * 100_000)[0] == 422
    assert post(server, path, {"inputs": 3})[0] == 422
    twice = request(GOOD)
    twice["inputs"].append(twice["inputs"][0])
    assert post(server, path, twice) == (400, {"error": "an input is given once; got n, seed, energy, kind, n"})
    status, reply = post(server, path, request(GOOD, outputs=[{"name": "latent"}]))
    assert (status, reply) == (400, {"error": "unknown output 'latent'; there are signal, seed"})
    empty = request(GOOD)
    empty["inputs"][2] |= {"shape": [0, 2**63], "data": []}
    assert post(server, path, empty)[1]["error"].startswith("input 'energy' has 0 values; its shape is [0, 9223")
    reply = post(server, path, request(GOOD, outputs=2000 * [{"name": "signal"}]))[1]
    assert reply["error"].startswith("an output is given once; got signal, signal, ")
    assert post(server, "/v2/models/none/infer", request(GOOD)) == (404, {"error": "Model none not found"})
    assert post(server, "/v2/models/golden/versions/9/infer", request(GOOD))[0] == 404


@pytest.mark.parametrize(
    ("raw", "datatype", "message"),
    [
        ([b"12345678"], "INT64", "4 inputs need as many raw_input_contents; got 1"),
        ([b"1234", *3 * [b"12345678"]], "INT64", "the request cannot be read"),
        (4 * [b"12345678"], "FLOAT", "the request cannot be read: 'FLOAT' is not a valid Datatype"),
        ([b"\xff\xff\xff\xff", *3 * [b"12345678"]], "BYTES", "the request cannot be read"),
        ([b"\1\0\0\0\xff", *3 * [b"12345678"]], "BYTES", "input 'n' is INT64; got BYTES"),
    ],
)
def test_a_broken_grpc_message_is_the_clients_mistake(server, raw: list[bytes], datatype: str, message: str) -> None:
    import grpc
    from tritonclient.grpc import service_pb2 as protocol

    broken = protocol.ModelInferRequest(model_name="golden", raw_input_contents=raw)
    for name in GOOD:
        broken.inputs.add(name=name, datatype=datatype if name == "n" else "INT64", shape=[1])
    with pytest.raises(grpc.RpcError) as caught:
        call(server, broken)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert message in caught.value.details()


def test_a_shape_of_many_sizes_keeps_nobody_waiting(server) -> None:
    """A product of so many large numbers takes minutes, on the thread that serves everybody."""
    import grpc
    from tritonclient.grpc import service_pb2 as protocol

    message = protocol.ModelInferRequest(model_name="golden", raw_input_contents=[b"12345678"])
    message.inputs.add(name="n", datatype="INT64", shape=400_000 * [2**62])
    with pytest.raises(grpc.RpcError) as caught:
        call(server, message)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "input 'n' has 400000 dimensions; at most 32 are read" in caught.value.details()


def test_many_clients_at_once_get_each_their_own(server, surrogates, clients) -> None:
    """64 of them, half over HTTP; each asks for other rows under other conditions, and checks every bit."""
    import orjson
    from tritonclient.grpc import service_pb2 as protocol

    surrogate, barrier = surrogates["golden"], threading.Barrier(64)
    results: list[list[bool]] = [[] for _ in range(64)]

    def client(i: int) -> None:
        protocol_of = "HTTP" if i % 2 else "gRPC"
        energy, kind, n = 10.0 + i, "abc"[i % 3], 1 + 13 * i
        asked = []
        for start in (0, 10**6 * i, 3):
            signals = surrogate.sample(n, conditions={"energy": energy, "kind": kind}, rng=i, start=start)
            inputs = {"n": n, "seed": i, "start": start, "energy": energy, "kind": kind}
            if i % 2:
                body = json.dumps(request(inputs)).encode()
                head = b"POST /v2/models/golden/infer HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                seed = b'{"name":"seed","datatype":"INT64","shape":[1],"data":[%d]}]}' % i
                data = orjson.dumps(signals.ravel(), option=orjson.OPT_SERIALIZE_NUMPY)
                whole = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
                asked.append(clients.Question(whole, data + b"}," + seed))
            else:
                message = protocol.ModelInferRequest(model_name="golden")
                for name, array in tensors(inputs).items():
                    message.inputs.add(name=name, datatype=DATATYPES[array.dtype.kind], shape=[1])
                    text = kind.encode()
                    raw = len(text).to_bytes(4, "little") + text if name == "kind" else array.tobytes()
                    message.raw_input_contents.append(raw)
                answer = protocol.ModelInferResponse(raw_output_contents=[signals.tobytes(), i.to_bytes(8, "little")])
                asked.append(clients.Question(message.SerializeToString(), answer.SerializeToString()))
        barrier.wait(60)
        with clients.CLIENTS[protocol_of](server.ports[protocol_of]) as ask:
            results[i] = [ask(question) for question in asked]

    threads = [threading.Thread(target=client, args=(i,)) for i in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == 64 * [[True, True, True]]


def test_a_model_can_be_loaded_again_while_others_are_served(server, surrogates) -> None:
    assert post(server, "/v2/repository/models/text/load", b"{}")[0] == 200
    assert np.array_equal(ask_http(server)("text", {"n": 3, "seed": 1})["signal"], surrogates["text"].sample(3, rng=1))


def test_a_stream_has_the_one_reply(server, surrogates) -> None:
    address = f"http://127.0.0.1:{server.ports['HTTP']}/v2/models/text/infer_stream"
    body = json.dumps(request({"n": 3, "seed": 1})).encode()
    with urlopen(Request(address, body, {"Content-Type": "application/json"})) as response:
        (event,) = response.read().decode().split("\n\n")[:-1]
    output = json.loads(event.removeprefix("data: "))["outputs"][0]
    assert output["data"] == surrogates["text"].sample(3, rng=1).ravel().tolist()


def blocks(language: str, server) -> list[str]:
    """The page's examples, for the server of these tests."""
    page = PAGE.read_text().replace("pulses", "golden")
    for port, name in ((8080, "HTTP"), (8081, "gRPC")):
        page = page.replace(f"localhost:{port}", f"127.0.0.1:{server.ports[name]}")
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def test_the_pages_clients_run_as_they_stand(server, surrogates) -> None:
    over_grpc, over_http = blocks("py", server)
    names: dict[str, Any] = {}
    exec(over_grpc, names)
    energy = np.linspace(10, 500, 1000, dtype=np.float32)
    expected = surrogates["golden"].sample(1000, conditions={"energy": energy, "kind": "b"}, rng=7, start=5000)
    assert np.array_equal(names["signals"], expected)
    exec(over_http, names)
    expected = surrogates["golden"].sample(10, conditions={"energy": 120, "kind": "b"}, rng=names["seed"])
    assert np.array_equal(names["signals"], expected)


def test_the_pages_command_lines_run_as_they_stand(server, surrogates) -> None:
    if (curl := shutil.which("curl", path="/usr/bin:/bin:/usr/local/bin")) is None:
        pytest.skip("there is no curl")
    (commands,) = [block for block in blocks("sh", server) if block.startswith("curl")]
    metadata, infer = re.split(r"\n(?=curl)", commands)
    said = [
        subprocess.run(["sh", "-c", command.replace("curl", f"{curl} -s", 1)], capture_output=True, check=True).stdout
        for command in (metadata, infer)
    ]
    assert json.loads(said[0])["name"] == "golden"
    expected = surrogates["golden"].sample(1, conditions={"energy": 120, "kind": "b"}, rng=7)
    assert np.array_equal(np.array(json.loads(said[1])["outputs"][0]["data"], np.float32), expected.ravel())


def test_killed_and_started_again_it_gives_the_same_bits(server, surrogates) -> None:
    server.kill()
    with pytest.raises(OSError, match="refused"):
        post(server, "/v2/health/live", None)
    server.start()
    expected = surrogates["golden"].sample(5, conditions={"energy": 20.5, "kind": "b"}, rng=1)
    for ask in (ask_http(server), ask_grpc(server)):
        assert np.array_equal(ask("golden", {"n": 5, "seed": 1, "energy": 20.5, "kind": "b"})["signal"], expected)
