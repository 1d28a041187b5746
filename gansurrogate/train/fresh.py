"""Endless data: signals simulated while the training goes on, in worker processes.

They are the rows of the signal generator's own stream, so that a resumed training meets the same signals.
"""

import signal
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Self

import torch

from gansurrogate.signals import SignalGenerator
from gansurrogate.train.conditions import as_tensors
from gansurrogate.train.data import Part

AHEAD = 4  # chunks per worker that wait to be used
CHUNK = 32  # rows, at least; whole groups of rows that share a seed


class Fresh:
    """Batches of signals that were never seen before. To be used in a ``with`` block, which ends the workers.

    Parameters
    ----------
    signal_generator : SignalGenerator
        Picklable where processes are not forked.
    seed : int
        Of its stream.
    first : int
        Rows before this one belong to the recordings.
    workers : int
        Processes that simulate.

    Attributes
    ----------
    position : int
        Rows given out; may be set before the first batch.
    """

    def __init__(self, signal_generator: SignalGenerator, seed: int, first: int, workers: int) -> None:
        group = signal_generator.rows_per_seed
        self.size = group * -(-CHUNK // group)
        self.first = -(-first // group) * group
        self.seed, self.workers, self.position = seed, workers, 0
        self._pool = ProcessPoolExecutor(workers, initializer=_begin, initargs=(signal_generator,))
        self._asked: deque[Future[Part]] = deque()
        self._rest: Part | None = None

    def batch(self, size: int) -> Part:
        """The next `size` signals.

        Raises
        ------
        Exception
            What `simulate` raised in a worker.
        """
        if self._rest is None:
            self._next_chunk = self.position // self.size
            self._rest = self._chunk().each(lambda tensor: tensor[self.position % self.size :])
        while len(self._rest.signals) < size:
            self._rest = _joined(self._rest, self._chunk())
        given, self._rest = self._rest.each(lambda t: t[:size]), self._rest.each(lambda t: t[size:])
        self.position += size
        return given

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _chunk(self) -> Part:
        while len(self._asked) < AHEAD * self.workers:
            start = self.first + self._next_chunk * self.size
            self._asked.append(self._pool.submit(_simulate, self.seed, start, self.size))
            self._next_chunk += 1
        return self._asked.popleft().result()


_signal_generator: SignalGenerator  # of a worker


def _begin(signal_generator: SignalGenerator) -> None:
    """Ctrl-C reaches every process of a terminal; the training saves and ends its workers itself."""
    global _signal_generator  # one generator for the life of a worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a forked worker has the training's handler
    torch.set_num_threads(1)
    _signal_generator = signal_generator


def _simulate(seed: int, start: int, n: int) -> Part:
    drawn = _signal_generator.draw_conditions(n, rng=seed, start=start)
    signals = _signal_generator.sample(n, conditions=drawn, rng=seed, start=start)
    spec = _signal_generator.spec
    encoded = spec.encode_conditions(drawn, n)
    return Part(torch.from_numpy(signals), as_tensors(spec.conditions, encoded))


def _joined(a: Part, b: Part) -> Part:
    pairs = zip(a.conditions, b.conditions, strict=True)
    return Part(torch.cat([a.signals, b.signals]), tuple(torch.cat(pair) for pair in pairs))
