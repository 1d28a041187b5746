"""Names of conditions, and the graph that a loader expects."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from gansurrogate_onnx import export

import gansurrogate as gs
from gansurrogate.errors import GraphMismatchError
from gansurrogate.surrogate_file import read_manifest, seal

# Some of PyTorch's own names for nodes and values, and names that look like prefixes.
NAMES = ("view", "linear", "cat", "N", "val_0", "network", "law", "condition_1", "x")


def test_a_condition_may_be_called_like_a_node(untrained, tmp_path: Path) -> None:
    conditions = tuple(gs.Condition(name, low=i, high=i + 1.0) for i, name in enumerate(NAMES))
    trained = untrained(gs.SignalSpec((20,), conditions=conditions))
    export(trained, tmp_path / "model.onnx")
    surrogate = gs.load(tmp_path / "model.onnx")
    given = surrogate.draw_conditions(50, rng=1)
    signals = surrogate.sample(50, conditions=given, rng=1)
    for name in NAMES:  # each is connected to its own input
        other = {**given, name: given[name][::-1].copy()}
        assert not np.array_equal(surrogate.sample(50, conditions=other, rng=1), signals), name


@pytest.mark.parametrize("which", ["rows", "energy", "signal"])
def test_a_frozen_batch_is_refused_at_load(untrained, tmp_path: Path, which: str) -> None:
    spec = gs.SignalSpec((20,), conditions=(gs.Condition("energy", low=1, high=2),))
    export(untrained(spec), tmp_path / "model.onnx")
    model = onnx.load(tmp_path / "model.onnx")
    for value in (*model.graph.input, *model.graph.output):
        if value.name == which:
            value.type.tensor_type.shape.dim[0].Clear()
            value.type.tensor_type.shape.dim[0].dim_value = 3
    changed = seal(model.SerializeToString(), read_manifest(tmp_path / "model.onnx"))
    with pytest.raises(GraphMismatchError, match=which):
        gs.load(changed)
