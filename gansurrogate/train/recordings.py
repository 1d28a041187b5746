"""Signals to train on, and drawing them from a signal generator."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import RecordingsError
from gansurrogate.signals import FloatArray, SignalGenerator
from gansurrogate.spec import SignalSpec

FEWEST = 100  # fewer say nothing about a distribution


@dataclass(frozen=True)
class Recordings:
    """Signals with the conditions they were taken under.

    Attributes
    ----------
    name : str
        Of the signal generator or of the file, without suffix.
    spec : SignalSpec
    signals : array of shape (n, *spec.shape)
        float32, in ``spec.unit``.
    conditions : dict
        Name to encoded values of shape (n,): float32, or int64 level indices.
    provenance : dict
        For the manifest: where the signals come from.
    """

    name: str
    spec: SignalSpec
    signals: FloatArray
    conditions: dict[str, NDArray[Any]]
    provenance: dict[str, Any]

    def __post_init__(self) -> None:
        if len(self.signals) < FEWEST:
            msg = f"training needs at least {FEWEST} signals; {self.name} gives {len(self.signals)}"
            raise RecordingsError(msg)
        if bad := int((~np.isfinite(self.signals.reshape(len(self.signals), -1)).all(1)).sum()):
            msg = (
                f"{bad} of {len(self.signals)} signals of {self.name} hold NaN or infinity (or values beyond float32);"
                " remove them first"
            )
            raise RecordingsError(msg)
        if self.signals[0].size < 2:
            msg = f"a signal holds at least two values; those of {self.name} have length 1"
            raise RecordingsError(msg)
        if not np.ptp(self.signals, axis=0).any():
            msg = f"all signals of {self.name} are identical; there is nothing to learn"
            raise RecordingsError(msg)

    def digest(self) -> str:
        """SHA-256 over the specification, the signals and their conditions."""
        total = hashlib.sha256(json.dumps(self.spec.to_dict(), sort_keys=True).encode())
        total.update(np.ascontiguousarray(self.signals).tobytes())
        for name in sorted(self.conditions):
            total.update(name.encode() + self.conditions[name].tobytes())
        return total.hexdigest()


def from_signal_generator(
    signal_generator: SignalGenerator,
    n: int,
    seed: int,
    *,
    seconds: float = float("inf"),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Recordings:
    """Draw up to `n` signals, fewer if `seconds` run out; conditions are drawn by the signal generator.

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
    drawn = signal_generator.draw_conditions(n, rng=seed)
    signals: list[FloatArray] = []
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
