"""`guard`: a surrogate that calls the real thing where it was not trained, and watches itself where it was."""

import os
import weakref
from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.arguments import RNGLike, check_integer, seed_of
from gansurrogate.conditions import Domain
from gansurrogate.errors import ArgumentError, ArgumentTypeError, ConditionError, DriftError
from gansurrogate.guarding.domain import check_covers, inside, replaced
from gansurrogate.guarding.drift import DriftTest
from gansurrogate.guarding.report import GuardReport
from gansurrogate.guarding.selection import Selection
from gansurrogate.guarding.spot_check import Drawn, OnDrift, SpotCheck
from gansurrogate.sampling.readahead import Reader
from gansurrogate.scattered import Rows, simulate, unit_of
from gansurrogate.signals import Sampler, SignalArray, SignalGenerator
from gansurrogate.spec import SignalSpec

NONE = np.zeros(0, np.int64)
Alarm = Literal["warn", "raise"] | OnDrift


def guard(
    surrogate: Sampler,
    simulator: Sampler,
    *,
    check: float = 0.01,
    false_alarm: float = 0.01,
    tolerance: float = 0.6,
    on_drift: Alarm = "warn",
) -> "Guard":
    """A surrogate with its simulator behind it, as one drop-in for both.

    Rows whose conditions the surrogate covers come from the surrogate, the others from the simulator. Meanwhile a small
    share of the surrogate's rows is simulated as well, in a thread of its own, and a sequential test looks for a
    difference: Shekhar and Ramdas, "Nonparametric two-sample testing by betting" (IEEE Transactions on Information
    Theory 70, 2024).

    Parameters
    ----------
    surrogate : Surrogate
    simulator : SignalGenerator
        Gives the same kind of signal; its `simulate` may be called from another thread.
    check : float
        Share of the rows to compare, from 0 (none) to 1. Which rows depends on seed and row only.
    false_alarm : float
        The probability that an alarm is ever raised without cause, however long the surrogate is watched.
    tolerance : float
        From 0.5 to 1: an alarm has cause if of two signals under the same conditions the real one can be told more
        often than this. No surrogate is perfect, so 0.5 raises an alarm for any in the end.
    on_drift : "warn", "raise" or callable
        A drift is logged as a warning. With "raise", `sample` raises from then on; a callable is called once, in the
        thread of the check, with the `GuardReport`.

    Returns
    -------
    Guard

    Raises
    ------
    SpecError
        If the two do not give the same kind of signal, or the simulator covers less than the surrogate.
    ArgumentError, ArgumentTypeError
        For impossible arguments.
    """
    return Guard(surrogate, simulator, check, false_alarm, tolerance, on_drift)


class Guard:
    """What `guard` makes. Safe to use from several threads; pickles with what it guards, and counts anew there.

    ``with gs.guard(...) as guarded:`` ends the check at the end.
    """

    def __init__(
        self,
        surrogate: Sampler,
        simulator: Sampler,
        check: float,
        false_alarm: float,
        tolerance: float,
        on_drift: Alarm,
    ) -> None:
        for sampler in (surrogate, simulator):
            if not isinstance(sampler, Sampler):
                msg = f"guard() takes a surrogate and a signal generator, loaded; got {type(sampler).__name__}"
                raise ArgumentTypeError(msg)
        if isinstance(surrogate, SignalGenerator) and not isinstance(simulator, SignalGenerator):
            msg = "guard() takes the surrogate first, then the signal generator; these are the other way round"
            raise ArgumentTypeError(msg)
        try:
            possible = 0 <= check <= 1 and 0 < false_alarm < 1 and 0.5 <= tolerance < 1
        except TypeError:  # no numbers
            possible = False
        if not possible:
            msg = (
                "check is from 0 to 1, false_alarm between 0 and 1, tolerance from 0.5 to below 1;"
                f" got {check!r}, {false_alarm!r}, {tolerance!r}"
            )
            raise ArgumentError(msg)
        if not (on_drift in ("warn", "raise") or callable(on_drift)):
            msg = f"on_drift is 'warn', 'raise' or a function of the report; got {on_drift!r}"
            raise ArgumentError(msg)
        check_covers(simulator.spec, surrogate.spec)
        self._surrogate, self._simulator = surrogate, simulator
        self._options = check, false_alarm, tolerance, on_drift
        self._selection = Selection(check, unit_of(simulator)) if check else None
        self._reader = Reader()
        self._spot = self._watch()

    def __reduce__(self) -> tuple[Any, ...]:
        return Guard, (self._surrogate, self._simulator, *self._options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def spec(self) -> SignalSpec:
        """What one signal is: the simulator's spec, since its conditions are all answered."""
        return self._simulator.spec

    @property
    def report(self) -> GuardReport:
        """What has been done so far."""
        return self._current().report()

    def wait(self, timeout: float | None = None) -> GuardReport:
        """The report when no row waits to be compared, or after `timeout` seconds."""
        self._current().wait(timeout)
        return self.report

    def close(self) -> None:
        """End the spot check. Signals can still be drawn."""
        self._current().close()

    def draw_conditions(self, n: int, *, rng: RNGLike = None, start: int = 0) -> dict[str, NDArray[Any]]:
        """The simulator's conditions for these rows, ready for `sample`."""
        return self._simulator.draw_conditions(n, rng=rng, start=start)

    def sample(
        self,
        n: int,
        *,
        conditions: Mapping[str, ArrayLike] | None = None,
        rng: RNGLike = None,
        start: int = 0,
        domain: Domain = "error",
    ) -> SignalArray:
        """Rows ``start`` to ``start + n``, each from the surrogate if it covers the row's conditions.

        Row i depends on (surrogate, simulator, seed, i, conditions of i) only.

        Parameters
        ----------
        n : int
            Number of signals.
        conditions : mapping of name to a number or an array of shape (n,)
            Every condition of the spec, in its unit; of an array condition one array, or (n, *shape).
        rng : int, numpy Generator, BitGenerator, SeedSequence or None
            An int is the seed itself; None gives rows that nobody had before.
        start : int
            First row.
        domain : "error", "warn", "clip" or "ignore"
            What to do with conditions outside the range of the simulator.

        Returns
        -------
        array of shape (n, *spec.shape)
            In ``spec.unit``, or ids of tokens.

        Raises
        ------
        ArgumentError, ConditionError
            For impossible arguments.
        DriftError
            With ``on_drift="raise"``, once a drift was found.
        """
        n, start = check_integer(n, "n"), check_integer(start, "start")
        spot = self._current()
        if self._options[-1] == "raise" and spot.drifted:
            msg = f"{self.report}; train the surrogate anew, or call the simulator"
            raise DriftError(msg)
        seed, start = self._reader.fresh(n, start) if rng is None else (seed_of(rng), start)
        outside = NONE
        try:
            signals = self._surrogate.sample(n, conditions=conditions, rng=seed, start=start)
        except ConditionError:  # asking first would cost every call that needs no simulator
            conditions = self._decoded(conditions, n, domain)
            outside = np.flatnonzero(~inside(self._surrogate.spec, conditions, n))
            signals = self._mixed(n, conditions, seed, start, outside)
        spot.count(n, len(outside))
        if self._selection and n:
            chosen = self._selection.rows(seed, start, n) - start
            if len(outside):
                chosen = np.setdiff1d(chosen, outside, assume_unique=True)
            if len(chosen):
                spot.offer(Drawn(seed, chosen + start, signals[chosen], self._of(chosen, conditions or {}, n)))
        return signals

    def _mixed(
        self, n: int, conditions: Mapping[str, NDArray[Any]], seed: int, start: int, outside: Rows
    ) -> SignalArray:
        """Signals from both, those of the rows `outside` from the simulator."""
        if n and len(outside) == n:
            return simulate(self._simulator, outside + start, seed, conditions)
        covered = replaced(self._surrogate.spec, conditions, outside)
        signals = self._surrogate.sample(n, conditions=covered, rng=seed, start=start)
        if len(outside):
            signals[outside] = simulate(self._simulator, outside + start, seed, self._of(outside, conditions, n))
        return signals

    def _decoded(self, conditions: Mapping[str, ArrayLike] | None, n: int, domain: Domain) -> dict[str, NDArray[Any]]:
        """The conditions of each row as a user writes them, checked against the simulator's spec."""
        encoded = self.spec.encode_conditions(conditions, n, domain)
        return {c.name: c.decode(encoded[c.name]) for c in self.spec.conditions}

    def _of(self, rows: Rows, conditions: Mapping[str, ArrayLike], n: int) -> dict[str, NDArray[Any]]:
        """The conditions of some rows of a call."""
        given = {**self.spec.left_open, **conditions}
        return {c.name: c.repeat(given[c.name], n)[rows] for c in self.spec.conditions}

    def _current(self) -> SpotCheck:
        """The check of this process."""
        if self._spot.process != os.getpid():
            self._spot = self._watch()
        return self._spot

    def _watch(self) -> SpotCheck:
        _, false_alarm, tolerance, on_drift = self._options
        test = DriftTest(self.spec, false_alarm, tolerance)
        spot = SpotCheck(self._simulator, test, on_drift if callable(on_drift) else None)
        weakref.finalize(self, spot.close).atexit = False
        return spot
