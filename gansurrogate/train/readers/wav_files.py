"""WAV: one long recording with its sampling rate, in the numbers of the converter (integers are not scaled)."""

import warnings
from pathlib import Path

from scipy.io import wavfile

from gansurrogate.errors import RecordingsError
from gansurrogate.reading import FileContent, Selection


def read(path: Path, selection: Selection) -> FileContent:
    """The recording, (length,) or (length, channels)."""
    if selection.window is None:
        msg = f"{path} is one long recording: say how many samples a signal has with window (--window 1024)"
        raise RecordingsError(msg)
    with warnings.catch_warnings():
        warnings.simplefilter("error", wavfile.WavFileWarning)  # of a truncated file
        warnings.filterwarnings("ignore", "Chunk .non-data. not understood", wavfile.WavFileWarning)  # its title, ...
        rate, record = wavfile.read(path)
    return FileContent(record, sampling_rate=float(rate))
