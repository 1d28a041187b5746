"""The signal generator: the real, slow or costly thing that a surrogate stands in for."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.arguments import RNGLike, check_integer, seed_of
from gansurrogate.conditions import Domain
from gansurrogate.spec import SignalSpec, check_signals

FloatArray = NDArray[np.float32]
SignalArray = NDArray[Any]  # of ``spec.dtype``: float32, or int64 for the ids of tokens


@runtime_checkable
class Sampler(Protocol):
    """What a host program needs; a signal generator, its surrogate and `gansurrogate.guard` of the two answer to it."""

    @property
    def spec(self) -> SignalSpec:
        """What one signal is."""

    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        domain: Domain = "error",
    ) -> SignalArray:
        """Signals of rows ``start`` to ``start + n``."""

    def draw_conditions(self, n: int, *, rng: RNGLike = None, start: int = 0) -> dict[str, NDArray[Any]]:
        """Conditions for these rows, ready for `sample`."""


@dataclass(frozen=True)
class Cost:
    """What one real signal costs: money [USD] and time [s]."""

    usd: float = 0.0
    seconds: float = 0.0


class SignalGenerator(ABC):
    """Base class of simulators, experiments and files of recordings.

    A subclass gives `name`, `spec` and `simulate`; sampling by row, seeds and domain checks come from here.

    Attributes
    ----------
    name : str
        Under which the command line and `gansurrogate.signal_generator` find it.
    spec : SignalSpec
        What one signal is.
    cost : Cost, optional
        What one real signal costs, for the sums that a surrogate saves.
    rows_per_seed : int
        How many rows share one seed. 1 suits a simulator that computes one signal at a time. A larger number
        lets a vectorised `simulate` work on whole arrays; then the number of random draws must not depend on
        the conditions, so that rows stay independent of each other.
    count : int, optional
        How many rows there are, from 0 on; None for as many as are asked for.
    """

    name: str
    spec: SignalSpec
    cost: Cost | None = None
    rows_per_seed: int = 1
    count: int | None = None

    @abstractmethod
    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> ArrayLike:
        """Compute `n` signals.

        Parameters
        ----------
        n : int
            Number of signals.
        rng : numpy.random.Generator
            The only source of randomness.
        **conditions : array of shape (n,)
            One per condition of the spec, in its unit (levels as written in the spec); (n, *shape) for an array
            condition.

        Returns
        -------
        array of shape (n, *spec.shape)
            In ``spec.unit``, or ids of tokens.
        """

    def features(self, signals: SignalArray) -> dict[str, NDArray[np.float64]]:
        """Physical parameters recovered from signals, by name; judges compare their distributions.

        Parameters
        ----------
        signals : array of shape (n, *spec.shape)

        Returns
        -------
        dict
            Name to array of shape ``(n,)``; empty if the physics offers none.
        """
        return {}

    def draw_conditions(self, n: int, *, rng: RNGLike = None, start: int = 0) -> dict[str, NDArray[Any]]:
        """Draw conditions for rows ``start`` to ``start + n``: uniform over each range.

        A subclass whose physics knows a better distribution may override this; row i depends on (seed, i) only.

        Returns
        -------
        dict
            Name to array of shape (n, *shape of the condition), ready for ``sample(n, conditions=...)`` with the same
            `start`.
        """
        return self.spec.draw_conditions(check_integer(n, "n"), seed_of(rng), check_integer(start, "start"))

    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        domain: Domain = "error",
    ) -> SignalArray:
        """Simulate rows ``start`` to ``start + n`` of the stream that `rng` stands for.

        Row i depends on (seed, i, conditions of i) only, as with a surrogate.

        Parameters
        ----------
        n : int
            Number of signals.
        conditions : mapping of name to a number or an array of shape (n,)
            Every condition of the spec, in its unit; of an array condition one array, or (n, *shape).
        rng : int, numpy Generator, BitGenerator, SeedSequence or None
            An int is the seed itself; None takes fresh entropy.
        start : int
            First row.
        domain : "error", "warn", "clip", "ignore" or "simulate"
            What to do with conditions outside their range; a signal generator simulates them anyway.

        Returns
        -------
        array of shape (n, *spec.shape)
            float32 in ``spec.unit``, or int64 ids of tokens.

        Raises
        ------
        ArgumentError, ConditionError
            For impossible arguments.
        SpecError
            If `simulate` returns something else than the spec says.
        """
        n = check_integer(n, "n")
        start = check_integer(start, "start")
        seed, group = seed_of(rng), check_integer(self.rows_per_seed, "rows_per_seed", least=1)
        encoded = self.spec.encode_conditions(conditions, n, domain)
        signals = np.empty((n, *self.spec.shape), self.spec.dtype)
        for number in range(start // group, -(-(start + n) // group) if n else 0):
            # Rows of one seed are always simulated together; `wanted` is the part of it that was asked for.
            first = number * group
            rows = np.clip(np.arange(first, first + group), start, start + n - 1) - start
            wanted = slice(max(start - first, 0), min(start + n - first, group))
            seeds = np.random.SeedSequence(seed % 2**64, spawn_key=(number,))
            inputs = {c.name: c.decode(encoded[c.name][rows]) for c in self.spec.conditions}
            simulated = self.simulate(group, np.random.default_rng(seeds), **inputs)
            checked = check_signals(simulated, self.spec, group, f"simulate() of {self.name!r}")
            signals[first + wanted.start - start : first + wanted.stop - start] = checked[wanted]
        return signals
