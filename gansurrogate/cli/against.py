"""What a surrogate is held against: a signal generator, or files of recordings."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gansurrogate.plugins import installed
from gansurrogate.signals import SignalArray, SignalGenerator
from gansurrogate.spec import SignalSpec

if TYPE_CHECKING:
    from gansurrogate.fidelity import Sample
    from gansurrogate.fidelity.comparison import Recover


def real_sample(source: str, reading: dict[str, Any], n: int, seed: int, spec: SignalSpec) -> "Sample":
    """`n` real signals: fresh ones of a signal generator, or as many as a file holds of them, in random order.

    Tokens are in the ids of `spec`, the surrogate's.
    """
    from gansurrogate.fidelity import Sample

    if (generator := signal_generator(source)) is not None:
        drawn = Sample.drawn(generator, n, seed)
        return replace(drawn, signals=_as_ours(drawn.signals, generator.spec, spec, source))
    recordings = _recordings(source, reading)
    rows = np.random.default_rng(seed).permutation(len(recordings.signals))[:n]
    conditions = {c.name: c.decode(recordings.conditions[c.name][rows]) for c in recordings.spec.conditions}
    return Sample(_as_ours(np.asarray(recordings.signals[rows]), recordings.spec, spec, source), conditions)


def recorded_signals(source: str, reading: dict[str, Any], spec: SignalSpec) -> SignalArray:
    """All signals of a file; tokens in the ids of `spec`."""
    recordings = _recordings(source, reading)
    return _as_ours(np.asarray(recordings.signals), recordings.spec, spec, source)


def _as_ours(signals: SignalArray, theirs: SignalSpec, ours: SignalSpec, source: str) -> SignalArray:
    from gansurrogate.fidelity.vocabulary import in_vocabulary

    return in_vocabulary(signals, theirs, ours, source) if ours.tokens else signals


def recovering(source: str, spec: SignalSpec) -> "Recover":
    """What recovers parameters: the signal generator of this name; nothing of a file, nor of tokens in other ids."""
    if (generator := signal_generator(source)) is not None and generator.spec.tokens == spec.tokens:
        return generator.features
    return lambda signals: {}


def signal_generator(source: str) -> SignalGenerator | None:
    """The signal generator of this name; None if it names a file of recordings."""
    from gansurrogate.train.readers.find import is_recordings

    return None if is_recordings(source) else installed().signal_generator(source)


def _recordings(source: str, reading: dict[str, Any]) -> Any:
    from gansurrogate.train import from_file

    return from_file(Path(source), **reading)
