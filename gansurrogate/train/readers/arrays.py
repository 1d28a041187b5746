"""Files that hold arrays by name: which are the signals, and what the others say of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import FileContent, Readable, Selection
from gansurrogate.train.readers.axes import TIMES, along, axis, rate_along

SIGNALS = "signals"
RATES = ("sampling_rate", "fs", "Fs")
UNITS = ("unit", "units")


def pick(arrays: Mapping[str, Readable], selection: Selection, path: Path) -> str:
    """The name of the signals: as the user says, ``signals``, or the only array that can be signals.

    Raises
    ------
    RecordingsError
        If there is no such array; the message lists what there is.
    """
    if (name := selection.dataset or SIGNALS) in arrays:
        return name
    least = 1 if selection.window else 2
    candidates = [k for k, a in arrays.items() if len(a.shape) >= least and a.dtype.kind in "fiu"]
    if selection.dataset is None and len(candidates) == 1:
        return candidates[0]
    held = ", ".join(f"{name} {tuple(array.shape)}" for name, array in arrays.items()) or "nothing"
    msg = f"{path} has no array {name!r}; it holds {held}. Name the signals with dataset (--dataset)"
    raise RecordingsError(msg)


def content(arrays: Mapping[str, NDArray[Any]], selection: Selection, path: Path) -> FileContent:
    """Signals beside conditions of their length; ``fs`` or ``sampling_rate`` [Hz], ``unit``, ``time`` or ``t``."""
    others = dict(arrays)
    signals = others.pop(pick(arrays, selection, path))
    rates = [others.pop(name) for name in RATES if name in others and others[name].size == 1]
    units = [others.pop(name) for name in UNITS if name in others and others[name].size == 1]
    place = 0 if selection.window else -2 if selection.channels_last else -1
    length = signals.shape[place:][:1]
    times = [others.pop(name) for name in TIMES if name in others and others[name].shape == length]
    found = axis("time", "s", times[0]) if times else None
    axes = along(found, signals.ndim, selection) if found else ()
    rate = float(rates[0].item()) if rates else rate_along(axes)
    return FileContent(signals, str(units[0].item()) if units else "", rate, axes, others)
