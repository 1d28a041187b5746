"""The row law's graph gives the bits of its numpy reference."""

import numpy as np
import onnx
import onnxruntime
import pytest
from gansurrogate_onnx.rowlaw_graph import row_law

from gansurrogate import rowlaw
from gansurrogate.latent import Latent

MIXED = [
    Latent("uniform", 3),
    Latent("normal", 5),
    Latent("uniform", 1),
    Latent("truncated_normal", 3, 0, 4),
    Latent("normal", 8),
]
BLOCKS = {
    "uniform": [Latent("uniform", 6)],
    "normal": [Latent("normal", 8)],
    "odd": [Latent("normal", 7)],
    "single": [Latent("uniform", 1)],
    "truncated": [Latent("truncated_normal", 6, -2, 1.5)],
    "categorical": [Latent("categorical", 3, probabilities=(1, 2, 0.5))],
    "mixed": MIXED,
}
SEEDS = [0, 1, -1, 2**62 + 1, -(2**63), 2**63 - 1]
ROWS = np.random.default_rng(0).permutation([*range(50), 2**31, 2**32 + 7, 2**40 - 2, 2**40 - 1])
OPERATORS = {"Add", "Sub", "Mul", "Div", "Sqrt", "Cast", "Reshape", "Slice", "Concat", "Transpose", "Clip", "Greater"}


def session(blocks: list[Latent], threads: int = 1, cpu_only: bool = False) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    model = row_law(blocks, 18, 8, cpu_only=cpu_only).SerializeToString()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def drawn(graph: onnxruntime.InferenceSession, seed: int, rows: np.ndarray) -> np.ndarray:
    return graph.run(["latent"], {"seed": np.array(seed, np.int64), "rows": rows.astype(np.int64)})[0]


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype == np.float32 and np.array_equal(a.view(np.uint32), b.view(np.uint32))


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("cpu_only", [False, True], ids=["everywhere", "cpu only"])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_graph_gives_the_bits_of_the_reference(blocks: list[Latent], seed: int, cpu_only: bool) -> None:
    assert same_bits(drawn(session(blocks, cpu_only=cpu_only), seed, ROWS), rowlaw.latents(seed, ROWS, blocks))


@pytest.mark.parametrize("threads", [1, 2])
def test_many_rows_at_once_have_the_same_bits(threads: int) -> None:
    rows = np.arange(5001)  # an odd tail after the vector body
    blocks = [Latent("uniform", 5), Latent("normal", 31)]
    assert same_bits(drawn(session(blocks, threads), 7, rows), rowlaw.latents(7, rows, blocks))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 53])
@pytest.mark.parametrize("threads", [1, 2])
def test_rows_do_not_depend_on_how_they_are_cut(size: int, threads: int) -> None:
    graph, whole = session(MIXED, threads), drawn(session(MIXED), -1, ROWS)
    parts = [drawn(graph, -1, ROWS[first : first + size]) for first in range(0, len(ROWS), size)]
    assert same_bits(np.concatenate(parts), whole)


def test_no_rows_give_no_latents() -> None:
    assert drawn(session(MIXED), 1, np.arange(0)).shape == (0, 20)


def test_different_seeds_rows_and_blocks_give_different_values() -> None:
    values = np.concatenate([drawn(session(MIXED), seed, ROWS)[:, 3:8] for seed in SEEDS])
    assert len(np.unique(values)) > 0.999 * values.size


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS)
def test_the_graph_uses_only_operators_that_run_everywhere(blocks: list[Latent]) -> None:
    model = row_law(blocks, 18, 8)
    onnx.checker.check_model(model, full_check=True)
    assert {node.op_type for node in model.graph.node} <= OPERATORS
    assert {node.domain for node in model.graph.node} == {""}


def test_the_graph_is_the_same_bytes_each_time() -> None:
    assert row_law(MIXED, 18, 8).SerializeToString() == row_law(MIXED, 18, 8).SerializeToString()
