"""What a surrogate is held against: a signal generator, or files of recordings."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gansurrogate.plugins import installed
from gansurrogate.signals import SignalArray, SignalGenerator

if TYPE_CHECKING:
    from gansurrogate.fidelity import Sample
    from gansurrogate.fidelity.comparison import Recover


def real_sample(source: str, reading: dict[str, Any], n: int, seed: int) -> "Sample":
    """`n` real signals: fresh ones of a signal generator, or as many as a file holds of them, in random order."""
    from gansurrogate.fidelity import Sample

    if (generator := signal_generator(source)) is not None:
        return Sample.drawn(generator, n, seed)
    recordings = _recordings(source, reading)
    rows = np.random.default_rng(seed).permutation(len(recordings.signals))[:n]
    conditions = {c.name: c.decode(recordings.conditions[c.name][rows]) for c in recordings.spec.conditions}
    return Sample(np.asarray(recordings.signals[rows]), conditions)


def recorded_signals(source: str, reading: dict[str, Any]) -> SignalArray:
    """All signals of a file."""
    return np.asarray(_recordings(source, reading).signals)


def recovering(source: str) -> "Recover":
    """What recovers parameters: the signal generator of this name; nothing of a file."""
    if (generator := signal_generator(source)) is not None:
        return generator.features
    return lambda signals: {}


def signal_generator(source: str) -> SignalGenerator | None:
    """The signal generator of this name; None if it names a file of recordings."""
    from gansurrogate.train.readers.find import is_recordings

    return None if is_recordings(source) else installed().signal_generator(source)


def _recordings(source: str, reading: dict[str, Any]) -> Any:
    from gansurrogate.train import from_file

    return from_file(Path(source), **reading)
