"""The host stays as it was while a plugin is loaded: what a plugin changes in passing is put back, and told."""

import io
import logging
import os
import pickle
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

import numpy as np

from gansurrogate.plain import printable

SLOW = 1.0  # [s] to import: every program that samples waits for it
SHOWN = 80  # characters of what was printed
_alone = threading.RLock()  # streams are the process's: two visits at once would put back each other's
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_alone.acquire, after_in_parent=_alone.release, after_in_child=_alone.release)


class Visit:
    """What was noticed of a plugin: seconds it took, and remarks."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.remarks: list[str] = []


@contextmanager
def supervised() -> Iterator[Visit]:
    """Let a plugin's code run; its output is kept from the host, and the host's state is put back.

    Kept: standard output and error of this thread, warning filters, the global random states of Python and numpy, the
    current folder, the root logger, and signal handlers. There is no time limit: an import cannot be stopped from
    outside without leaving half-made modules behind. It is timed instead, and a slow one is named.
    """
    with _alone:
        visit, said = Visit(), io.StringIO()
        before = [read() for _, read, _ in _STATES]
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = (cast("TextIO", _Deaf(stream, said)) if stream else stream for stream in streams)
        began = time.perf_counter()
        try:
            yield visit
        finally:
            visit.seconds = time.perf_counter() - began
            sys.stdout, sys.stderr = streams
            if text := said.getvalue().strip():
                visit.remarks.append(f"printed {printable(text[:SHOWN])!r}: a library does not")
            for old, (name, read, put) in zip(before, _STATES, strict=True):
                if read() != old:
                    put(old)
                    visit.remarks.append(f"changed {name}: put back")
            if visit.seconds > SLOW:
                visit.remarks.append(
                    f"took {visit.seconds:.1f} s: import what is heavy inside the functions that need it"
                )


class _Deaf:
    """A stream that keeps what one thread writes, and passes on what the others do."""

    def __init__(self, stream: TextIO, kept: io.StringIO) -> None:
        self._stream, self._kept, self._thread = stream, kept, threading.get_ident()

    def write(self, text: str) -> int:
        return (self._kept if threading.get_ident() == self._thread else self._stream).write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # a text, to be compared
    except OSError:  # somebody has removed it
        return ""


def _put_folder(folder: str) -> None:
    if folder:
        os.chdir(folder)


def _root_logger() -> tuple[list[logging.Handler], int]:
    root = logging.getLogger()
    return list(root.handlers), root.level


def _put_root_logger(state: tuple[list[logging.Handler], int]) -> None:
    root = logging.getLogger()
    root.handlers[:] = state[0]
    root.setLevel(state[1])


def _put_filters(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]  # a list, whatever the stubs promise
    warnings._filters_mutated()  # type: ignore[attr-defined]  # as warnings.catch_warnings does


def _signals() -> list[Any]:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


def _put_signals(handlers: list[Any]) -> None:
    for number, handler in zip((signal.SIGINT, signal.SIGTERM), handlers, strict=True):
        if handler is not None:  # None: not of Python, and not to be put back by it
            signal.signal(number, handler)


_STATES: tuple[tuple[str, Callable[[], Any], Callable[[Any], None]], ...] = (
    ("the warning filters", lambda: list(warnings.filters), _put_filters),
    ("Python's random state", random.getstate, random.setstate),
    # pickled, so that it can be compared whatever generator a program has put there
    (
        "numpy's global random state",
        lambda: pickle.dumps(np.random.get_state(legacy=False)),  # noqa: NPY002
        lambda state: np.random.set_state(pickle.loads(state)),  # noqa: NPY002
    ),
    ("the current folder", _folder, _put_folder),
    ("the root logger", _root_logger, _put_root_logger),
    ("the handlers of Ctrl-C and SIGTERM", _signals, _put_signals),
)
