"""Signals to train on, and drawing them from a signal generator."""

import hashlib
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
        """SHA-256 over the signals and conditions."""
        total = hashlib.sha256(np.ascontiguousarray(self.signals).tobytes())
        for name in sorted(self.conditions):
            total.update(name.encode() + self.conditions[name].tobytes())
        return total.hexdigest()


def from_generator(
    generator: SignalGenerator,
    n: int,
    seed: int,
    *,
    seconds: float = float("inf"),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Recordings:
    """Draw up to `n` signals, fewer if `seconds` run out; conditions are drawn by the generator.

    Parameters
    ----------
    generator : SignalGenerator
    n : int
        Number of signals wanted.
    seed : int
    seconds : float
        Time allowed [s]; a slow simulator stops after it, but not below 100 signals.
    progress : callable
        Called with the number of signals done and wanted.
    """
    drawn = generator.draw_conditions(n, np.random.default_rng(np.random.SeedSequence(seed % 2**64, spawn_key=(0,))))
    signals: list[FloatArray] = []
    done, began = 0, time.monotonic()
    while done < n and (done < FEWEST or time.monotonic() - began < seconds):
        size = min(generator.block, n - done)
        given = {name: values[done : done + size] for name, values in drawn.items()}
        signals.append(generator.sample(size, conditions=given, rng=seed, start=done))
        done += size
        progress(done, n)
    encoded = generator.spec.encode_conditions({k: v[:done] for k, v in drawn.items()}, done)
    provenance = {"signal_generator": generator.name, "signal_generator_version": generator.version}
    return Recordings(generator.name, generator.spec, np.concatenate(signals), encoded, provenance)
