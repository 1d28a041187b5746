"""Sequences of a Markov chain whose network is written down by hand: what is drawn has to follow the chain."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

import gansurrogate as gs
from gansurrogate.plugins import exporter
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.readers.text_files import END, FREE
from gansurrogate.train.sequence.codes import Vocabulary
from gansurrogate.train.sequence.generator import SequenceGenerator
from gansurrogate.train.sequence.predictor import Predictor

TOKENS = ("a", "b", "c")
FIRST = np.array([0.2, 0.5, 0.3])
CHAIN = np.array([[0.1, 0.6, 0.3], [0.45, 0.05, 0.5], [0.25, 0.7, 0.05]])
LENGTH = 12
OPEN = 30.0  # of a gate: sigmoid(30) and tanh(30) are 1


def chain(tokens: tuple[str, ...] = TOKENS, first: np.ndarray = FIRST, matrix: np.ndarray = CHAIN) -> Predictor:
    """Each id opens a unit of its own, whose weights to the output are the logarithms of a row of the matrix."""
    n = len(tokens)
    predictor = Predictor(n, (), hidden=n + 1)
    with torch.no_grad():
        for weight in predictor.parameters():
            weight.zero_()
        for gate, bias in enumerate((OPEN, -OPEN, 0.0, OPEN)):  # input, forget, cell, output
            predictor.lstm.bias_ih_l0[gate * (n + 1) : (gate + 1) * (n + 1)] = bias
        predictor.lstm.weight_ih_l0[2 * (n + 1) : 3 * (n + 1)] = OPEN * torch.eye(n + 1)
        logarithms = np.log(np.vstack([matrix, first])) / np.tanh(1)
        predictor.output.weight.copy_(torch.from_numpy(logarithms.T))
    return predictor.requires_grad_(False)


def trained(predictor: Predictor, tokens: tuple[str, ...] = TOKENS) -> TrainedGenerator:
    spec = gs.SignalSpec((LENGTH,), tokens=tokens)
    code = Vocabulary(spec)
    network = SequenceGenerator((LENGTH,), code, predictor)
    return TrainedGenerator("chain", replace(spec, conditions=code.prefix), network)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chain") / "chain.onnx"
    exporter("onnx")(trained(chain()), path, tile=256)
    return path


@pytest.fixture(scope="module")
def surrogate(file: Path) -> gs.Surrogate:
    return gs.load(file, threads=1)


def transitions(ids: np.ndarray) -> np.ndarray:
    counts = np.zeros((3, 3))
    np.add.at(counts, (ids[:, :-1].ravel(), ids[:, 1:].ravel()), 1)
    return counts


def test_what_is_drawn_follows_the_chain(surrogate: gs.Surrogate) -> None:
    ids = surrogate.sample(4000, rng=5)
    assert ids.dtype == np.int64
    beginnings = np.bincount(ids[:, 0], minlength=3)
    assert chisquare(beginnings, FIRST * len(ids)).pvalue > 1e-3
    for counts, row in zip(transitions(ids), CHAIN, strict=True):
        assert chisquare(counts, row * counts.sum()).pvalue > 1e-3


def test_the_file_draws_the_tokens_of_pytorch(surrogate: gs.Surrogate) -> None:
    generator = trained(chain())
    given = torch.zeros(300, LENGTH, dtype=torch.int64)
    assert np.array_equal(surrogate.sample(300, rng=9), generator.rows(9, range(300), [given]))


def test_rows_do_not_depend_on_how_they_are_cut(surrogate: gs.Surrogate) -> None:
    whole = surrogate.sample(100, rng=2)
    assert np.array_equal(surrogate.sample(60, rng=2, start=40, tile=7), whole[40:])


def test_a_prefix_holds_exactly_and_what_follows_depends_on_its_end(surrogate: gs.Surrogate) -> None:
    prefix = ["c", "a", "b", *[FREE] * (LENGTH - 3)]
    ids = surrogate.sample(3000, conditions={"prefix": prefix}, rng=1)
    assert (surrogate.spec.decode(ids[:, :3]) == ["c", "a", "b"]).all()
    assert chisquare(np.bincount(ids[:, 3], minlength=3), CHAIN[1] * 3000).pvalue > 1e-3


def test_each_row_may_have_a_prefix_of_its_own(surrogate: gs.Surrogate) -> None:
    prefix = np.full((20, LENGTH), FREE)
    prefix[::2, :2] = ["b", "c"]
    ids = surrogate.sample(20, conditions={"prefix": prefix}, rng=1)
    assert (ids[::2, :2] == [1, 2]).all()
    assert np.array_equal(ids[1::2], surrogate.sample(20, rng=1)[1::2])


def test_a_whole_sequence_may_be_given(surrogate: gs.Surrogate) -> None:
    wanted = np.array(["b", "a"] * (LENGTH // 2))
    drawn = surrogate.sample(3, conditions={"prefix": wanted}, rng=1)
    assert (surrogate.spec.decode(drawn) == wanted).all()


def test_after_the_end_there_is_only_the_end() -> None:
    tokens = ("a", "b", END)
    generator = trained(chain(tokens), tokens)  # a chain that would go on after it
    ids = generator.rows(1, range(500), [torch.zeros(500, LENGTH, dtype=torch.int64)])
    ended = np.logical_or.accumulate(ids == 2, 1)
    assert ended[:, -1].mean() > 0.9
    assert (ids[ended] == 2).all()


def test_a_token_of_no_probability_is_never_drawn() -> None:
    with np.errstate(divide="ignore"):
        generator = trained(
            chain(first=np.array([0.0, 1.0, 0.0]), matrix=np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0.0]]))
        )
    weights = generator.network.predictor.output.weight
    weights[weights.isinf()] = -1e6
    ids = generator.rows(1, range(50), [torch.zeros(50, LENGTH, dtype=torch.int64)])
    assert (ids == np.arange(1, LENGTH + 1) % 3).all()


def test_drawing_step_by_step_is_what_was_trained_all_at_once() -> None:
    torch.manual_seed(0)
    kind = gs.Condition("kind", levels=("x", "y"))
    predictor = Predictor(4, (kind,), hidden=7).requires_grad_(False)
    ids, given = torch.randint(4, (5, LENGTH)), torch.tensor([0, 1, 1, 0, 1])
    table, constant = predictor.gates((given,))
    h = c = torch.zeros(5, 7)
    stepped = []
    for last in [torch.full((5,), 4), *ids.T[:-1]]:
        h, c = predictor.step(table[last] + constant, h, c)
        stepped.append(predictor.output(h))
    torch.testing.assert_close(torch.stack(stepped, 1), predictor(ids, given))


def test_the_steps_of_the_file_name_nothing_of_the_machine_that_wrote_it(file: Path) -> None:
    assert b"Scan" in file.read_bytes()
    assert b"generator.py" not in file.read_bytes()
    assert b"stack_trace" not in file.read_bytes()
