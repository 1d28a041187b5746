"""What an exported file is: its graph, its signals, its manifest."""

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

import gansurrogate as gs
from gansurrogate import rowlaw
from gansurrogate.testing import check_exporter, check_surrogate
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.conditions import as_tensors

ROWS = np.array([5, 0, 2**40 - 1, 17])


def given(spec: gs.SignalSpec, n: int) -> dict[str, np.ndarray]:
    """Conditions as the file takes them."""
    random = np.random.default_rng(n)
    draw = {c.name: random.integers(0, len(c.levels), n) if c.levels else random.uniform(c.low, c.high, n)
            for c in spec.conditions}  # fmt: skip
    return {name: values.astype(np.int64 if values.dtype.kind == "i" else np.float32) for name, values in draw.items()}


def run(data: bytes, spec: gs.SignalSpec, rows: np.ndarray, output: str = "signal", seed: int = 3) -> np.ndarray:
    """One call by a host that knows onnxruntime and nothing else."""
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    feeds = {"seed": np.array(seed, np.int64), "rows": rows.astype(np.int64), **given(spec, len(rows))}
    return session.run([output], feeds)[0]


def test_inputs_and_output_have_the_names_types_and_shapes_of_the_design(
    exported: Path, trained: TrainedGenerator
) -> None:
    graph = onnx.load(exported).graph
    int64, float32 = onnx.TensorProto.INT64, onnx.TensorProto.FLOAT
    wanted = {"seed": (int64, []), "rows": (int64, ["N"])}
    wanted |= {c.name: (int64 if c.levels else float32, ["N"]) for c in trained.spec.conditions}
    assert {tensor.name: shape_of(tensor) for tensor in graph.input} == wanted
    assert {tensor.name: shape_of(tensor) for tensor in graph.output} == {
        "signal": (float32, ["N", *trained.spec.shape])
    }


def shape_of(tensor: onnx.ValueInfoProto) -> tuple[int, list[str | int]]:
    kind = tensor.type.tensor_type
    return kind.elem_type, [axis.dim_param or axis.dim_value for axis in kind.shape.dim]


@pytest.mark.parametrize("n", [1, 2, 7, 257])
def test_signals_are_those_of_pytorch_for_any_number_of_rows(exported: Path, trained: TrainedGenerator, n: int) -> None:
    rows = np.random.default_rng(n).integers(0, 2**40, n)
    expected = trained.rows(3, rows, as_tensors(trained.spec.conditions, given(trained.spec, n)))
    drawn = run(exported.read_bytes(), trained.spec, rows)
    assert drawn.dtype == np.float32
    np.testing.assert_allclose(drawn, expected, rtol=0, atol=2e-5 * expected.std())


def test_the_tensor_latent_is_the_row_laws_bit_for_bit(exported: Path, trained: TrainedGenerator) -> None:
    model = onnx.load(exported)
    expected = rowlaw.latents(3, ROWS, trained.latents)
    model.graph.output.append(onnx.helper.make_tensor_value_info("latent", onnx.TensorProto.FLOAT, ["N", None]))
    drawn = run(model.SerializeToString(), trained.spec, ROWS, output="latent")
    assert drawn.tobytes() == expected.tobytes()


def test_the_file_is_sound_onnx_of_opset_18_with_standard_operators(exported: Path) -> None:
    model = onnx.load(exported)
    onnx.checker.check_model(model, full_check=True)
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 18)]
    assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
    kinds = {node.op_type for node in model.graph.node}
    assert not [kind for kind in kinds if kind.startswith(("Random", "Bit"))]
    assert len(model.functions) == 0


def test_the_file_keeps_its_promises_when_loaded_from_disk(exported: Path, trained: TrainedGenerator) -> None:
    surrogate = gs.load(exported, device="cpu")
    assert surrogate.spec == trained.spec
    assert surrogate.manifest.latents == trained.latents
    assert (
        surrogate.self_test()
        < 1e-4 * surrogate.sample(200, conditions=surrogate.draw_conditions(200, rng=1), rng=1).std()
    )
    check_surrogate(surrogate)


def test_signals_follow_each_condition(exported: Path, trained: TrainedGenerator) -> None:
    surrogate = gs.load(exported, device="cpu")
    low = {c.name: c.levels[0] if c.levels else c.low for c in trained.spec.conditions}
    for condition in trained.spec.conditions:
        high = condition.levels[-1] if condition.levels else condition.high
        other = {**low, condition.name: high}
        assert not np.array_equal(
            surrogate.sample(5, conditions=low, rng=1), surrogate.sample(5, conditions=other, rng=1)
        )


def test_exporting_leaves_pytorch_as_it_was(exported: Path, trained: TrainedGenerator) -> None:
    latent = torch.from_numpy(rowlaw.latents(1, range(4), trained.latents))
    conditions = as_tensors(trained.spec.conditions, given(trained.spec, 4))
    assert trained.network(latent, *conditions).shape == (4, *trained.spec.shape)


def test_an_export_for_cpus_shifts_bits_and_gives_the_same_signals(
    exported: Path, trained: TrainedGenerator, tmp_path: Path
) -> None:
    from gansurrogate_onnx import export

    path = tmp_path / "cpu.onnx"
    manifest = export(trained, path, tile=64, cpu_only=True)
    assert manifest.export["cpu_only"]
    kinds = {node.op_type for node in onnx.load(path).graph.node}
    assert "BitShift" in kinds
    assert "BitShift" not in {node.op_type for node in onnx.load(exported).graph.node}
    everywhere, cpu = (run(p.read_bytes(), trained.spec, ROWS) for p in (exported, path))
    np.testing.assert_array_equal(everywhere, cpu)


def test_the_advised_tile_is_measured(trained: TrainedGenerator, tmp_path: Path) -> None:
    from gansurrogate_onnx import export
    from gansurrogate_onnx.tile import CLOSE

    manifest = export(trained, tmp_path / "swept.onnx")
    speeds = {int(tile): value for tile, value in manifest.export["microseconds_by_tile"].items()}
    assert len(speeds) > 3
    assert manifest.tile in speeds
    assert speeds[manifest.tile] <= 1.01 * CLOSE * min(speeds.values())


def test_the_contract_of_exporters_is_kept(untrained: Callable[..., TrainedGenerator]) -> None:
    from gansurrogate_onnx import export

    check_exporter(functools.partial(export, tile=64), untrained(gs.SignalSpec((8,))), "model.onnx")


def test_a_policy_does_not_keep_a_surrogate_from_being_made(
    untrained: Callable[..., TrainedGenerator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gansurrogate_onnx import export

    (tmp_path / "policy.toml").write_text("require = ['panel_auc<=0.6']\n")
    monkeypatch.setenv("GANSURROGATE_POLICY", str(tmp_path / "policy.toml"))
    export(untrained(gs.SignalSpec((8,))), tmp_path / "model.onnx")
    with pytest.raises(PermissionError, match="has no figure panel_auc"):
        gs.load(tmp_path / "model.onnx")
