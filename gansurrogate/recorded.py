"""Recordings in place of a simulator: signals that were measured once, drawn row by row."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.arguments import RNGLike, check_integer, seed_of
from gansurrogate.conditions import Domain
from gansurrogate.errors import ArgumentError, ConditionError, SpecError
from gansurrogate.signals import SignalArray, SignalGenerator
from gansurrogate.spec import SignalSpec, check_signals

Rows = NDArray[np.int64]


class RecordedSignals(SignalGenerator):
    """A signal generator that plays recordings.

    A seed puts the recordings into an order, and row i is the i-th of that order: the first ``len(signals)`` rows are
    all recordings, each once. Where there are conditions, `draw_conditions` gives those under which the recordings of
    these rows were taken, and `sample` answers them with just these recordings. Under other conditions it answers each
    row with the recording taken nearest to them, or refuses. Where no two recordings share their conditions, these say
    all, and no randomness is left for the seed.

    Parameters
    ----------
    name : str
    spec : SignalSpec
        What one recording is.
    signals : array of shape (n, *spec.shape)
        In ``spec.unit``. It may lie on the disk: only the rows that are asked for are read.
    conditions : mapping of name to array of shape (n,)
        Every condition of the spec, in its unit; (n, *shape) of an array condition.
    repeat : bool
        What becomes of rows beyond the recordings. False refuses them: a recording twice looks like one more
        measurement to a training or a test, and is none. True plays all recordings again, in another order each time.
    tolerance : float
        How far from what is asked for a recording may have been taken, as a share of each condition's range. With 0
        only conditions that were recorded are answered. Levels always have to agree.

    Raises
    ------
    SpecError, ConditionError
        If signals or conditions are not what the spec says.
    ArgumentError
        For a negative tolerance.
    """

    def __init__(
        self,
        name: str,
        spec: SignalSpec,
        signals: SignalArray,
        conditions: Mapping[str, ArrayLike] | None = None,
        *,
        repeat: bool = False,
        tolerance: float = 0.0,
    ) -> None:
        if not isinstance(spec, SignalSpec):
            msg = f"the spec of recordings {name!r} is a gansurrogate.SignalSpec; got {spec!r}"
            raise SpecError(msg)
        shape = getattr(signals, "shape", ())
        if not shape or not shape[0] or tuple(shape[1:]) != spec.shape:
            expected = ", ".join(map(str, ("n", *spec.shape)))
            msg = f"recordings {name!r} are an array of shape ({expected}); got {shape or type(signals).__name__}"
            raise SpecError(msg)
        check_signals(signals[:1], spec, 1, f"recordings {name!r}")  # a wrong type is told now, not with the first row
        if not isinstance(tolerance, int | float) or not tolerance >= 0:
            msg = f"tolerance is a share of each condition's range, at least 0; got {tolerance!r}"
            raise ArgumentError(msg)
        self.name, self.spec, self.signals = name, spec, signals
        self.conditions = spec.encode_conditions(conditions, len(signals))
        self.repeat, self.tolerance = repeat, tolerance
        self.count = None if repeat else len(signals)

    def simulate(self, n: int, rng: np.random.Generator, **conditions: NDArray[Any]) -> SignalArray:
        """`n` recordings in random order."""
        rounds = -(-n // len(self.signals))
        own = np.concatenate([rng.permutation(len(self.signals)) for _ in range(rounds)])[:n]
        return self._play(own, conditions, "ignore")

    def draw_conditions(self, n: int, *, rng: RNGLike = None, start: int = 0) -> dict[str, NDArray[Any]]:
        """The conditions under which the recordings of these rows were taken."""
        own = self._order(n, seed_of(rng), start)
        return {c.name: c.decode(self.conditions[c.name][own]) for c in self.spec.conditions}

    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        domain: Domain = "error",
    ) -> SignalArray:
        """The recordings of rows ``start`` to ``start + n``; see `SignalGenerator.sample`.

        Raises
        ------
        ArgumentError
            For rows beyond the recordings.
        ConditionError
            For conditions under which nothing was recorded.
        """
        return self._play(self._order(n, seed_of(rng), start), conditions, domain)

    def _order(self, n: int, seed: int, start: int) -> Rows:
        """Which recordings the rows are."""
        n, start, size = check_integer(n, "n"), check_integer(start, "start"), len(self.signals)
        if start + n > size and not self.repeat:
            msg = (
                f"{self.name!r} has {size} recordings, and rows up to {start + n} are asked for: ask for fewer, or play"
                " them again with repeat=True"
            )
            raise ArgumentError(msg)
        orders = [
            np.random.default_rng(np.random.SeedSequence(seed % 2**64, spawn_key=(number,))).permutation(size)
            for number in range(start // size, -(-(start + n) // size))
        ]
        return np.concatenate([*orders, np.empty(0, np.int64)])[start % size :][:n]

    def _play(self, own: Rows, conditions: Mapping[str, ArrayLike] | None, domain: Domain) -> SignalArray:
        """The recordings `own`, or those taken nearest to `conditions`."""
        asked = self.spec.encode_conditions(conditions, len(own), domain)
        chosen = own.copy()
        other = np.zeros(len(own), bool)
        for name, values in asked.items():
            other |= (values != self.conditions[name][own]).reshape(len(own), -1).any(1)
        for row in np.flatnonzero(other):
            chosen[row] = self._nearest({name: values[row] for name, values in asked.items()}, own[row])
        return check_signals(self.signals[chosen], self.spec, len(own), f"recordings {self.name!r}")

    def _nearest(self, asked: Mapping[str, NDArray[Any]], own: int) -> int:
        """The recording taken nearest to one row's conditions; of several, each for as many `own`."""
        distance = np.zeros(len(self.signals))
        for c in self.spec.conditions:
            differs = self.conditions[c.name] - asked[c.name]
            if c.low is None or c.high is None:
                away = np.where(differs == 0, 0.0, np.inf)
            else:
                away = np.abs(differs.astype(float)) / (c.high - c.low)
            distance = np.maximum(distance, away.reshape(len(distance), -1).max(1))
        least = distance.min()
        if not least <= self.tolerance:
            wanted = ", ".join(f"{c.name} {c.decode(asked[c.name])}" for c in self.spec.conditions)
            nearest = "with these levels" if np.isinf(least) else f"nearer than {least:.3g} of the range"
            msg = (
                f"{self.name!r} has no recording {nearest} (tolerance {self.tolerance:g}) for {wanted}: ask for"
                " conditions that draw_conditions() gives, or allow a larger tolerance"
            )
            raise ConditionError(msg)
        candidates = np.flatnonzero(distance == least)
        return int(candidates[own * len(candidates) // len(self.signals)])
