"""Lower precision: close to the float32 file, the same rows in any cut, judged, and refused where it shows."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from gansurrogate_onnx import export, export_reduced
from gansurrogate_onnx.loss import ROWS
from gansurrogate_onnx.model import tapped
from gansurrogate_onnx.verify import SEED
from torch import Tensor, nn

import gansurrogate as gs
from gansurrogate.errors import ArgumentError, ExportError
from gansurrogate.latent import Latent
from gansurrogate.plugins import exporter
from gansurrogate.surrogate_file import read_manifest, seal
from gansurrogate.testing import check_exporter, check_surrogate
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.networks import GeneratorNetwork

SIZE, LENGTH, WIDTH = 16, 64, 128
SPEC = gs.SignalSpec((LENGTH,), unit="V", conditions=(gs.Condition("energy", unit="keV", low=1, high=2),))
FEW = {"samples": 100, "gate": 0.75}  # so few signals are quick to judge and say little: equal ones reach 0.65


class Dense(GeneratorNetwork):
    """Smooth waves from a dense network, and noise on top."""

    latents = (Latent("uniform", SIZE), Latent("normal", LENGTH))

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Linear(SIZE + 1, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, SIZE)
        )
        self.register_buffer("waves", waves())

    def forward(self, latent: Tensor, energy: Tensor) -> Tensor:
        """Signals (n, LENGTH)."""
        coefficients = self.trunk(torch.cat([latent[:, :SIZE], energy[:, None]], 1))
        return 10 * coefficients @ self.waves + 0.3 * latent[:, SIZE:]


class Smooth(GeneratorNetwork):
    """Waves without noise."""

    latents = (Latent("normal", SIZE),)

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("waves", waves())

    def forward(self, latent: Tensor, energy: Tensor) -> Tensor:
        """Signals (n, LENGTH)."""
        return energy[:, None] * (latent @ self.waves)


class Twice(Smooth):
    """Noisy waves, of which a part is no product."""

    latents = (Latent("normal", SIZE), Latent("normal", LENGTH))

    def forward(self, latent: Tensor, energy: Tensor) -> Tensor:
        """Signals (n, LENGTH)."""
        drawn, noise = latent[:, :SIZE], latent[:, SIZE:]
        return super().forward(drawn, energy) + (drawn[:, :, None] * self.waves).amax(1) + 0.3 * noise


def waves() -> Tensor:
    """Cosines (SIZE, LENGTH) of which the quick ones are small."""
    order = torch.arange(SIZE)[:, None]
    return torch.cos(order * torch.linspace(0, torch.pi, LENGTH)) / 3.0**order


def trained(kind: type[GeneratorNetwork]) -> TrainedGenerator:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = kind().requires_grad_(False)
    return TrainedGenerator("waves", SPEC, network, fidelity={"trees_auc": {"value": 0.6, "floor": 0.5}})


def file_of(kind: type[GeneratorNetwork], path: Path) -> Path:
    export(trained(kind), path, tile=64)
    return path


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return file_of(Dense, tmp_path_factory.mktemp("plain") / "waves.onnx")


@pytest.fixture(scope="module", params=["float16", "int8"])
def reduced(request: pytest.FixtureRequest, plain: Path) -> Path:
    path = plain.with_name(f"{request.param}.onnx")
    export_reduced(plain, path, precision=request.param, **FEW)
    return path


def drawn(path: Path, n: int, **options: int) -> np.ndarray:
    surrogate = gs.load(path, device="cpu", threads=1)
    return surrogate.sample(n, conditions=surrogate.draw_conditions(n, rng=SEED), rng=SEED, **options)


def test_the_signals_deviate_as_the_manifest_says(plain: Path, reduced: Path) -> None:
    said = gs.load(reduced).manifest.export["reduction"]["deviation"]
    truth = drawn(plain, ROWS)
    deviation = np.abs(drawn(reduced, ROWS) - truth)
    assert said["rows"] == ROWS
    assert said["unit"] == "V"
    assert deviation.max() == pytest.approx(said["largest"], rel=0.01)
    assert np.sqrt((deviation.astype(float) ** 2).mean()) == pytest.approx(said["rms"], rel=0.01)
    assert said["rms_of_std"] == pytest.approx(said["rms"] / truth.std(), rel=0.01)
    assert said["rms_of_std"] < {"float16": 1e-3, "int8": 0.03}[reduced.stem]


def test_the_file_is_smaller(plain: Path, reduced: Path) -> None:
    said = gs.load(reduced).manifest.export["reduction"]["bytes"]
    assert said["float32"] == plain.stat().st_size
    assert reduced.stat().st_size == pytest.approx(said[reduced.stem], rel=0.05)  # it was measured without the figures
    assert reduced.stat().st_size < 0.75 * plain.stat().st_size


def test_rows_are_the_same_bits_in_any_cut(reduced: Path) -> None:
    surrogate = gs.load(reduced, device="cpu", threads=2)
    given = surrogate.draw_conditions(300, rng=1)
    whole = surrogate.sample(300, conditions=given, rng=1, tile=300)
    for start, tile in ((0, 1), (0, 7), (17, 64), (299, 3)):
        rest = {name: values[start:] for name, values in given.items()}
        part = surrogate.sample(300 - start, conditions=rest, rng=1, start=start, tile=tile)
        assert part.tobytes() == whole[start:].tobytes()
    check_surrogate(surrogate)


def test_the_row_law_is_untouched(plain: Path, reduced: Path) -> None:
    feeds = {"seed": np.array(5), "rows": np.arange(50), "energy": np.ones(50, np.float32)}
    latents = [tapped(onnx.load(path), ["latent"]).run(["latent"], feeds)[0] for path in (plain, reduced)]
    assert latents[0].tobytes() == latents[1].tobytes()


def test_noise_has_no_steps(plain: Path, reduced: Path) -> None:
    assert len(np.unique(drawn(reduced, 200))) > 0.99 * len(np.unique(drawn(plain, 200)))


def test_plain_onnxruntime_gives_the_same_signals(reduced: Path) -> None:
    session = onnxruntime.InferenceSession(reduced.read_bytes(), providers=["CPUExecutionProvider"])
    feeds = {"seed": np.array(3), "rows": np.arange(20), "energy": np.full(20, 1.5, np.float32)}
    expected = gs.load(reduced, device="cpu").sample(20, conditions={"energy": 1.5}, rng=3)
    np.testing.assert_allclose(session.run(["signal"], feeds)[0], expected, rtol=0, atol=1e-5 * expected.std())


def test_int8_computes_with_integers_and_float16_with_float32(reduced: Path) -> None:
    model = onnx.load(reduced)
    kinds = [node.op_type for node in model.graph.node]
    stored = {onnx.TensorProto.DataType.Name(tensor.data_type) for tensor in model.graph.initializer}
    if reduced.stem == "int8":
        assert "MatMulInteger" in kinds
        assert "INT8" in stored
    else:
        assert "FLOAT16" in stored
        assert not {"MatMulInteger", "QuantizeLinear"} & set(kinds)


def test_the_manifest_says_what_was_done(plain: Path, reduced: Path) -> None:
    before, after = gs.load(plain).manifest, gs.load(reduced).manifest
    assert (after.name, after.version, after.spec, after.latents) == (
        before.name, before.version, before.spec, before.latents
    )  # fmt: skip
    assert after.export["precision"] == reduced.stem
    assert after.training["reduced_from"]["sha256"] == before.file_sha256 != after.file_sha256
    assert after.training["reduced_from"]["fidelity"] == before.fidelity
    assert list(after.fidelity) == ["reduction_auc"]  # the others are of another network
    assert after.fidelity["reduction_auc"]["value"] <= FEW["gate"] == after.export["reduction"]["gate"]
    assert {"trees_auc", "spectral_auc"} == set(after.export["reduction"]["judges"])
    assert after.export["reduction"]["speed"] > 0.1
    assert json.loads(after.to_json())["self_test"]["expected"] != before.self_test.expected


def test_the_self_test_knows_its_own_network(plain: Path, reduced: Path) -> None:
    surrogate = gs.load(reduced, device="cpu")
    assert surrogate.self_test() <= surrogate.manifest.self_test.atol
    if reduced.stem == "int8":  # and would notice another one
        deviation = np.abs(
            np.subtract(surrogate.manifest.self_test.expected, gs.load(plain).manifest.self_test.expected)
        )
        assert deviation.max() > surrogate.manifest.self_test.atol


def test_the_self_test_does_not_hang_on_rounding(reduced: Path) -> None:
    """Levels that are a little wider turn some of the values next to a border, as another machine does."""
    model = onnx.load(reduced)
    scales = {node.input[1] for node in model.graph.node if node.op_type == "QuantizeLinear"}
    for tensor in model.graph.initializer:
        if tensor.name in scales:
            wider = onnx.numpy_helper.to_array(tensor) * np.float32(1 + 5e-7)
            tensor.CopyFrom(onnx.numpy_helper.from_array(wider, tensor.name))
    surrogate = gs.load(seal(model.SerializeToString(), read_manifest(reduced)), device="cpu")
    assert surrogate.self_test() <= surrogate.manifest.self_test.atol


def test_signals_that_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    """Waves without noise: what 8 bits do to them stands alone in their empty bands."""
    smooth, path = file_of(Smooth, tmp_path / "smooth.onnx"), tmp_path / "out.onnx"
    path.write_bytes(b"what was there")
    with pytest.raises(ExportError, match=r"AUC of \d\.\d+ .* the gate is 0.75: keep float32, try precision=float16"):
        export_reduced(smooth, path, precision="int8", **FEW)
    assert path.read_bytes() == b"what was there"
    assert sorted(tmp_path.iterdir()) == [path, smooth]


def test_a_file_that_would_be_larger_is_refused(tmp_path: Path) -> None:
    file = file_of(Twice, tmp_path / "twice.onnx")
    with pytest.raises(ExportError, match=r"would be 1\.\d+ times as large .* keep float32"):
        export_reduced(file, tmp_path / "out.onnx", precision="int8", **FEW)


def test_what_is_reduced_already_or_has_tokens_is_refused(reduced: Path, file, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=f"in {reduced.stem} already; reduce the float32 file"):
        export_reduced(reduced, tmp_path / "out.onnx", **FEW)
    with pytest.raises(ExportError, match="signals are tokens"):
        export_reduced(file("text"), tmp_path / "out.onnx", **FEW)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": "int4"}, "one of float32, float16, int8; got 'int4'"),
        ({"precision": "float32"}, "float32 is what it is in"),
        ({"gate": 0.3}, "from 0.5"),
        ({"samples": 20}, "samples"),
    ],
)
def test_impossible_options_are_refused(plain: Path, tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        export_reduced(plain, tmp_path / "out.onnx", **options)
    assert list(tmp_path.iterdir()) == []


def test_the_exporter_keeps_its_contract(plain: Path) -> None:
    def few(surrogate, path, *, precision="float16"):
        return export_reduced(surrogate, path, precision=precision, **FEW)

    assert exporter("reduced") is export_reduced
    check_exporter(few, plain, "reduced.onnx")


def test_a_training_can_end_in_lower_precision(tmp_path: Path) -> None:
    manifest = export(trained(Dense), tmp_path / "half.onnx", precision="float16", tile=64, **FEW)
    assert gs.load(tmp_path / "half.onnx").manifest == manifest
    assert manifest.export["precision"] == "float16"
    assert manifest.training["reduced_from"]["precision"] == "float32"
