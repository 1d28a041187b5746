"""Recordings as tensors: a pool to train on, read batch by batch, and a part held out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from gansurrogate.signals import FloatArray
from gansurrogate.train.conditions import as_tensors
from gansurrogate.train.recordings import Recordings


@dataclass(frozen=True)
class Part:
    """Signals (n, *shape) with one tensor (n,) per condition."""

    signals: Tensor
    conditions: tuple[Tensor, ...]

    def rows(self, index: Tensor) -> "Part":
        """The signals at `index`, with their conditions."""
        return self.each(lambda tensor: tensor[index])

    def each(self, change: Callable[[Tensor], Tensor]) -> "Part":
        """`change` done to the signals and to each condition."""
        return Part(change(self.signals), tuple(map(change, self.conditions)))


class Rows:
    """Signals (n, *shape) in an order of their own, copied from an array, or read from the disk, when asked for.

    Parameters
    ----------
    array : array of shape (m, *shape)
        In memory, or mapped from a file.
    order : array of shape (n,)
        Which of its rows these are.
    """

    def __init__(self, array: FloatArray, order: NDArray[Any]) -> None:
        self.array, self.order = array, order
        self.shape = (len(order), *array.shape[1:])

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: slice | Tensor) -> Tensor:
        """Some of them: ``[:100]``, or at the places in a tensor of integers."""
        return torch.from_numpy(self.array[self.order[index if isinstance(index, slice) else index.numpy()]])

    def split(self, size: int) -> Iterator[Tensor]:
        """All of them, `size` at a time."""
        return (self[first : first + size] for first in range(0, len(self), size))

    def limits(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        pairs = [(float(part.min()), float(part.max())) for part in self.split(1000)]
        return min(low for low, _ in pairs), max(high for _, high in pairs)


@dataclass(frozen=True)
class Pool:
    """What is trained on: signals, which may be larger than memory, with one tensor (n,) per condition."""

    signals: Rows
    conditions: tuple[Tensor, ...]

    def rows(self, index: Tensor) -> Part:
        """The signals at `index`, with their conditions."""
        return Part(self.signals[index], tuple(condition[index] for condition in self.conditions))

    def whole(self) -> Part:
        """All signals in memory, for methods that suit small data only."""
        return Part(self.signals[:], self.conditions)

    def batch(self, size: int, random: torch.Generator) -> Part:
        """`size` random signals."""
        return self.rows(torch.randint(len(self.signals), (size,), generator=random))


def split(recordings: Recordings, most_held_out: int) -> tuple[Pool, Part]:
    """A pool to train on, and up to a fifth of the signals held out.

    The signals are shuffled before the cut, by the same order every time: recordings drift while they are
    taken.
    """
    n = len(recordings.signals)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(0))
    cut = n - min(most_held_out, n // 5)
    conditions = as_tensors(recordings.spec.conditions, recordings.conditions)
    signals = recordings.signals
    training, held_out = (
        Pool(Rows(signals, part.numpy()), tuple(values[part] for values in conditions))
        for part in (order[:cut], order[cut:])
    )
    return training, held_out.whole()
