"""LSTMs written out with plain operators give PyTorch's values, for any number of rows and in any cut."""

import itertools
from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from gansurrogate_onnx.network_graph import network_graph
from gansurrogate_onnx.recurrent import MOST_STEPS, lstm_as_scan, lstm_unrolled
from onnx import TensorProto, compose, helper
from torch import Tensor, nn

import gansurrogate as gs
from gansurrogate.latent import Latent
from gansurrogate.train import TrainedGenerator

FEATURES, HIDDEN = 3, 10
Rewrite = Callable[[onnx.ModelProto], onnx.ModelProto | None]


class Recurrent(nn.Module):
    """All that an LSTM gives, side by side: every output, the last h and the last c."""

    def __init__(self, steps: int, initial: str = "zero", batch_first: bool = True, kind: type[nn.RNNBase] = nn.LSTM,
                 **options: bool | int) -> None:  # fmt: skip
        super().__init__()
        self.steps, self.initial, self.batch_first = steps, initial, batch_first
        self.lstm = kind(FEATURES, HIDDEN, batch_first=batch_first, **options)
        self.layers = self.lstm.num_layers * (2 if self.lstm.bidirectional else 1)
        states = 2 * self.layers * HIDDEN if initial == "drawn" else 0
        self.latents = (Latent("normal", steps * FEATURES + states),)
        self.start = nn.Parameter(torch.randn(2, self.layers, 1, HIDDEN))

    def states(self, latent: Tensor) -> tuple[Tensor, Tensor] | None:
        if self.initial == "zero":
            return None
        if self.initial == "drawn":
            h, c = latent[:, self.steps * FEATURES :].reshape(-1, 2, self.layers, HIDDEN).permute(1, 2, 0, 3)
        else:
            h, c = self.start.expand(-1, -1, latent.shape[0], -1)  # len() would freeze the batch
        return h.contiguous(), c.contiguous()

    def forward(self, latent: Tensor) -> Tensor:
        x = latent[:, : self.steps * FEATURES].reshape(-1, self.steps, FEATURES)
        y, last = self.lstm(x if self.batch_first else x.transpose(0, 1), self.states(latent))
        y = y if self.batch_first else y.transpose(0, 1)
        last = last if isinstance(last, tuple) else (last,)
        return torch.cat([y.flatten(1), *(state.transpose(0, 1).flatten(1) for state in last)], 1)


class Last(Recurrent):
    """The last output only: the states are no outputs of the node."""

    def forward(self, latent: Tensor) -> Tensor:
        return self.lstm(latent.reshape(-1, self.steps, FEATURES))[0][:, -1]


NETWORKS = {
    "one layer": lambda steps: Recurrent(steps),
    "last output": lambda steps: Last(steps),
    "two layers": lambda steps: Recurrent(steps, num_layers=2),
    "bidirectional": lambda steps: Recurrent(steps, bidirectional=True),
    "two bidirectional layers": lambda steps: Recurrent(steps, num_layers=2, bidirectional=True),
    "states from the latent": lambda steps: Recurrent(steps, "drawn", num_layers=2, bidirectional=True),
    "learned states": lambda steps: Recurrent(steps, "learned"),
    "without bias": lambda steps: Recurrent(steps, bias=False),
    "steps first": lambda steps: Recurrent(steps, batch_first=False, num_layers=2),
}
FORMS = {"scan": lstm_as_scan, "unrolled": lstm_unrolled}


def exported(network: nn.Module) -> onnx.ModelProto:
    spec = gs.SignalSpec(tuple(values(network, 2).shape[1:]))
    return network_graph(TrainedGenerator("recurrent", spec, network.requires_grad_(False)), 18)


def latents(network: nn.Module, n: int) -> np.ndarray:
    return np.random.default_rng(n).standard_normal((n, network.latents[0].size), dtype=np.float32)


@torch.no_grad()
def values(network: nn.Module, n: int) -> np.ndarray:
    return network(torch.from_numpy(latents(network, n))).numpy()


def session(model: onnx.ModelProto, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest) -> nn.Module:
    torch.manual_seed(0)
    return NETWORKS[request.param](4)


@pytest.fixture(scope="module")
def plain(network: nn.Module) -> onnx.ModelProto:
    return exported(network)


@pytest.fixture(params=FORMS)
def model(request: pytest.FixtureRequest, plain: onnx.ModelProto) -> onnx.ModelProto:
    """`network` in one of the forms."""
    rewritten = FORMS[request.param](plain)
    assert rewritten is not None
    return rewritten


def test_values_are_those_of_pytorch(network: nn.Module, model: onnx.ModelProto) -> None:
    assert "LSTM" not in {node.op_type for node in model.graph.node}
    for n in (1, 2, 7, 257):
        (drawn,) = session(model).run(None, {"latent": latents(network, n)})
        np.testing.assert_allclose(drawn, values(network, n), rtol=0, atol=1e-6)


def test_rows_do_not_depend_on_how_they_are_cut(network: nn.Module, model: onnx.ModelProto) -> None:
    rows = latents(network, 300)
    (whole,) = session(model).run(None, {"latent": rows})
    for threads, size in itertools.product((1, 2), (1, 7, 64)):
        graph = session(model, threads)
        parts = [graph.run(None, {"latent": rows[i : i + size]})[0] for i in range(0, len(rows), size)]
        assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_the_graph_is_sound_and_stays_so_under_a_prefix(network: nn.Module, model: onnx.ModelProto) -> None:
    merged = compose.add_prefix(model, "network/")
    onnx.checker.check_model(model, full_check=True)
    onnx.checker.check_model(merged, full_check=True)
    assert {node.domain for node in model.graph.node} == {""}
    feed = latents(network, 5)
    expected = session(model).run(None, {"latent": feed})[0]
    assert session(merged).run(None, {"network/latent": feed})[0].tobytes() == expected.tobytes()


@pytest.mark.parametrize("rewrite", [lstm_as_scan, lstm_unrolled])
def test_the_model_given_is_left_as_it_is(rewrite: Rewrite, plain: onnx.ModelProto) -> None:
    before = plain.SerializeToString(deterministic=True)
    assert rewrite(plain) is not None
    assert plain.SerializeToString(deterministic=True) == before


@pytest.mark.parametrize(("rewrite", "steps"), [(lstm_as_scan, 1), (lstm_as_scan, 50), (lstm_unrolled, 1)])
def test_any_number_of_steps(rewrite: Rewrite, steps: int) -> None:
    network = Recurrent(steps)
    model = rewrite(exported(network))
    assert model is not None
    (drawn,) = session(model).run(None, {"latent": latents(network, 3)})
    np.testing.assert_allclose(drawn, values(network, 3), rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", [nn.GRU, nn.RNN])
def test_other_recurrent_operators_stay(kind: type[nn.RNNBase]) -> None:
    model = exported(Recurrent(2, kind=kind))
    assert lstm_as_scan(model) is None
    assert lstm_unrolled(model) is None


def test_long_sequences_are_not_unrolled() -> None:
    assert lstm_unrolled(exported(Recurrent(MOST_STEPS))) is not None
    assert lstm_unrolled(exported(Recurrent(MOST_STEPS + 1))) is None


def test_a_first_step_from_zero_has_no_product_with_the_state() -> None:
    gates = {}
    for initial in ("zero", "learned"):
        model = lstm_unrolled(exported(Recurrent(3, initial)))
        assert model is not None
        gates[initial] = [node.op_type for node in model.graph.node].count("Sigmoid")
    assert gates == {"zero": 3 * 3 - 1, "learned": 3 * 3}  # nothing to forget in the first


@pytest.mark.parametrize("rewrite", [lstm_as_scan, lstm_unrolled])
@pytest.mark.parametrize(
    ("inputs", "attributes"),
    [
        ("x w r b", {}),
        ("x w r b lengths h c", {}),
        ("x w r b _ h c p", {}),
        ("x w r b _ h c", {"layout": 1}),
        ("x w r b _ h c", {"input_forget": 1}),
        ("x w r b _ h c", {"activations": ["Sigmoid", "Relu", "Tanh"]}),
    ],
)
def test_what_pytorch_does_not_write_stays(rewrite: Rewrite, inputs: str, attributes: dict[str, object]) -> None:
    names = ["" if name == "_" else name for name in inputs.split()]
    node = helper.make_node("LSTM", names, ["y"], hidden_size=HIDDEN, **attributes)
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, None, None]) for name in names if name]
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    assert rewrite(helper.make_model(helper.make_graph([node], "lstm", given, [result]))) is None
