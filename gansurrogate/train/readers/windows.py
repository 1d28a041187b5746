"""What a file holds as signals: windows cut from a long recording, or signals as they are."""

from collections.abc import Sequence

import numpy as np

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import Selection
from gansurrogate.signals import FloatArray
from gansurrogate.spec import Axis


def arranged(
    array: FloatArray, axes: Sequence[Axis], rate: float | None, selection: Selection, source: str
) -> tuple[FloatArray, Sequence[Axis]]:
    """Signals of shape (n, *shape) with their axes; views of `array`, whatever their number."""
    if selection.window is not None:
        return _windows(array, axes, rate, selection.window, selection.stride or 1, source)
    if selection.channels_last:
        if array.ndim != 3:
            msg = f"channels_last takes signals (n, length, channels); those in {source} have shape {array.shape}"
            raise RecordingsError(msg)
        return array.swapaxes(1, 2), axes[::-1]
    return array, axes


def _windows(
    record: FloatArray, axes: Sequence[Axis], rate: float | None, window: int, stride: int, source: str
) -> tuple[FloatArray, Sequence[Axis]]:
    """Windows (n, window) of a recording (length,), or (n, channels, window) of one (length, channels).

    Time begins at 0 in each.
    """
    if len(record) < window:
        msg = f"a window of {window} samples is longer than the recording in {source}, which has {len(record)}"
        raise RecordingsError(msg)
    cut = np.lib.stride_tricks.sliding_window_view(record, window, axis=0)[::stride]
    time = axes[0] if axes else Axis("sample") if rate is None else Axis("time", "s", 0.0, 1 / rate)
    channels = (axes[1] if axes else Axis("channel"),) if record.ndim == 2 else ()
    return cut, (*channels, Axis(time.name, time.unit, 0.0, time.step))
