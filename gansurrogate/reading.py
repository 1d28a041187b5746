"""Files of recordings: what a reader is asked for, and what it gives back. The types of the hook `register_readers`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import ArrayLike

from gansurrogate.conditions import Condition
from gansurrogate.errors import ArgumentError
from gansurrogate.spec import Axis


class Readable(Protocol):
    """An array that is read where it is sliced along its first dimension: of numpy, h5py, zarr, ..."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""

    @property
    def dtype(self) -> Any:
        """Its numpy type."""

    def __getitem__(self, rows: Any, /) -> Any:
        """Some of its rows."""


@dataclass(frozen=True)
class Selection:
    """What a user wants of a file.

    Parameters
    ----------
    dataset : str, optional
        Name of the array within the file; of a table, its column.
    conditions : sequence of str, optional
        Names of the arrays or columns that are conditions. None takes those that the file offers.
    window : int, optional
        Samples of a signal that is cut from one long recording. Without it the file holds signal after signal.
    stride : int, optional
        Samples from the beginning of one window to that of the next; 1 by default.
    channels_last : bool
        Signals are stored as (n, length, channels) and turned round.

    Raises
    ------
    ArgumentError
        For numbers that are impossible, and for options that exclude each other.
    """

    dataset: str | None = None
    conditions: Sequence[str] | None = None
    window: int | None = None
    stride: int | None = None
    channels_last: bool = False

    def __post_init__(self) -> None:
        for name, value, least in (("window", self.window, 2), ("stride", self.stride, 1)):
            if value is not None and (type(value) is not int or value < least):
                msg = f"{name} is a whole number of samples, at least {least}; got {value!r}"
                raise ArgumentError(msg)
        if isinstance(self.conditions, str):
            msg = f"conditions are a list of names; got the text {self.conditions!r}: put it into brackets"
            raise ArgumentError(msg)
        if self.window is None and self.stride is not None:
            msg = "a stride is between windows: give window too"
            raise ArgumentError(msg)
        if self.window is not None and (self.conditions or self.channels_last):
            msg = "windows are cut from a recording whose channels are last, and have no conditions: leave both out"
            raise ArgumentError(msg)


@dataclass(frozen=True)
class FileContent:
    """What a file of recordings holds.

    Parameters
    ----------
    signals : array of shape (n, *shape)
        Numbers of any type, in `unit`. With ``selection.window`` one long recording of shape (length,) or
        (length, channels). An array that is read where it is sliced may be larger than memory.
    unit : str
        Of the values.
    sampling_rate : float, optional
        [Hz].
    axes : sequence of Axis, optional
        One per dimension of a signal, or of the long recording.
    conditions : mapping of name to array of shape (n,), or (n, *shape) for one array per signal
        Numbers or texts, as a user writes them.
    known : sequence of Condition
        Conditions that the file describes. Others get their range or levels from their values.
    units : mapping of name to str
        Of the conditions that are not `known`.
    tokens : sequence of str
        The vocabulary, if signals are sequences of tokens and hold their ids.
    provenance : mapping
        What the manifest should say of the source besides the file's name: plain JSON.
    """

    signals: Readable
    unit: str = ""
    sampling_rate: float | None = None
    axes: Sequence[Axis] = ()
    conditions: Mapping[str, ArrayLike] = field(default_factory=dict)
    known: Sequence[Condition] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    tokens: Sequence[str] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)


Reader = Callable[[Path, Selection], FileContent]
