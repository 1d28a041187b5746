"""A file of recordings, of any format that has a reader, as `Recordings`."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import MissingPackageError, PluginError, RecordingsError, SurrogateError
from gansurrogate.reading import FileContent, Selection
from gansurrogate.signals import FloatArray
from gansurrogate.spec import Axis, SignalSpec
from gansurrogate.train.readers.conditions import infer, plain
from gansurrogate.train.readers.find import name_of, required_format_of
from gansurrogate.train.readers.spool import spooled
from gansurrogate.train.readers.windows import arranged
from gansurrogate.train.recordings import Recordings


def from_file(
    path: str | os.PathLike[str],
    *,
    window: int | None = None,
    stride: int | None = None,
    dataset: str | None = None,
    conditions: Sequence[str] | None = None,
    channels_last: bool = False,
) -> Recordings:
    """Read recordings; the ending of the file's name says the format.

    Signals that take more than 1 GiB stay on the disk: in their file if that holds plain float32, otherwise in a
    temporary one.

    Parameters
    ----------
    path : path-like
    window : int, optional
        Cut one long recording, (length,) or (length, channels), into signals of this many samples.
    stride : int, optional
        Samples from the beginning of one window to that of the next; 1 by default.
    dataset : str, optional
        Name of the array within the file; of a table, its column. By default ``signals``, or the only array.
    conditions : sequence of str, optional
        Names of the arrays or columns that are conditions, none if it is empty. By default those that the file offers.
    channels_last : bool
        Signals are stored as (n, length, channels).

    Returns
    -------
    Recordings

    Raises
    ------
    RecordingsError
        If the file cannot be used; the message says why.
    ArgumentError
        For options that are impossible.
    MissingPackageError
        If the format's package is not installed.
    """
    path = Path(path)
    selection = Selection(dataset, conditions, window, stride, channels_last)
    content, array = _read(path, selection)
    signals, axes = arranged(array, content.axes, content.sampling_rate, selection, str(path))
    spec, encoded = _conditions(path, content, signals, axes, selection)
    options = {name: value for name, value in asdict(selection).items() if value not in (None, False)}
    provenance = {"file": path.name, **options, **content.provenance}
    return Recordings(name_of(path), spec, signals, encoded, provenance, {"path": str(path.absolute()), **options})


def _read(path: Path, selection: Selection) -> tuple[FileContent, FloatArray]:
    """What the file holds, and its signals as float32."""
    found = required_format_of(path)
    if not path.exists():
        msg = f"there is no file {path}"
        raise RecordingsError(msg)
    try:
        content = found.read(path, selection)
        if not isinstance(content, FileContent):
            msg = f"the reader for {found.ending} files must give a gansurrogate.FileContent; got {content!r}"
            raise PluginError(msg)
        _check(path, content, selection)
        return content, spooled(content.signals, np.int64 if content.tokens else np.float32)
    except SurrogateError:
        raise
    except ModuleNotFoundError as error:
        msg = f"reading {path} needs the package {error.name}, which is not installed"
        raise MissingPackageError(msg) from error
    except Exception as error:  # the formats' packages and plugins fail in any way
        msg = f"{path} is not {found.title}, or not a whole one: {str(error) or type(error).__name__}"
        raise RecordingsError(msg) from error


def _check(path: Path, content: FileContent, selection: Selection) -> None:
    shape, kind = content.signals.shape, content.signals.dtype.kind
    long = selection.window is not None
    if kind not in "fiub" or 0 in shape or len(shape) not in ((1, 2) if long else range(2, 9)):
        expected = "one long recording (length,) or (length, channels)" if long else "an array of numbers (n, length)"
        hint = ": to cut it into signals give a window (--window 256)" if len(shape) == 1 and not long else ""
        msg = f"the signals in {path} are {expected}; got {content.signals.dtype} {tuple(shape)}{hint}"
        raise RecordingsError(msg)


def _conditions(
    path: Path, content: FileContent, signals: FloatArray, axes: Sequence[Axis], selection: Selection
) -> tuple[SignalSpec, dict[str, NDArray[Any]]]:
    """The specification, and the conditions as the surrogate file takes them."""
    n = len(signals)
    offered = {} if selection.window else content.conditions
    names = list(offered) if selection.conditions is None else list(selection.conditions)
    if missing := [name for name in names if name not in offered]:
        msg = f"{path} has no condition {', '.join(missing)}; it offers {', '.join(offered) or 'none'}"
        raise RecordingsError(msg)
    known = {condition.name: condition for condition in content.known}
    try:
        given = {name: plain(offered[name]) for name in names}
        conditions = tuple(
            known.get(name) or infer(name, values, n, content.units.get(name, "")) for name, values in given.items()
        )
        spec = SignalSpec(signals.shape[1:], content.unit, content.sampling_rate, axes, conditions, content.tokens)
        return spec, spec.encode_conditions(given, n)
    except (SurrogateError, ValueError) as error:
        msg = f"what {path} says does not fit its {n} signals: {error}"
        raise RecordingsError(msg) from error
