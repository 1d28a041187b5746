"""Files of recordings: npy with signals, or npz with signals, conditions and specification."""

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import RecordingsError, SurrogateError
from gansurrogate.spec import SignalSpec
from gansurrogate.train.recordings import Recordings

MOST_LEVELS = 10  # integers of more different values are numbers, not categories


def from_file(path: Path) -> Recordings:
    """Read signals from an npy file (signals on the first axis) or an npz file.

    An npz file holds ``signals`` and one array per condition, named like it; numbers make a continuous
    condition over the range they cover, texts and integers of up to 10 values a categorical one.
    ``gansurrogate simulate -o FILE.npz`` adds the full specification.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Recordings

    Raises
    ------
    RecordingsError
        If the file cannot be used; the message says why.
    """
    arrays = _arrays(path)
    if "signals" not in arrays:
        msg = f"{path} has no array 'signals'; it holds {', '.join(arrays) or 'nothing'}"
        raise RecordingsError(msg)
    signals, stored = arrays.pop("signals"), arrays.pop("spec", None)
    if signals.ndim < 2 or signals.dtype.kind not in "fiu":
        msg = f"the signals in {path} are an array of numbers (n, length); got {signals.dtype} {signals.shape}"
        raise RecordingsError(msg)
    try:
        if stored is None:
            conditions = tuple(_condition(name, values, len(signals)) for name, values in arrays.items())
            spec = SignalSpec(signals.shape[1:], conditions=conditions)
        else:
            spec = SignalSpec.from_dict(json.loads(str(stored)))
        encoded = spec.encode_conditions(arrays, len(signals))
    except (SurrogateError, ValueError) as error:
        msg = f"the conditions in {path} do not fit its {len(signals)} signals: {error}"
        raise RecordingsError(msg) from error
    if spec.shape != signals.shape[1:]:
        msg = f"the specification in {path} says signals of shape {spec.shape}; they have {signals.shape[1:]}"
        raise RecordingsError(msg)
    with np.errstate(over="ignore"):  # too large for float32 becomes infinity, which Recordings refuses
        floats = np.ascontiguousarray(signals, np.float32)
    return Recordings(path.stem, spec, floats, encoded, {"file": path.name})


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of the file by name; that of an npy file is ``signals``."""
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            arrays = {"signals": loaded} if isinstance(loaded, np.ndarray) else {k: loaded[k] for k in loaded.files}
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise RecordingsError(msg) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        msg = f"{path} is not an npy or npz file of numbers and texts, or not a whole one: {error}"
        raise RecordingsError(msg) from error
    return {name: a.astype(str) if a.dtype.kind == "S" else a for name, a in arrays.items()}


def _condition(name: str, values: NDArray[Any], n: int) -> Condition:
    if values.shape != (n,) or values.dtype.kind not in "fiuU":
        got = f"shape {values.shape} of {values.dtype}"
        msg = f"condition {name!r} is {n} numbers or texts, one per signal; got {got}: take other arrays out"
        raise RecordingsError(msg)
    if values.dtype.kind == "U" or (values.dtype.kind in "iu" and len(np.unique(values)) <= MOST_LEVELS):
        return Condition(name, levels=tuple(np.unique(values).tolist()))
    return Condition(name, low=float(values.min()), high=float(values.max()))
