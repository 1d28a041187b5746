"""Sequences of tokens, drawn one after the other from a recurrent cell that is unrolled in the graph."""

import copy
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
import torch
from gansurrogate_onnx import export
from gansurrogate_onnx.self_test import self_test
from gansurrogate_onnx.tokens import MARGIN, deciding, sure
from torch import Tensor, nn
from torch._higher_order_ops.scan import scan

import gansurrogate as gs
from gansurrogate import rowlaw
from gansurrogate.errors import ExportError
from gansurrogate.latent import Latent
from gansurrogate.operators import MOST_NODES
from gansurrogate.testing import check_surrogate
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.networks import GeneratorNetwork

LENGTH = 10


@pytest.fixture(scope="module")
def trained(make_golden: ModuleType) -> TrainedGenerator:
    return make_golden.untrained_text(LENGTH, nn.GRUCell)


@pytest.fixture(scope="module")
def path(trained: TrainedGenerator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "text.onnx"
    export(trained, path, tile=64)
    return path


@pytest.fixture(scope="module")
def surrogate(path: Path) -> gs.Surrogate:
    return gs.load(path, device="cpu")


def test_the_file_keeps_its_promises(surrogate: gs.Surrogate, trained: TrainedGenerator) -> None:
    assert surrogate.spec == trained.spec
    assert surrogate.self_test() == 0
    check_surrogate(surrogate)
    assert surrogate.manifest.export["nodes"] < MOST_NODES / 8  # 30 a token


def test_ids_are_those_of_pytorch(surrogate: gs.Surrogate, trained: TrainedGenerator) -> None:
    n = 2000
    prefix = np.zeros((n, LENGTH), np.int64)
    prefix[n // 2 :, :3] = [2, 4, 6]  # the second half begins with "you love dog"
    expected = trained.rows(3, range(n), [torch.from_numpy(prefix)])
    given = {"prefix": np.array(surrogate.spec.conditions[0].levels)[prefix]}
    drawn = surrogate.sample(n, conditions=given, rng=3)
    compared = sure(trained, 3, range(n), [torch.from_numpy(prefix)])
    np.testing.assert_array_equal(drawn[compared], expected[compared])
    assert compared.mean() > 0.98
    assert (surrogate.spec.decode(drawn[n // 2 :, :3]) == ["you", "love", "dog"]).all()


def test_tokens_come_as_often_as_the_network_says(surrogate: gs.Surrogate, trained: TrainedGenerator) -> None:
    n, network = 20_000, trained.network
    with torch.no_grad():
        state = network.cell(network.embedding(torch.tensor([network.tokens])), torch.zeros(1, network.hidden))
        expected = n * (4 * network.logits(state)).softmax(1)[0].numpy()
    first = surrogate.sample(n, conditions={"prefix": ["any"] * LENGTH}, rng=5)[:, 0]
    deviations = (np.bincount(first, minlength=len(expected)) - expected) ** 2 / expected
    assert deviations.sum() < 20.5  # the 99.9 % quantile of chi-squared with 5 degrees of freedom


def test_what_decides_the_tokens_has_the_same_bits_in_any_cut(path: Path) -> None:
    data, names = deciding(path.read_bytes())
    assert len(data) > path.stat().st_size
    assert len(names) == 2 * LENGTH  # a column of latents and the cumulated probabilities, for each token


def test_a_scan_over_the_tokens_gives_the_same_ids(
    surrogate: gs.Surrogate, trained: TrainedGenerator, tmp_path: Path
) -> None:
    """One node for all tokens, exported and loaded sooner than the loop unrolled."""
    network = trained.network

    def forward(latent: Tensor, prefix: Tensor) -> Tensor:
        if not torch.compiler.is_exporting():
            return type(network).forward(network, latent, prefix)
        at_rest = latent.new_zeros(latent.shape[0], network.hidden)
        last = prefix.new_full((latent.shape[0],), network.tokens)
        return scan(network.step, (at_rest, last), (latent.t().contiguous(), prefix.t().contiguous()))[1].t()

    scanned = copy.copy(network)
    scanned.forward = forward
    path = tmp_path / "scan.onnx"
    export(replace(trained, network=scanned), path, tile=64)
    assert [node.op_type for node in onnx.load(path).graph.node].count("Scan") == 1
    assert len(deciding(path.read_bytes())[1]) == 2
    again = gs.load(path, device="cpu")
    given = {"prefix": again.draw_conditions(300, rng=1)["prefix"]}
    given["prefix"][:, 2:] = "any"
    drawn = again.sample(300, conditions=given, rng=1)
    np.testing.assert_array_equal(drawn, surrogate.sample(300, conditions=given, rng=1))


class Independent(GeneratorNetwork):
    """Tokens that know nothing of each other; thresholds at a half."""

    def __init__(self, activation: type[nn.Module] = nn.Identity) -> None:
        super().__init__()
        self.latents = (Latent("uniform", 5),)  # no multiple of 4, which would leave no tail
        self.activation = activation()

    def thresholds(self, latent: Tensor) -> Tensor:
        return torch.full_like(latent, 0.5)

    def forward(self, latent: Tensor) -> Tensor:
        return (latent > self.thresholds(latent)).long()


class Unfaithful(Independent):
    """Has other thresholds while it is being exported."""

    def thresholds(self, latent: Tensor) -> Tensor:
        return torch.full_like(latent, 0.55 if torch.compiler.is_compiling() else 0.5)


class Inexact(Independent):
    """Its thresholds differ in the last bits between the vector body and the tail of an array."""

    def thresholds(self, latent: Tensor) -> Tensor:
        return nn.functional.mish(latent.flip(1))


class Chaotic(Independent):
    """Tells the last bits of its latents."""

    def forward(self, latent: Tensor) -> Tensor:
        return (latent * 2**20).long() % 2


def independent(kind: type[Independent] = Independent) -> TrainedGenerator:
    return TrainedGenerator("tokens", gs.SignalSpec((5,), tokens=("a", "b")), kind())


def test_tokens_are_sure_up_to_the_first_near_a_threshold() -> None:
    trained, rows = independent(), range(20_000)
    found = sure(trained, 1, rows, [])
    distance = np.abs(rowlaw.latents(1, rows, trained.latents) - 0.5)
    near = distance < MARGIN / 2
    assert near.sum() > 5
    clear = (np.abs(distance - MARGIN / 2) > 1e-6).all(1)
    np.testing.assert_array_equal(found[clear], np.logical_and.accumulate(~near, 1)[clear])


def test_a_graph_that_draws_other_tokens_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"draws [\d.]+ of the tokens otherwise than PyTorch at N = \d+"):
        export(independent(Unfaithful), tmp_path / "model.onnx", tile=8)
    assert list(tmp_path.iterdir()) == []


def test_rows_that_depend_on_their_neighbours_by_the_last_bits_are_found(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="rows depend on how they are cut"):
        export(independent(Inexact), tmp_path / "model.onnx", tile=8)
    assert list(tmp_path.iterdir()) == []


def test_tokens_that_hang_on_rounding_cannot_be_tested() -> None:
    with pytest.raises(ExportError, match="changes with the last bits of their latents"):
        self_test(independent(Chaotic))
