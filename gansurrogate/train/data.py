"""Recordings as tensors: a part to train on, and a part held out."""

from dataclasses import dataclass

import torch
from torch import Tensor

from gansurrogate.train.conditions import as_tensors
from gansurrogate.train.recordings import Recordings


@dataclass(frozen=True)
class Part:
    """Signals (n, *shape) with one tensor (n,) per condition."""

    signals: Tensor
    conditions: tuple[Tensor, ...]

    def rows(self, index: Tensor) -> "Part":
        """The signals at `index`, with their conditions."""
        return Part(self.signals[index], tuple(condition[index] for condition in self.conditions))

    def batch(self, size: int, random: torch.Generator) -> "Part":
        """`size` random signals."""
        return self.rows(torch.randint(len(self.signals), (size,), generator=random))


def split(recordings: Recordings, most_held_out: int) -> tuple[Part, Part]:
    """A part to train on, and up to a fifth of the signals held out.

    The signals are shuffled before the cut, by the same order every time: recordings drift while they are
    taken.
    """
    conditions = as_tensors(recordings.spec.conditions, recordings.conditions)
    everything = Part(torch.from_numpy(recordings.signals), conditions)
    n = len(recordings.signals)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(0))
    cut = n - min(most_held_out, n // 5)
    return everything.rows(order[:cut]), everything.rows(order[cut:])
