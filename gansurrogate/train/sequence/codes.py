"""How signals become ids and ids signals: a vocabulary, or the levels of a number.

A code also says by which conditions a user fixes the beginning of a sequence.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.signals import FloatArray
from gansurrogate.spec import SignalSpec
from gansurrogate.tokens import END
from gansurrogate.train.readers.text_files import FREE

ROUNDS = 30  # of Lloyd's method


class Code(nn.Module, ABC):
    """A code of `size` ids.

    Attributes
    ----------
    size : int
    end : int or None
        The id after which only itself follows.
    prefix : tuple of Condition
        What fixes the beginning of a sequence.
    """

    size: int
    end: int | None = None
    prefix: tuple[Condition, ...]

    @abstractmethod
    def ids(self, signals: Tensor) -> Tensor:
        """The ids of signals (n, ...), of the same shape."""

    @abstractmethod
    def open(self, n: int) -> tuple[Tensor, ...]:
        """Values of `prefix` for `n` signals of which nothing is fixed."""

    @abstractmethod
    def fixed(self, prefix: Sequence[Tensor], latent: Tensor) -> tuple[Tensor, Tensor]:
        """Values of `prefix` as signals, and where they are fixed, both of the shape of `latent` (n, length)."""

    @abstractmethod
    def signals(self, ids: Tensor) -> Tensor:
        """The inverse of `ids`."""


class Vocabulary(Code):
    """Tokens: signals are ids already. The condition `prefix` holds a token, or ``"<free>"``, for each place."""

    def __init__(self, spec: SignalSpec) -> None:
        super().__init__()
        self.size = len(spec.tokens)
        self.end = spec.tokens.index(END) if END in spec.tokens else None
        described = f"the first tokens; {FREE} for those to be drawn"
        self.prefix = (Condition("prefix", levels=(FREE, *spec.tokens), shape=spec.shape, description=described),)

    def ids(self, signals: Tensor) -> Tensor:
        """The signals themselves."""
        return signals

    def open(self, n: int) -> tuple[Tensor, ...]:
        """``"<free>"`` everywhere."""
        return (torch.zeros(n, *self.prefix[0].shape, dtype=torch.int64),)

    def fixed(self, prefix: Sequence[Tensor], latent: Tensor) -> tuple[Tensor, Tensor]:
        """Levels of the condition: 0 is free, others are one more than the token's id."""
        (levels,) = prefix
        return levels.flatten(1) - 1, levels.flatten(1) > 0

    def signals(self, ids: Tensor) -> Tensor:
        """The ids themselves."""
        return ids


class Levels(Code):
    """Numbers, rounded to a few levels. The condition `prefix` holds values; the first `given` of them are fixed.

    Parameters
    ----------
    spec : SignalSpec
    signals : array of shape (n, *spec.shape)
        To choose the levels from.
    limits : (low, high)
        Of all signals.
    most : int
        Number of levels.
    prefix : bool
        Whether there are these conditions.
    """

    values: Tensor
    edges: Tensor

    def __init__(
        self, spec: SignalSpec, signals: FloatArray, limits: tuple[float, float], most: int, prefix: bool
    ) -> None:
        super().__init__()
        values = choose_levels(signals, most)
        self.size, length = len(values), math.prod(spec.shape)
        self.register_buffer("values", torch.from_numpy(values))
        self.register_buffer("edges", torch.from_numpy((values[1:] + values[:-1]) / 2))
        fixing = (
            Condition("prefix", spec.unit, *limits, shape=spec.shape, description="the first values"),
            Condition("given", low=0, high=length, description="how many values of the prefix are fixed"),
        )
        self.prefix = fixing if prefix else ()

    def ids(self, signals: Tensor) -> Tensor:
        """The nearest level."""
        # Comparisons instead of bucketize, which ONNX lacks: the same ids.
        return (signals[..., None] > self.edges).sum(-1)

    def open(self, n: int) -> tuple[Tensor, ...]:
        """No value is given."""
        if not self.prefix:
            return ()
        return self.values.new_full((n, *self.prefix[0].shape), float(self.values[0])), self.values.new_zeros(n)

    def fixed(self, prefix: Sequence[Tensor], latent: Tensor) -> tuple[Tensor, Tensor]:
        """Values, and whether they are among the first `given`."""
        if not self.prefix:
            return torch.zeros_like(latent), latent < 0
        values, given = prefix
        return values.flatten(1), torch.arange(latent.shape[1], device=given.device) < given[:, None]

    def signals(self, ids: Tensor) -> Tensor:
        """The values of the levels."""
        return self.values[ids]


def choose_levels(signals: FloatArray, most: int) -> FloatArray:
    """Up to `most` values that signals may be rounded to, with the least mean square error.

    Signals of few different values keep them. For others levels begin at quantiles and move to the mean of what is
    rounded to them (S. Lloyd, IEEE Trans. Inf. Theory 28 (1982) 129).

    Returns
    -------
    array of shape (levels,)
        Ascending.
    """
    ordered = np.sort(signals, axis=None)
    distinct = np.unique(ordered)
    if len(distinct) <= most:
        return distinct
    sums = np.concatenate([[0], np.cumsum(ordered, dtype=np.float64)])
    levels = np.quantile(distinct, (np.arange(most) + 0.5) / most)
    for _ in range(ROUNDS):
        ends = np.searchsorted(ordered, (levels[1:] + levels[:-1]) / 2)
        bounds = np.concatenate([[0], ends, [len(ordered)]])
        counts = np.diff(bounds)
        levels = np.where(counts > 0, np.diff(sums[bounds]) / np.maximum(counts, 1), levels)
    return np.unique(levels.astype(np.float32))
