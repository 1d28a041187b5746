"""Graphs that a surrogate may not hold, or that are not the manifest's: each is refused with its own error."""

import copy

import pytest

import gansurrogate as gs
from gansurrogate.errors import ExternalDataError, GraphMismatchError, OperatorError, SurrogateFileError


@pytest.fixture
def with_node(with_manifest, manifest_dict, protobuf):
    """The golden surrogate with one more node: its type, domain and encoded attributes."""

    def build(kind, domain="", attributes=()):
        node = protobuf.field(2, "extra_output") + protobuf.field(4, kind) + protobuf.field(7, domain)
        node += b"".join(protobuf.field(5, attribute) for attribute in attributes)
        return with_manifest(manifest_dict, more=protobuf.field(7, protobuf.field(1, node)))

    return build


def test_a_tensor_that_says_external_without_a_place_is_refused(with_manifest, manifest_dict, protobuf, refuse):
    tensor = protobuf.field(8, "big_weight") + protobuf.field(14, 1)
    refuse(with_manifest(manifest_dict, more=protobuf.field(7, protobuf.field(5, tensor))), ExternalDataError, "other")


def external_tensor(protobuf):
    entry = protobuf.field(1, "location") + protobuf.field(2, "weights.bin")
    return protobuf.field(8, "big_weight") + protobuf.field(13, entry) + protobuf.field(14, 1)


def test_weights_in_other_files_are_refused(with_manifest, manifest_dict, protobuf, refuse):
    more = protobuf.field(7, protobuf.field(5, external_tensor(protobuf)))
    refuse(with_manifest(manifest_dict, more=more), ExternalDataError, r"weights \(big_weight\) in other files")


@pytest.mark.parametrize("wrap", ["tensor", "tensors", "sparse_tensor", "sparse_tensors", "sparse_initializer"])
def test_weights_in_other_files_are_found_wherever_they_hide(with_node, with_manifest, manifest_dict, protobuf, refuse,
                                                             wrap):  # fmt: skip
    tensor = external_tensor(protobuf)
    sparse = protobuf.field(1, tensor)
    if wrap == "sparse_initializer":
        data = with_manifest(manifest_dict, more=protobuf.field(7, protobuf.field(15, sparse)))
    else:
        number = {"tensor": 5, "tensors": 10, "sparse_tensor": 22, "sparse_tensors": 23}[wrap]
        data = with_node("Constant", attributes=[protobuf.field(number, sparse if "sparse" in wrap else tensor)])
    refuse(data, ExternalDataError, "big_weight")


@pytest.mark.parametrize("domain", ["com.microsoft", "ai.onnx.ml", "my.own"])
def test_operators_outside_the_standard_are_refused(with_node, refuse, domain):
    refuse(with_node("Gelu", domain), OperatorError, f"{domain}::Gelu")


@pytest.mark.parametrize("kind", ["RandomNormalLike", "RandomUniform", "Bernoulli", "Multinomial"])
def test_nodes_that_draw_random_numbers_are_refused(with_node, refuse, kind):
    refuse(with_node(kind), OperatorError, rf"draws its own random numbers \({kind}\)")


@pytest.mark.parametrize("number", [6, 11], ids=["graph", "graphs"])
def test_operators_inside_a_subgraph_are_seen(with_node, protobuf, refuse, number):
    inner = protobuf.field(1, protobuf.field(4, "RandomNormal"))
    nested = protobuf.field(1, protobuf.field(4, "If") + protobuf.field(5, protobuf.field(6, inner)))
    refuse(with_node("If", attributes=[protobuf.field(number, nested)]), OperatorError, "RandomNormal")


def test_endless_subgraphs_are_refused(with_node, protobuf, refuse):
    graph = protobuf.field(2, "innermost")
    for _ in range(200):
        graph = protobuf.field(1, protobuf.field(4, "If") + protobuf.field(5, protobuf.field(6, graph)))
    refuse(with_node("If", attributes=[protobuf.field(6, graph)]), SurrogateFileError, "not a whole ONNX model")


def test_local_functions_are_refused(with_manifest, manifest_dict, protobuf, refuse):
    function = protobuf.field(25, protobuf.field(1, "Mine"))
    refuse(with_manifest(manifest_dict, more=function), OperatorError, "local functions")


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: spec.update(shape=[2, 17]),
        lambda spec: spec.update(shape=[32], axes=spec["axes"][1:]),
        lambda spec: spec["conditions"].pop(),
        lambda spec: spec["conditions"].append({**spec["conditions"][0], "name": "omega"}),
        lambda spec: spec["conditions"][0].update(name="omega"),
        lambda spec: spec["conditions"][0].update(kind="category", levels=[1, 2], low=None, high=None),
        lambda spec: spec["conditions"][0].update(shape=[3]),
        lambda spec: spec.update(dtype="int64", tokens=["a", "b"]),
    ],
    ids=["shape", "rank", "condition less", "condition more", "other name", "other kind", "array", "tokens"],
)
def test_a_spec_that_is_not_the_graphs_is_refused(with_manifest, manifest_dict, refuse, change):
    changed = copy.deepcopy(manifest_dict)
    change(changed["spec"])
    names = [c["name"] for c in changed["spec"]["conditions"]]
    changed["self_test"].update(conditions={name: [1] * 4 for name in names}, positions=[0])
    changed["self_test"].update(expected=[[0]] * 4, atol=0, rtol=0)
    refuse(with_manifest(changed), GraphMismatchError, "the manifest promises", openers=[gs.load])


def test_a_graph_that_onnxruntime_refuses_is_named(with_node, refuse):
    refuse(with_node("Gemm"), SurrogateFileError, "onnxruntime .* refuses the graph", openers=[gs.load])


def test_an_operator_that_is_not_on_the_list_is_named(with_node, refuse):
    refuse(with_node("NoSuchOperator"), OperatorError, "the graph uses NoSuchOperator; for the safety of its host")
