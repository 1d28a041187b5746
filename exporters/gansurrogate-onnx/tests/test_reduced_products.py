"""Reduced weights and products, one at a time, against numpy and PyTorch."""

import numpy as np
import onnx
import pytest
import torch
from gansurrogate_onnx.half import Halves
from gansurrogate_onnx.integer import HEADROOM, Integers, rounded
from gansurrogate_onnx.model import values
from onnx import TensorProto, helper, numpy_helper

RANDOM = np.random.default_rng(0)
Arrays = dict[str, np.ndarray]


def model_of(nodes: list[onnx.NodeProto], shape: list, weights: Arrays) -> onnx.ModelProto:
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *shape])
    result = helper.make_tensor_value_info("signal", TensorProto.FLOAT, None)
    stored = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "g", [given], [result], stored), opset_imports=[helper.make_opsetid("", 18)]
    )
    model.ir_version = 8
    return model


def normal(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape).astype(np.float32)


def run(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray:
    return values(model, ["signal"], {"x": x})["signal"]


def levels(x: np.ndarray) -> np.ndarray:
    """What the 256 levels over the range of `x` make of it."""
    low, high = HEADROOM * min(x.min(), 0), HEADROOM * max(x.max(), 0)
    scale = np.float32((high - low) / 255)
    zero = round(-low / scale)
    return (np.clip(np.rint(x / scale) + zero, 0, 255) - zero) * np.float64(scale)


@pytest.mark.parametrize("kind", ["MatMul", "Gemm", "Gemm transposed", "Gemm without bias"])
def test_a_matrix_product_is_that_of_the_rounded_numbers(kind: str) -> None:
    x, weight, bias = normal(50, 40), normal(40, 30) * np.logspace(-6, 3, 30, dtype=np.float32), normal(30)
    stored = weight.T.copy() if kind == "Gemm transposed" else weight
    inputs = ["x", "w", "b"] if kind in ("Gemm", "Gemm transposed") else ["x", "w"]
    node = helper.make_node(
        kind.split()[0], inputs, ["signal"], "product", **({"transB": 1} if stored is not weight else {})
    )
    plain = model_of([node], [40], {"w": stored, "b": bias})
    integers = Integers(plain, [{"x": x}])
    assert integers.names == ["w"]
    unit, whole = rounded(weight, axis=0)
    expected = levels(x) @ (whole * unit.astype(float)) + (bias if len(inputs) == 3 else 0)
    result = run(integers.reduced(["w"]), x)
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max(0).min())
    assert (np.abs(result - run(plain, x)).max(0) < 0.05 * np.abs(expected).max(0)).all()  # each column in its own unit


@pytest.mark.parametrize("options", [{}, {"strides": [2]}, {"dilations": [3]}, {"group": 2}], ids=str)
def test_a_convolution_is_that_of_the_rounded_numbers(options: dict) -> None:
    x, bias = normal(9, 16, 40) + 1, normal(32)
    weight = normal(32, 16 // options.get("group", 1), 5)
    node = helper.make_node("Conv", ["x", "w", "b"], ["signal"], "product", pads=[2, 2], **options)
    plain = model_of([node], [16, 40], {"w": weight, "b": bias})
    unit, whole = rounded(weight.reshape(32, -1), axis=1)
    near = torch.from_numpy((whole * unit[:, None].astype(float)).reshape(weight.shape))
    named = {"strides": "stride", "dilations": "dilation", "group": "groups"}
    given = {named[name]: value if name == "group" else value[0] for name, value in options.items()}
    exact = torch.nn.functional.conv1d(
        torch.from_numpy(levels(x)), near, torch.from_numpy(bias).double(), padding=2, **given
    )
    result = run(Integers(plain, [{"x": x}]).reduced(["w"]), x)
    step = HEADROOM * float(np.ptp(run(plain, x))) / 255
    assert np.abs(result - exact.numpy()).max() < 0.51 * step + 1e-3  # one rounding of what comes out


def test_what_lies_beyond_the_range_is_cut_off_and_padding_is_zero() -> None:
    x, weight = np.abs(normal(20, 40)) + 5, normal(40, 30)
    plain = model_of([helper.make_node("MatMul", ["x", "w"], ["signal"], "product")], [40], {"w": weight})
    reduced = Integers(plain, [{"x": x}]).reduced(["w"])
    far = np.full((1, 40), 1e6, np.float32)
    assert np.array_equal(run(reduced, far), run(reduced, far * 10))
    assert np.array_equal(run(reduced, np.zeros((1, 40), np.float32)), np.zeros((1, 30), np.float32))


def test_products_of_one_weight_belong_together_and_others_are_left() -> None:
    weights = {"w": normal(40, 40), "small": normal(40, 3), "computed": normal(20, 80), "shape": np.array([40, 40])}
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"], "first"),
        helper.make_node("MatMul", ["a", "w"], ["b"], "second"),
        helper.make_node("Reshape", ["computed", "shape"], ["c"], "reshape"),
        helper.make_node("Gemm", ["b", "c"], ["d"], "of a constant that is computed"),
        helper.make_node("Gemm", ["d", "w"], ["e"], "scaled", alpha=2.0),
        helper.make_node("MatMul", ["e", "small"], ["f"], "small"),
        helper.make_node("MatMul", ["f", "moving"], ["signal"], "of two that move"),
    ]
    nodes.insert(0, helper.make_node("Transpose", ["x"], ["moving0"], "transpose"))
    nodes.insert(1, helper.make_node("Slice", ["moving0", "begin", "end"], ["moving"], "slice"))
    plain = model_of(nodes, [40], weights | {"begin": np.array([0]), "end": np.array([3])})
    integers = Integers(plain, [{"x": normal(10, 40)}])
    assert integers.names == ["w", "c"]
    reduced = integers.reduced(integers.names)
    assert [node.op_type for node in reduced.graph.node].count("MatMulInteger") == 3
    assert [tensor.data_type for tensor in reduced.graph.initializer].count(TensorProto.INT8) == 2  # each stored once
    assert "reshape" not in {node.name for node in reduced.graph.node}  # nobody reads it any more
    assert {tensor.name for tensor in reduced.graph.initializer} >= {"w", "small"}  # the scaled product still does


def test_products_of_doubles_are_left() -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["double"], "cast", to=TensorProto.DOUBLE),
        helper.make_node("MatMul", ["double", "w"], ["product"], "product"),
        helper.make_node("Cast", ["product"], ["signal"], "back", to=TensorProto.FLOAT),
    ]
    plain = model_of(nodes, [40], {"w": RANDOM.standard_normal((40, 40))})
    assert Integers(plain, [{"x": normal(5, 40)}]).names == []
    assert Halves(plain).names == []


@pytest.mark.parametrize("unit", [1.0, 1e-30, 1e30])
def test_half_a_weight_keeps_eleven_bits_in_any_unit(unit: float) -> None:
    weight = normal(40, 30) * np.float32(unit)
    plain = model_of([helper.make_node("MatMul", ["x", "w"], ["signal"], "product")], [40], {"w": weight})
    halves = Halves(plain)
    reduced = halves.reduced(halves.names)
    (near,) = values(reduced, ["w"], {"x": normal(1, 40)}).values()
    assert near.dtype == np.float32
    assert (np.abs(near - weight) <= 2.0**-11 * np.abs(weight) + 2.0**-39 * np.abs(weight).max()).all()
    assert not np.array_equal(near, weight)
    assert len(reduced.SerializeToString()) < 0.6 * len(plain.SerializeToString())


def test_zeros_can_be_stored_and_weights_of_a_few_values_stay() -> None:
    weights = {"w": np.zeros((40, 30), np.float32), "b": normal(30)}
    plain = model_of([helper.make_node("Gemm", ["x", "w", "b"], ["signal"], "product")], [40], weights)
    halves = Halves(plain)
    assert halves.names == ["w"]
    assert np.array_equal(run(halves.reduced(["w"]), normal(5, 40)), np.tile(weights["b"], (5, 1)))
