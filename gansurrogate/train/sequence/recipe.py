"""The numbers of the recipes for sequences, with the reason beside each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gansurrogate.train.recipe import Recipe, zero_or_more
from gansurrogate.train.recordings import Recordings

if TYPE_CHECKING:
    from gansurrogate.train.sequence.game import SequenceGame


@dataclass(frozen=True)
class SequenceRecipe(Recipe):
    """An LSTM that predicts each token from those before it."""

    name: str = "sequence"
    base: str = "sequence"
    description: str = "for text and for signals in levels: one token after the other"
    signals: int = 10_000
    fewest: int = 2  # a corpus may be six sentences
    batch_size: int = 64
    held_out_signals: int = zero_or_more(1_000)  # none of fewer than 100 sequences

    hidden: int = 96  # units of the LSTM
    levels: int = 64  # a signal of numbers is rounded to so many values; at most as many as it takes
    prefix: bool = False  # two conditions by which the first values of a signal of numbers may be fixed

    learning_rate: float = 5e-3
    learning_rate_end: float = 0.02  # relative
    betas: tuple[float, float] = (0.9, 0.999)
    largest_gradient: float = 1.0  # its norm: a long sequence now and then gives a steep one

    def prepare(self, recordings: Recordings, seed: int, saved: Mapping[str, Any] | None = None) -> "SequenceGame":
        """Look at the sequences and build the network."""
        from gansurrogate.train.sequence.game import SequenceGame

        return SequenceGame(recordings, self, seed)


# The small language model that courses begin with: two words in, the third one out, 500 times through six sentences.
TEXT_LSTM = SequenceRecipe(
    name="text-lstm", base="text-lstm", description="a handful of sentences by an LSTM of five units",
    steps=500, checks=4, hidden=5, learning_rate=0.01, learning_rate_end=1.0,
)  # fmt: skip
RECIPES = (SequenceRecipe(), TEXT_LSTM)
