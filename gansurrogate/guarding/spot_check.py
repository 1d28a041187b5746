"""Rows of a surrogate compared with the simulator's, in a thread that the host never waits for."""

import atexit
import math
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import logger
from gansurrogate.guarding.drift import BATCH, DriftTest
from gansurrogate.guarding.report import GuardReport
from gansurrogate.scattered import Rows, simulate, unit_of
from gansurrogate.signals import Sampler, SignalArray

WAITING, BYTES = 1024, 2**26  # rows at most, and their signals
GRACE = 5.0  # [s] that a process which ends waits for the simulation at hand

OnDrift = Callable[[GuardReport], object]


@dataclass
class Drawn:
    """Rows of one stream as the surrogate gave them, with their conditions as `simulate` takes them."""

    seed: int
    rows: Rows
    signals: SignalArray
    conditions: Mapping[str, NDArray[Any]]

    def __add__(self, other: "Drawn") -> "Drawn":
        conditions = {name: np.concatenate([v, other.conditions[name]]) for name, v in self.conditions.items()}
        rows, signals = (np.concatenate(pair) for pair in ((self.rows, other.rows), (self.signals, other.signals)))
        return Drawn(self.seed, rows, signals, conditions)

    def __getitem__(self, part: slice) -> "Drawn":
        conditions = {name: values[part] for name, values in self.conditions.items()}
        return Drawn(self.seed, self.rows[part], self.signals[part], conditions)


class SpotCheck:
    """Counts rows, and compares those that it is offered.

    The thread begins with the first offer and ends with `close`, with drift, or with an error of the simulator, which
    is logged. It does not keep a process alive.

    Attributes
    ----------
    process : int
        Where it works; a fork copies neither thread nor counts.
    drifted : bool
    """

    def __init__(self, simulator: Sampler, test: DriftTest, on_drift: OnDrift | None) -> None:
        self.process = os.getpid()
        self._simulator, self._test, self._on_drift = simulator, test, on_drift
        self._unit = unit_of(simulator)
        self._part = max(BATCH, self._unit)  # rows compared at a time
        signal = simulator.spec.dtype.itemsize * math.prod(simulator.spec.shape)  # [bytes]
        self._room = max(self._part, min(WAITING, BYTES // signal))
        self._rows = self._simulated = self._checked = self._waiting = self._skipped = 0
        self._error = ""
        self.drifted = False
        self._queue: deque[Drawn] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def report(self) -> GuardReport:
        """The counts so far."""
        with self._changed:
            wager, error = self._test.wager, self._error
            counts = self._rows, self._simulated, self._checked, self._waiting, self._skipped
            return GuardReport(*counts, wager.right + wager.wrong, wager.right, wager.wealth, self.drifted, error)

    def count(self, rows: int, simulated: int) -> None:
        """Note rows that the host was given."""
        with self._changed:
            self._rows += rows
            self._simulated += simulated

    def offer(self, drawn: Drawn) -> None:
        """Take rows to compare, as many as there is room for; the others are skipped."""
        with self._changed:
            if self._ended():
                return
            taken = drawn[: self._room - self._waiting]
            self._skipped += len(drawn.rows) - len(taken.rows)
            if not len(taken.rows):
                return
            self._waiting += len(taken.rows)
            self._queue.append(taken)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="gansurrogate-guard", daemon=True)
                self._thread.start()
                atexit.register(self._leave)
            self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> None:
        """Return when nothing is waiting to be compared, or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended() or not self._waiting, timeout)

    def close(self) -> None:
        """End the thread, after the simulation at hand; nobody waits for that."""
        if self.process != os.getpid():
            return  # a fork copied the lock, held or not, and no thread
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        atexit.unregister(self._leave)

    def _leave(self) -> None:
        """A thread within a simulator's library, while Python takes itself apart, could bring the process down."""
        self.close()
        if self._thread:
            self._thread.join(GRACE)

    def _ended(self) -> bool:
        return self._closed or self.drifted or bool(self._error)

    def _next(self) -> Drawn | None:
        """What to compare next; neighbouring offers of one stream together. None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended() or self._queue)
            if self._ended():
                self._queue.clear()
                return None
            drawn = self._queue.popleft()
            while self._queue and self._queue[0].seed == drawn.seed and len(drawn.rows) < self._part:
                drawn += self._queue.popleft()
            if len(drawn.rows) > self._part:
                self._queue.appendleft(drawn[self._part :])
            return drawn[: self._part]

    def _work(self) -> None:
        while drawn := self._next():
            try:
                self._compare(drawn)
            except Exception as error:  # a simulator may raise anything, and the host is elsewhere
                logger.warning("the spot check ends since the simulator failed", exc_info=True)
                with self._changed:
                    self._error = f"{type(error).__name__}: {error}"
                    self._changed.notify_all()
        if self.drifted:
            report = self.report()
            logger.warning("surrogate and simulator have drifted apart: %s", report)
            try:
                if self._on_drift:
                    self._on_drift(report)
            except Exception:
                logger.exception("the function that was to be told of the drift failed")

    def _compare(self, drawn: Drawn) -> None:
        real = []
        for first in range(0, len(drawn.rows), self._unit):
            if self._closed:
                return
            part = drawn[first : first + self._unit]
            # Another stream than the host's: pairs are independent even if the surrogate is a simulator itself.
            real.append(simulate(self._simulator, part.rows, ~part.seed, part.conditions))
        n = len(drawn.rows)
        given = self._simulator.spec.encode_conditions(drawn.conditions, n, "ignore")
        drifted = self._test.add(np.concatenate(real), drawn.signals, given)
        with self._changed:
            self._checked += n
            self._waiting -= n
            self.drifted = drifted
            self._changed.notify_all()
