"""Signals to train on, and drawing them from a signal generator."""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import Readable
from gansurrogate.recorded import RecordedSignals
from gansurrogate.signals import SignalArray, SignalGenerator
from gansurrogate.spec import SignalSpec

FEWEST = 100  # that a signal generator is asked for, however slow it is
PIECE_BYTES = 2**25  # looked at together: recordings may be larger than memory


@dataclass(frozen=True)
class Recordings:
    """Signals with the conditions they were taken under.

    Attributes
    ----------
    name : str
        Of the signal generator or of the file, without suffix.
    spec : SignalSpec
    signals : array of shape (n, *spec.shape)
        float32 in ``spec.unit``, or int64 ids of tokens. It may lie on the disk (a memory map), and rows may overlap
        (windows).
    conditions : dict
        Name to encoded values of shape (n,): float32, or int64 level indices.
    provenance : dict
        For the manifest: where the signals come from.
    file : dict, optional
        Arguments of `from_file` that read them again.
    """

    name: str
    spec: SignalSpec
    signals: SignalArray
    conditions: dict[str, NDArray[Any]]
    provenance: dict[str, Any]
    file: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if bad := sum(int((~np.isfinite(part.reshape(len(part), -1)).all(1)).sum()) for part in pieces(self.signals)):
            msg = (
                f"{bad} of {len(self.signals)} signals of {self.name} hold NaN or infinity (or values beyond float32);"
                " remove them first"
            )
            raise RecordingsError(msg)
        if all((part == self.signals[0]).all() for part in pieces(self.signals)):
            msg = f"all signals of {self.name} are identical; there is nothing to learn"
            raise RecordingsError(msg)

    def digest(self) -> str:
        """SHA-256 over the specification, the signals and their conditions."""
        total = hashlib.sha256(json.dumps(self.spec.to_dict(), sort_keys=True).encode())
        for part in pieces(self.signals):
            total.update(np.ascontiguousarray(part).data)
        for name in sorted(self.conditions):
            total.update(name.encode() + self.conditions[name].tobytes())
        return total.hexdigest()

    def signal_generator(self, *, repeat: bool = False, tolerance: float = 0.0) -> RecordedSignals:
        """These recordings as a signal generator of the same name: see `gansurrogate.RecordedSignals`."""
        conditions = {c.name: c.decode(self.conditions[c.name]) for c in self.spec.conditions}
        return RecordedSignals(self.name, self.spec, self.signals, conditions, repeat=repeat, tolerance=tolerance)


def pieces(array: Readable) -> Iterator[NDArray[Any]]:
    """Piece after piece of `array`, along its first dimension."""
    size = max(1, PIECE_BYTES // (4 * math.prod(array.shape[1:])))
    for first in range(0, array.shape[0], size):
        yield np.asarray(array[first : first + size])


def from_signal_generator(
    signal_generator: SignalGenerator,
    n: int,
    seed: int,
    *,
    seconds: float = float("inf"),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Recordings:
    """Draw up to `n` signals, fewer if there are no more or `seconds` run out, under conditions that it draws.

    Parameters
    ----------
    signal_generator : SignalGenerator
    n : int
        Number of signals wanted.
    seed : int
    seconds : float
        Time allowed [s]; a slow simulator stops after it, but not below 100 signals.
    progress : callable
        Called with the number of signals done and wanted.
    """
    n = n if signal_generator.count is None else min(n, signal_generator.count)
    drawn = signal_generator.draw_conditions(n, rng=seed)
    signals: list[SignalArray] = []
    done, began = 0, time.monotonic()
    while done < n and (done < FEWEST or time.monotonic() - began < seconds):
        size = min(signal_generator.rows_per_seed, n - done)
        given = {name: values[done : done + size] for name, values in drawn.items()}
        signals.append(signal_generator.sample(size, conditions=given, rng=seed, start=done))
        done += size
        progress(done, n)
    spec = signal_generator.spec
    encoded = spec.encode_conditions({name: values[:done] for name, values in drawn.items()}, done)
    provenance = {"signal_generator": signal_generator.name}
    return Recordings(signal_generator.name, spec, np.concatenate(signals), encoded, provenance)
