"""Signals to train on: drawn from a signal generator, or read from a file of recordings."""

import hashlib
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import RecordingsError, SpecError
from gansurrogate.signals import FloatArray, SignalGenerator
from gansurrogate.spec import Condition, SignalSpec

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
            msg = f"{bad} of {len(self.signals)} signals of {self.name} hold NaN or infinity; remove them first"
            raise RecordingsError(msg)
        if np.ptp(self.signals) == 0:
            msg = f"all signals of {self.name} are the same constant; there is nothing to learn"
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
    drawn = generator.draw_conditions(n, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,))))
    signals: list[FloatArray] = []
    done, began = 0, time.monotonic()
    while done < n and (done < FEWEST or time.monotonic() - began < seconds):
        size = min(generator.block, n - done)
        given = {name: values[done : done + size] for name, values in drawn.items()}
        signals.append(generator.sample(size, conditions=given, rng=seed, start=done))
        done += size
        progress(done, n)
    encoded, _ = generator.spec.encode_conditions({k: v[:done] for k, v in drawn.items()}, done)
    provenance = {"signal_generator": generator.name, "signal_generator_version": generator.version}
    return Recordings(generator.name, generator.spec, np.concatenate(signals), encoded, provenance)


def from_file(path: Path) -> Recordings:
    """Read signals from an npy file (signals on the first axis) or an npz file.

    An npz file holds ``signals`` and one array per condition, named like it; numbers make a continuous
    condition over the range they cover, strings and integers of up to 64 values a categorical one.
    ``gansurrogate simulate -o FILE.npz`` adds the full specification.

    Raises
    ------
    RecordingsError
        If the file cannot be used; the message says why.
    """
    try:
        loaded = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise RecordingsError(msg) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        msg = f"{path} is not an npy or npz file of numbers: {error}"
        raise RecordingsError(msg) from error
    arrays = {"signals": loaded} if isinstance(loaded, np.ndarray) else _members(loaded, path)
    if "signals" not in arrays:
        msg = f"{path} has no array 'signals'; it holds {', '.join(arrays) or 'nothing'}"
        raise RecordingsError(msg)
    signals = arrays.pop("signals")
    if signals.ndim < 2 or signals.dtype.kind not in "fiu":
        msg = f"the signals in {path} are an array of numbers (n, length); got {signals.dtype} {signals.shape}"
        raise RecordingsError(msg)
    spec_text = arrays.pop("spec", None)
    try:
        if spec_text is None:
            conditions = tuple(_condition(name, values) for name, values in arrays.items())
            spec = SignalSpec(signals.shape[1:], conditions=conditions)
        else:
            spec = SignalSpec.from_dict(json.loads(str(spec_text)))
        encoded, _ = spec.encode_conditions(arrays, len(signals))
    except (SpecError, ValueError) as error:
        msg = f"the conditions in {path} do not fit its {len(signals)} signals: {error}"
        raise RecordingsError(msg) from error
    floats = np.ascontiguousarray(signals, np.float32)
    return Recordings(path.stem, spec, floats, encoded, {"file": path.name})


def _members(archive: Any, path: Path) -> dict[str, NDArray[Any]]:
    try:
        with archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        msg = f"{path} is damaged: {error}"
        raise RecordingsError(msg) from error


def _condition(name: str, values: NDArray[Any]) -> Condition:
    if values.dtype.kind in "US" or (values.dtype.kind in "iu" and len(np.unique(values)) <= 64):
        return Condition(name, levels=tuple(np.unique(values).tolist()))
    return Condition(name, low=float(values.min()), high=float(values.max()))
