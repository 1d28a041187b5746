"""npy with signals; npz with signals, conditions and more by name, or with a whole specification."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import RecordingsError, SpecError
from gansurrogate.reading import FileContent, Selection
from gansurrogate.spec import SignalSpec
from gansurrogate.train.readers import spool
from gansurrogate.train.readers.arrays import SIGNALS, content


def read(path: Path, selection: Selection) -> FileContent:
    """An npy file is mapped into memory if it is large, an npz file is read."""
    if path.suffix.lower() == ".npy" and path.stat().st_size > spool.MOST_BYTES:
        return FileContent(np.load(path, mmap_mode="r", allow_pickle=False))
    with path.open("rb") as file:
        loaded = np.load(file, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return FileContent(loaded)
        arrays = {name: loaded[name] for name in loaded.files}
    if "spec" in arrays and selection.window is None and not selection.channels_last:
        return _specified(arrays, path)
    return content(arrays, selection, path)


def _specified(arrays: dict[str, NDArray[Any]], path: Path) -> FileContent:
    """What ``gansurrogate simulate`` and run folders write."""
    try:
        spec = SignalSpec.from_dict(json.loads(str(arrays.pop("spec"))))
    except (SpecError, ValueError) as error:
        msg = f"the specification in {path} is none: {error}"
        raise RecordingsError(msg) from error
    names = [condition.name for condition in spec.conditions]
    if missing := [name for name in (SIGNALS, *names) if name not in arrays]:
        msg = f"{path} has a specification but no {', '.join(missing)}"
        raise RecordingsError(msg)
    signals = arrays.pop(SIGNALS)
    if spec.shape != signals.shape[1:]:
        msg = f"the specification in {path} says signals of shape {spec.shape}; they have {signals.shape[1:]}"
        raise RecordingsError(msg)
    return FileContent(
        signals=signals,
        unit=spec.unit,
        sampling_rate=spec.sampling_rate,
        axes=spec.axes,
        conditions={name: arrays[name] for name in names},
        known=spec.conditions,
        tokens=spec.tokens,
    )
