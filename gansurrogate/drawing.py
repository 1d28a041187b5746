"""A request's tiles, computed by a session: one, all into an array, or all into the device's memory."""

from typing import Any

import numpy as np

from gansurrogate.errors import ArgumentError, ArgumentTypeError
from gansurrogate.parallel import run_all
from gansurrogate.providers import CPU
from gansurrogate.request import Request
from gansurrogate.session import Session
from gansurrogate.signals import SignalArray


def draw_tile(session: Session, request: Request, first: int) -> SignalArray:
    """The tile that begins at row `first` of `request`.

    Away from the CPU every call has one shape, so that no kernel is searched and no memory grows. On the CPU a
    short call is only quicker.
    """
    feeds = request.feeds(first, padded=session.provider != CPU)
    return session.run(feeds)[: request.n - first]


def fill(session: Session, request: Request, signals: SignalArray, threads: int) -> None:
    """Compute `request` into `signals`, several tiles at a time."""

    def one(first: int) -> None:
        block = draw_tile(session, request, first)
        signals[first : first + len(block)] = block

    run_all(one, request.firsts(), threads)


def draw_on_device(session: Session, request: Request) -> Any:
    """The signals as an OrtValue in the device's memory."""
    buffer = session.device_buffer(request.n)
    for first, feeds in request.overlapping():
        session.run_into(feeds, buffer, first)
    return buffer


def output_of(shape: tuple[int, ...], dtype: np.dtype[Any], out: SignalArray | None) -> SignalArray:
    """The array that is filled: `out`, if it fits, or a new one.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If `out` does not fit.
    """
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray) or out.dtype != dtype:
        msg = f"out is an array of {dtype}; got {getattr(out, 'dtype', type(out).__name__)}"
        raise ArgumentTypeError(msg)
    if out.shape != shape or not out.flags.writeable:
        msg = f"out is a writeable array of shape {shape}; got {out.shape}"
        raise ArgumentError(msg)
    return out
