"""Learning sequences: six sentences, corpora from text files, signals in levels."""

import signal
from pathlib import Path

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.errors import RecordingsError
from gansurrogate.tokens import END
from gansurrogate.train import Budget, Recipe, Recordings, RunFolder, find_recipe, from_file, recipe_from, train
from gansurrogate.train.data import Part
from gansurrogate.train.progress import NoProgress, Report
from gansurrogate.train.sequence.game import SequenceGame, least_cross_entropy

SENTENCES = ("i like dog", "i love coffee", "i hate milk", "you like cat", "you love milk", "you hate coffee")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(SENTENCES) + "\n")
    return path


@pytest.fixture(scope="module")
def telegraph() -> Recordings:
    """Two levels under noise; the lower one is left sooner."""
    random = np.random.default_rng(0)
    states = np.zeros((150, 24), int)
    for t in range(1, 24):
        leaves = random.random(150) < np.where(states[:, t - 1], 0.1, 0.3)
        states[:, t] = states[:, t - 1] ^ leaves
    signals = (2.0 * states + 0.2 * random.standard_normal(states.shape)).astype(np.float32)
    return Recordings("telegraph", gs.SignalSpec((24,), unit="pA"), signals, {}, {})


def played(recordings: Recordings, recipe: Recipe, steps: int, seed: int = 0) -> SequenceGame:
    game = recipe.prepare(recordings, seed)
    assert isinstance(game, SequenceGame)
    for step in range(steps):
        game.move(step, step / steps)
    return game


@pytest.mark.parametrize("seed", [1, 2])
def test_five_units_learn_the_third_word_of_all_six_sentences(seed: int, corpus: Path) -> None:
    recordings, recipe = from_file(corpus), find_recipe("text-lstm")
    game = played(recordings, recipe, recipe.steps, seed)
    ids = torch.from_numpy(recordings.signals)
    assert torch.equal(game.predictor(ids).argmax(2)[:, 2], ids[:, 2])
    assert game.floor == pytest.approx(np.log(6) / 3)
    assert game.floor < game.test() < 1.1 * game.floor


def test_few_sequences_are_all_trained_on_and_judged(corpus: Path) -> None:
    game = find_recipe("sequence").prepare(from_file(corpus), 0)
    assert len(game.real.signals) == 6
    assert "training sequences" in game.describe()["judged_on"]
    assert game.test() == pytest.approx(np.log(9), rel=0.1)  # untrained: nine words alike


def test_other_recipes_refuse_so_few_signals(corpus: Path, tmp_path: Path) -> None:
    recordings = from_file(corpus)
    with pytest.raises(RecordingsError, match="the recipe default needs at least 100 signals; corpus gives 6"):
        train(recordings, RunFolder(tmp_path / "run"), recipe=find_recipe("default"), budget=Budget(steps=1))
    assert not (tmp_path / "run").exists()


def test_sentences_of_unequal_length_end_with_a_token_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("b a\n\nc\na b c\n")
    recordings = from_file(tmp_path / "short.txt")
    assert recordings.spec.tokens == ("a", "b", "c", END)
    assert recordings.signals.tolist() == [[1, 0, 3], [2, 3, 3], [0, 1, 2]]


def test_tokens_may_be_characters(corpus: Path) -> None:
    recordings = from_file(corpus, dataset="characters")
    assert "".join(recordings.spec.decode(recordings.signals[0])[:10]) == "i like dog"
    assert set(recordings.spec.tokens) == {*"".join(SENTENCES), END}


def test_a_long_text_is_cut_into_windows(corpus: Path) -> None:
    recordings = from_file(corpus, dataset="characters", window=12, stride=5)
    text = "\n".join(SENTENCES) + "\n"
    read = ["".join(row) for row in recordings.spec.decode(recordings.signals)]
    assert read == [text[i : i + 12] for i in range(0, len(text) - 11, 5)]


def test_a_table_of_numbers_stays_a_table(tmp_path: Path) -> None:
    signals = np.random.default_rng(0).standard_normal((120, 5))
    np.savetxt(tmp_path / "table.txt", signals)
    recordings = from_file(tmp_path / "table.txt")
    assert recordings.spec.tokens == ()
    np.testing.assert_allclose(recordings.signals, signals, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "dataset", "cause"),
    [("a b\nc <end>\n", None, "<end>"), ("a b\nc d\n", "letters", "words or characters"), ("\n\n", None, "array")],
)
def test_texts_that_cannot_be_learnt(text: str, dataset: str | None, cause: str, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text(text)
    with pytest.raises(RecordingsError, match=cause):
        from_file(tmp_path / "bad.txt", dataset=dataset)


@pytest.mark.parametrize("conditional", [False, True])
def test_no_model_goes_below_the_entropy_of_a_sample(conditional: bool) -> None:
    signals = torch.tensor([[0, 1], [0, 1], [1, 0], [1, 1]])
    conditions = (torch.tensor([0, 0, 1, 1]),) if conditional else ()
    # 2, 1 and 1 of 4 sequences; under the condition one that is certain, and two of equal probability.
    expected = np.log(2) / 2 if conditional else 0.5 * np.log(2) + 0.5 * np.log(4)
    assert least_cross_entropy(Part(signals, conditions)) == pytest.approx(expected)


def test_conditions_are_learnt() -> None:
    random = np.random.default_rng(1)
    kind = random.integers(0, 2, 200)
    signals = np.where(random.random((200, 5)) < 0.9, kind[:, None], 1 - kind[:, None])
    spec = gs.SignalSpec((5,), tokens=("a", "b"), conditions=(gs.Condition("kind", levels=("x", "y")),))
    recordings = Recordings("kinds", spec, signals, {"kind": kind}, {})
    game = played(recordings, recipe_from({"base": "sequence", "hidden": 8, "learning_rate": 0.02}), 80)
    given = (torch.tensor([0, 1]).repeat(200), torch.zeros(400, 5, dtype=torch.int64))
    drawn = game.network(torch.rand(400, 5).clamp_min(1e-6), *given).numpy()
    assert drawn[1::2].mean() - drawn[::2].mean() > 0.6


def test_levels_learn_how_long_a_telegraph_signal_stays(telegraph: Recordings) -> None:
    game = played(telegraph, recipe_from({"base": "sequence", "hidden": 16, "levels": 12}), 150)
    latent = 1 - torch.rand(600, 24, generator=torch.Generator().manual_seed(0))
    drawn, real = (signals > 1 for signals in (game.network(latent).numpy(), telegraph.signals))
    for state, leaves in ((0, 0.3), (1, 0.1)):
        shares = [(x[:, 1:] != state)[x[:, :-1] == state].mean() for x in (drawn, real)]
        assert shares[0] == pytest.approx(leaves, abs=0.06)
        assert shares[1] == pytest.approx(leaves, abs=0.06)


def test_an_interrupted_training_resumes_to_the_same_weights(telegraph: Recordings, tmp_path: Path) -> None:
    recipe = recipe_from({"base": "sequence", "hidden": 6, "levels": 5, "checks": 1})

    class Stop(NoProgress):
        def report(self, report: Report) -> None:
            if report.step == 25:
                signal.raise_signal(signal.SIGINT)

    def run(name: str, *, resume: bool = False, watch: NoProgress | None = None) -> dict[str, torch.Tensor]:
        folder = RunFolder(tmp_path / name, resume=resume)
        result = train(telegraph, folder, recipe=recipe, budget=Budget(steps=40), seed=2, progress=watch)
        return result.network.state_dict()

    whole = run("whole")
    with pytest.raises(KeyboardInterrupt):
        run("stopped", watch=Stop())
    resumed = run("stopped", resume=True)
    assert all(torch.equal(resumed[name], weight) for name, weight in whole.items())
