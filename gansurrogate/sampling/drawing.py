"""A request's tiles, computed by a session: one, all into an array, or all into the device's memory."""

from typing import Any

import numpy as np

from gansurrogate.errors import ArgumentError, ArgumentTypeError
from gansurrogate.providers import CPU
from gansurrogate.sampling.parallel import run_all
from gansurrogate.sampling.request import Request
from gansurrogate.sampling.tiles import TileHooks
from gansurrogate.session import Session
from gansurrogate.signals import SignalArray


def draw_tile(session: Session, hooks: TileHooks, request: Request, first: int) -> SignalArray:
    """The tile that begins at row `first` of `request`.

    Away from the CPU every call has one shape, so that no kernel is searched and no memory grows. On the CPU a
    short call is only quicker.
    """
    feeds = request.feeds(first, padded=session.provider != CPU)
    n = min(request.tile, request.n - first)
    tile = hooks.begin(request, first, n) if hooks.before or hooks.after else None
    signals = session.run(feeds)[:n]
    if request.outside is not None and (outside := np.flatnonzero(request.outside[first : first + n])).size:
        given = {c.name: c.decode(request.conditions[c.name][first + outside]) for c in hooks.spec.conditions}
        signals[outside] = hooks.outside(request.seed, request.start + first + outside, given)
    return signals if tile is None else hooks.end(tile, signals)


def fill(session: Session, hooks: TileHooks, request: Request, signals: SignalArray, threads: int) -> None:
    """Compute `request` into `signals`, several tiles at a time."""

    def one(first: int) -> None:
        block = draw_tile(session, hooks, request, first)
        signals[first : first + len(block)] = block

    run_all(one, request.firsts(), threads)


def draw_on_device(session: Session, hooks: TileHooks, request: Request) -> Any:
    """The signals as an OrtValue in the device's memory.

    Raises
    ------
    ArgumentError
        If something has to be done with the signals on the host: by a plugin, or for rows outside the domain.
    """
    if hooks.after or request.outside is not None:
        who = f"the {hooks.after[0].owner} is to see them" if hooks.after else "some rows are to be simulated"
        msg = f"device_output=True leaves signals on the device, and {who}: leave it out"
        raise ArgumentError(msg)
    buffer = session.device_buffer(request.n)
    for first, feeds in request.overlapping():
        if hooks.before:
            hooks.begin(request, first, len(feeds["rows"]))
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
