"""Which reader takes a file: the ending of its name says it. Plugins add endings."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from gansurrogate.errors import PluginError, RecordingsError
from gansurrogate.plugins import installed
from gansurrogate.reading import FileContent, Reader, Selection

# Module of this package: what its files are, and how their names end.
_FORMATS = {
    "numpy_files": ("an npy or npz file of numbers and texts", (".npy", ".npz")),
    "csv_files": ("a table of numbers", (".csv", ".tsv", ".csv.gz", ".tsv.gz")),
    "text_files": ("a text or a table of numbers", (".txt", ".txt.gz")),
    "parquet_files": ("a Parquet file", (".parquet",)),
    "hdf5_files": ("an HDF5 file", (".h5", ".hdf5", ".nc")),
    "zarr_stores": ("a zarr store", (".zarr",)),
    "wav_files": ("a WAV file", (".wav",)),
    "mat_files": ("a MAT file", (".mat",)),
    "idx_files": ("an IDX file", ("-ubyte", "-ubyte.gz", ".idx", ".idx.gz")),
}
_MODULES = {ending: module for module, (_, endings) in _FORMATS.items() for ending in endings}


class Format(NamedTuple):
    """How to read the files whose names end in `ending`."""

    ending: str
    title: str
    read: Reader


def format_of(path: Path) -> Format | None:
    """The format of a file, None if it is not known. The module that reads it is imported when it reads.

    Raises
    ------
    PluginError
        If two claim the ending.
    """
    own = max((ending for ending in _MODULES if path.name.lower().endswith(ending)), key=len, default=None)
    offered = installed().reader(path.name)
    if offered is not None:
        if offered[0] == own:
            msg = (
                f"a plugin offers a reader for {own}, which gansurrogate reads itself: uninstall it, or rename the file"
            )
            raise PluginError(msg)
        if own is None or len(offered[0]) > len(own):
            return Format(offered[0], f"a {offered[0]} file", offered[1])
    if own is None:
        return None
    module = _MODULES[own]

    def read(path: Path, selection: Selection) -> FileContent:
        content: FileContent = import_module(f"gansurrogate.train.readers.{module}").read(path, selection)
        return content

    return Format(own, _FORMATS[module][0], read)


def required_format_of(path: Path) -> Format:
    """The format of a file.

    Raises
    ------
    RecordingsError
        If it is not known; the message lists the endings that are.
    """
    if (found := format_of(path)) is None:
        endings = ", ".join(sorted({*_MODULES, *installed().readers}))
        msg = f"no reader for {path}; known endings: {endings}. Convert it, or install a plugin that reads it"
        raise RecordingsError(msg)
    return found


def is_recordings(source: str) -> bool:
    """Whether `source` means a file rather than a signal generator."""
    path = Path(source)
    return format_of(path) is not None or (path.suffix != "" and path.is_file())


def name_of(path: Path) -> str:
    """The file's name without folder and ending."""
    found = format_of(path)
    return path.name[: -len(found.ending)] if found and len(found.ending) < len(path.name) else path.stem
