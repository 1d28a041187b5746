"""The same surrogate file in Node.js, with onnxruntime-node and with the WebAssembly that browsers run."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import gansurrogate as gs
from gansurrogate import rowlaw

FOLDER = Path(__file__).parent / "javascript"
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(NODE is None, reason="needs Node.js: apt-get install nodejs npm"),
    pytest.mark.skipif(not (FOLDER / "node_modules").is_dir(), reason="needs onnxruntime's packages: make hosts"),
]
BROWSER = "./node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs"  # what the page's HTML imports
TOLERANCE = 1e-5  # of the signals' standard deviation
SEEDS = (0, 7, -3, -(2**63), 2**63 - 1)
ROWS = (0, 1, 2, 2**32 - 1, 2**32, 2**40 - 1, *range(1000, 1300))

Draw = dict[str, Any]
Host = Callable[..., list[np.ndarray]]


@pytest.fixture
def node(programs: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Node.js in a folder with the page's modules and the packages."""
    for module in programs.glob("*.mjs"):
        shutil.copy(module, tmp_path)
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(NODE), *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(params=["onnxruntime-node", BROWSER], ids=["node", "wasm"])
def host(request: pytest.FixtureRequest, node: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> Host:
    """``host(file, *draws)``: an array of shape (rows, values) for each draw."""

    def run(file: Path, *draws: Draw) -> list[np.ndarray]:
        (tmp_path / "request.json").write_text(json.dumps({"file": str(file), "draws": draws}))
        done = node(FOLDER / "host.mjs", request.param, tmp_path / "surrogate.mjs", "request.json", "drawn.f32")
        if done.returncode:
            raise RuntimeError(done.stderr)
        ends = np.cumsum([len(d["rows"]) for d in draws])
        drawn = np.fromfile(tmp_path / "drawn.f32", np.float32).reshape(ends[-1], -1)
        return np.split(drawn, ends[:-1])

    return run


def draw(surrogate: gs.Surrogate, seed: int, rows: Any, tensor: str = "signal", **more: Any) -> tuple[Draw, Any]:
    """A draw with random conditions, and the conditions as Python takes them."""
    spec = surrogate.spec
    conditions = spec.draw_conditions(len(rows), 5)
    encoded = {name: v.tolist() for name, v in spec.encode_conditions(conditions, len(rows)).items()}
    return {"seed": str(seed), "rows": list(rows), "conditions": encoded, "tensor": tensor, **more}, conditions


def test_latents_are_the_same_bits(host: Host, surrogate: gs.Surrogate, with_latent: Path) -> None:
    drawn = host(with_latent, *(draw(surrogate, seed, ROWS, "latent")[0] for seed in SEEDS))
    for seed, latents in zip(SEEDS, drawn, strict=True):
        expected = rowlaw.latents(seed, ROWS, surrogate.manifest.latents)
        assert np.array_equal(latents.view(np.uint32), expected.view(np.uint32)), seed


def test_signals_agree_with_python(host: Host, surrogate: gs.Surrogate, path: Path, deviation) -> None:
    start = 2**40 - 500
    request, conditions = draw(surrogate, -3, range(start, 2**40))
    (drawn,) = host(path, request)
    expected = surrogate.sample(500, conditions=conditions, rng=-3, start=start)
    assert deviation(drawn, expected.reshape(500, -1)) <= TOLERANCE


def test_rows_do_not_depend_on_how_they_are_cut(host: Host, surrogate: gs.Surrogate, path: Path) -> None:
    rows = range(100, 357)
    whole, _ = draw(surrogate, 7, rows, tile=len(rows))
    reverse = {name: values[::-1] for name, values in whole["conditions"].items()}
    backwards = {**whole, "rows": list(rows)[::-1], "conditions": reverse}
    expected, *cut, reversed_ = host(path, *({**whole, "tile": tile} for tile in (257, 1, 7, 64, 250)), backwards)
    for part in (*cut, reversed_[::-1]):
        assert np.array_equal(expected.view(np.uint32), part.view(np.uint32))


@pytest.mark.parametrize("host", ["onnxruntime-node"], indirect=True)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conditions": {"energy": [10.0], "kind": [3]}}, "condition kind takes 1 numbers in [0, 2]"),
        ({"conditions": {"energy": [9.0], "kind": [0]}}, "condition energy takes 1 numbers in [10, 500]"),
        ({"conditions": {"energy": [10.0]}}, "condition kind takes 1 numbers"),
        ({"rows": [2**40]}, "rows lie in [0, 2^40)"),
        ({"rows": [-1]}, "rows lie in [0, 2^40)"),
    ],
)
def test_the_pages_module_refuses_what_the_graph_does_not_check(
    host: Host, golden: Path, change: Draw, message: str
) -> None:
    given = {"seed": "1", "rows": [0], "conditions": {"energy": [10.0], "kind": [2]}, "tensor": "signal"}
    with pytest.raises(RuntimeError) as caught:
        host(golden, given, {**given, **change})
    assert message in str(caught.value)


def test_the_pages_module_reads_the_manifest(node, path: Path, surrogate: gs.Surrogate, tmp_path: Path) -> None:
    program = """
        import { readFileSync } from "node:fs";
        import { readManifest } from "./surrogate.mjs";
        console.log(JSON.stringify(readManifest(readFileSync(process.argv[1]))));
    """
    read = json.loads(node("--input-type=module", "-e", program, path).stdout)
    assert read == json.loads(surrogate.manifest.to_json())
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "without.onnx")
    assert "found no manifest" in node("--input-type=module", "-e", program, "without.onnx").stderr


def test_the_pages_program_runs(node, sine: Callable[..., Path], tmp_path: Path, deviation) -> None:
    surrogate = gs.load(shutil.copy(sine(), tmp_path / "noisy-sine.onnx"))
    done = node("sample.mjs")
    assert done.returncode == 0, done.stderr
    drawn = np.fromfile(tmp_path / "signals.f32", np.float32).reshape(1000, 300)
    assert deviation(drawn, surrogate.sample(1000, rng=7)) <= TOLERANCE


def test_the_pages_self_test_tells_another_signal(node, sine: Callable[..., Path], tmp_path: Path) -> None:
    model = onnx.load(sine())
    weights = max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    weights.raw_data = (np.frombuffer(weights.raw_data, np.float32) * np.float32(1.01)).tobytes()
    onnx.save(model, tmp_path / "noisy-sine.onnx")
    assert "the file promises" in node("sample.mjs").stderr


@pytest.mark.parametrize("name", ["fields", "text"])
def test_array_conditions_and_tokens(node, name: str, tmp_path: Path, deviation) -> None:
    """Also over the seams of tiles: 150 rows in tiles of 64."""
    path = FOLDER.parents[1] / "runtime" / "data" / f"{name}-{gs.__version__}.onnx"
    surrogate = gs.load(path, device="cpu")
    conditions = surrogate.spec.draw_conditions(150, 5)
    encoded = surrogate.spec.encode_conditions(conditions, 150)
    flat = {name: values.ravel().tolist() for name, values in encoded.items()}
    (tmp_path / "conditions.json").write_text(json.dumps(flat))
    program = """
        import { readFileSync, writeFileSync } from "node:fs";
        import * as ort from "onnxruntime-node";
        import { load, sample, selfTest } from "./surrogate.mjs";
        const surrogate = await load(ort, readFileSync(process.argv[1]));
        await selfTest(surrogate);
        const rows = BigInt64Array.from({ length: 150 }, (_, row) => BigInt(row + 9));
        writeFileSync("drawn.raw", await sample(surrogate, 7n, rows, JSON.parse(readFileSync("conditions.json"))));
    """
    done = node("--input-type=module", "-e", program, path)
    assert done.returncode == 0, done.stderr
    drawn = np.fromfile(tmp_path / "drawn.raw", surrogate.spec.dtype).reshape(150, *surrogate.spec.shape)
    expected = surrogate.sample(150, conditions=conditions, rng=7, start=9)
    if surrogate.spec.tokens:
        np.testing.assert_array_equal(drawn, expected)
    else:
        assert deviation(drawn, expected) <= TOLERANCE


@pytest.mark.parametrize("runtime", ["onnxruntime-node", BROWSER], ids=["node", "wasm"])
def test_a_network_that_onnxruntime_would_spoil_is_loaded(node, runtime: str, tmp_path: Path) -> None:
    """x sigmoid(x) in float64, as networks have it that count in double precision."""
    nodes = [
        onnx.helper.make_node("Cast", ["rows"], ["x"], to=onnx.TensorProto.DOUBLE),
        onnx.helper.make_node("Sigmoid", ["x"], ["s"]),
        onnx.helper.make_node("Mul", ["x", "s"], ["signal"]),
    ]
    rows = onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.INT64, ["N"])
    signal = onnx.helper.make_tensor_value_info("signal", onnx.TensorProto.DOUBLE, ["N"])
    graph = onnx.helper.make_graph(nodes, "silu", [rows], [signal])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=8)
    onnx.helper.set_model_props(model, {"gansurrogate": "{}"})
    onnx.save(model, tmp_path / "silu.onnx")
    program = """
        import { readFileSync } from "node:fs";
        import { load } from "./surrogate.mjs";
        const ort = await import(process.argv[1]);
        const { session } = await load(ort, readFileSync("silu.onnx"));
        const rows = new ort.Tensor("int64", BigInt64Array.of(2n), [1]);
        console.log((await session.run({ rows })).signal.data[0]);
    """
    done = node("--input-type=module", "-e", program, runtime)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == pytest.approx(2 / (1 + np.exp(-2)), rel=1e-14)
