"""Conditions that are arrays: inputs of the graph with more axes than the rows."""

from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from gansurrogate_onnx import export
from gansurrogate_onnx.self_test import MOST_DRAWN, self_test
from torch import Tensor

import gansurrogate as gs
from gansurrogate.latent import Latent
from gansurrogate.testing import check_surrogate
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.conditions import ConditionEncoder, as_tensors
from gansurrogate.train.networks import GeneratorNetwork


@pytest.fixture(scope="module")
def trained(make_golden: ModuleType) -> TrainedGenerator:
    return make_golden.untrained_fields()


@pytest.fixture(scope="module")
def path(trained: TrainedGenerator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fields") / "fields.onnx"
    export(trained, path, tile=64)
    return path


def test_inputs_have_the_shapes_of_the_conditions(path: Path) -> None:
    found = {value.name: (value.type.tensor_type.elem_type, [axis.dim_param or axis.dim_value for axis in
             value.type.tensor_type.shape.dim]) for value in onnx.load(path).graph.input}  # fmt: skip
    assert found == {"seed": (7, []), "rows": (7, ["N"]), "blurred": (1, ["N", 6, 8]), "mask": (7, ["N", 6]),
                     "gain": (1, ["N"])}  # fmt: skip


@pytest.mark.parametrize("n", [1, 2, 7, 257])
def test_signals_are_those_of_pytorch(path: Path, trained: TrainedGenerator, n: int) -> None:
    encoded = trained.spec.encode_conditions(trained.spec.draw_conditions(n, n), n)
    rows = np.random.default_rng(n).integers(0, 2**40, n)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (drawn,) = session.run(["signal"], {"seed": np.array(3), "rows": rows, **encoded})
    expected = trained.rows(3, rows, as_tensors(trained.spec.conditions, encoded))
    np.testing.assert_allclose(drawn, expected, rtol=0, atol=2e-5 * expected.std())


def test_the_file_keeps_its_promises(path: Path, trained: TrainedGenerator) -> None:
    surrogate = gs.load(path, device="cpu")
    assert surrogate.spec == trained.spec
    check_surrogate(surrogate)


class Shrink(GeneratorNetwork):
    """A large field becomes two numbers."""

    def __init__(self, conditions: tuple[gs.Condition, ...]) -> None:
        super().__init__()
        self.latents = (Latent("normal", 2),)
        self.encode = ConditionEncoder(conditions)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        encoded = self.encode(conditions)
        return latent + torch.stack([encoded[:, 0], encoded[:, -1]], 1)


LARGE = (gs.Condition("large", low=-1, high=3, shape=(40, 30)), gs.Condition("map", levels="abcde", shape=(40, 30)))


def test_a_large_field_takes_one_number_in_the_self_test(tmp_path: Path) -> None:
    trained = TrainedGenerator("large", gs.SignalSpec((2,), conditions=LARGE), Shrink(LARGE))
    assert LARGE[0].size > MOST_DRAWN
    export(trained, tmp_path / "large.onnx", tile=16)
    surrogate = gs.load(tmp_path / "large.onnx", device="cpu")
    assert surrogate.manifest.self_test.conditions == {"large": [1.0] * 4, "map": [2] * 4}
    assert len(surrogate.manifest.to_json()) < 3000
    check_surrogate(surrogate)


def test_a_field_in_the_self_test_is_short_and_not_the_same_everywhere(trained: TrainedGenerator) -> None:
    entries = self_test(trained).conditions["blurred"]
    assert [len(entry) for entry in entries] == [48] * 4
    assert len({value for entry in entries for value in entry}) > 50
    assert max(len(str(value)) for entry in entries for value in entry) <= 4


def test_the_encoder_flattens_arrays_into_network_units() -> None:
    conditions = (LARGE[0], LARGE[1], gs.Condition("x", low=0, high=2), gs.Condition("kind", levels=("a", "b")))
    encoder = ConditionEncoder(conditions)
    assert encoder.size == 1200 + 5 * 1200 + 1 + 2
    field = torch.full((3, 40, 30), -1.0)
    field[:, -1, -1] = 3
    levels = torch.zeros(3, 40, 30, dtype=torch.int64)
    levels[1, 0, 1] = 4
    encoded = encoder((field, levels, torch.tensor([0.0, 1, 2]), torch.tensor([0, 1, 0])))
    assert encoded is not None
    assert encoded.shape == (3, encoder.size)
    assert encoded[0, [0, 1198, 1199]].tolist() == [-1, -1, 1]
    assert encoded[:, 1205:1210].tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]]
    assert encoded[:, -3:].tolist() == [[-1, 1, 0], [0, 0, 1], [1, 1, 0]]
