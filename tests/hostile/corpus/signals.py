"""Graphs that pass every check of their text and give something else than the manifest promises."""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto
from onnx.helper import make_node, make_tensor_sequence_value_info, make_tensor_value_info
from onnx.numpy_helper import from_array, to_array

from corpus.writing import FLOAT, MANIFEST, MODEL, Files, at_run, changed, file, floats, signal, whole


def signals() -> Files:
    """Other shapes than declared, numbers that are none, rows that know each other, other types."""
    cut = make_node("Slice", ["honest", "from", "to", "axis"], ["signal"])
    for name, last in (("no rows", 0), ("two rows at most", 2), ("a row less", -1)):
        yield name, file(signal([cut], [whole([0], "from"), whole([last], "to"), whole([0], "axis")]))
    yield "rows twice", file(signal([make_node("Concat", ["honest", "honest"], ["signal"], axis=0)]))
    size, constant = at_run([1, 1, 1], "size")
    mean = make_node("ReduceMean", ["honest"], ["mean"], keepdims=1)
    yield (
        "one value for all",
        file(signal([mean, *size, make_node("Reshape", ["mean", "size"], ["signal"])], [constant])),
    )
    wider = [
        make_node("Shape", ["honest"], ["shape"]),
        make_node("Add", ["shape", "more"], ["size"]),
        make_node("Expand", ["one", "size"], ["signal"]),
    ]
    yield "wider signals", file(signal(wider, [whole([0, 0, 1], "more"), floats([1], "one")]))
    yield "other weights", file(changed(_double_the_largest))
    nothing = make_node("Sub", ["honest", "honest"], ["nothing"])
    yield "NaN", file(signal([nothing, make_node("Div", ["nothing", "nothing"], ["signal"])]))
    yield "infinity", file(signal([nothing, make_node("Reciprocal", ["nothing"], ["signal"])]))
    seven = [
        make_node("Shape", ["rows"], ["n"]),
        make_node("Equal", ["n", "seven"], ["are seven"]),
        make_node("Where", ["are seven", "nan", "honest"], ["signal"]),
    ]
    yield "NaN for seven rows", file(signal(seven, [whole([7], "seven"), floats(np.nan, "nan")]))
    neighbours = [  # honest for the rows of the self-test, of which one is beyond a million
        make_node("ReduceMean", ["honest", "axis"], ["mean"]),
        make_node("ReduceMax", ["rows"], ["last"], keepdims=0),
        make_node("Greater", ["last", "million"], ["in the test"]),
        make_node("Where", ["in the test", "honest", "mean"], ["signal"]),
    ]
    yield "neighbours matter", file(signal(neighbours, [whole([0], "axis"), whole(10**6, "million")]))
    shape = ["N", *MANIFEST["spec"]["shape"]]
    for kind in (TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.STRING):
        cast = signal([make_node("Cast", ["honest"], ["signal"], to=kind)])
        yield f"type {kind}", file(changed(_output(make_tensor_value_info("signal", kind, shape)), cast))
    for n in (1, 7):
        yield f"for {n} rows only", file(changed(_output(make_tensor_value_info("signal", FLOAT, [n, *shape[1:]]))))
    yield "a list", file(changed(_output(make_tensor_sequence_value_info("signal", FLOAT, None))))
    yield "by another name", file(changed(_output(make_tensor_value_info("honest", FLOAT, shape)), signal([])))


def _output(value: Any) -> Callable[[ModelProto], None]:
    """A change that makes `value` the one output."""

    def change(model: ModelProto) -> None:
        del model.graph.output[:]
        model.graph.output.append(value)

    return change


def _double_the_largest(model: ModelProto) -> None:
    at = max(range(len(MODEL.graph.initializer)), key=lambda i: len(MODEL.graph.initializer[i].raw_data))
    tensor = model.graph.initializer[at]
    tensor.CopyFrom(from_array(2 * to_array(tensor), tensor.name))
