"""Memorisation: do generated signals lie closer to the training signals than unseen real ones do?

1 says no, 0 is a copy, and much above 1 is a poor likeness. C. Meehan, K. Chaudhuri and S. Dasgupta, "A
non-parametric test to detect data-copying in generative models", AISTATS 2020, compare the same two distances.
"""

import numpy as np
from numpy.typing import NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate

ASKED = 1000  # signals of each kind, at most
AT_ONCE = 100


def memorisation_ratio(training: Array, drawn: Array, held_out: Array, *, seed: int = 0) -> Estimate:
    """Median distance of drawn signals to the nearest training signal, over that of held-out real ones.

    Parameters
    ----------
    training, drawn, held_out : array of shape (n, *shape)
        Distances are Euclidean, of values in standard deviations of their channel in the training signals.
    seed : int
        Of the signals asked, 1000 of each at most, and of the interval's resamples.

    Returns
    -------
    Estimate

    Raises
    ------
    ArgumentError
        If the shapes differ.
    """
    if not training.shape[1:] == drawn.shape[1:] == held_out.shape[1:]:
        msg = (
            "training, drawn and held-out signals must have one shape;"
            f" got {training.shape[1:]}, {drawn.shape[1:]} and {held_out.shape[1:]}"
        )
        raise ArgumentError(msg)
    random = np.random.default_rng(seed)
    known, new, unseen = _scaled(training, drawn, held_out)
    asked = [random.permutation(len(side))[:ASKED] for side in (new, unseen)]
    return _ratio(_nearest(new[asked[0]], known), _nearest(unseen[asked[1]], known), seed)


def windows_memorisation_ratio(windows: Array, drawn: Array, overlap: int, *, seed: int = 0) -> Estimate:
    """The same for windows cut from one recording, all of them trained on: none is held out.

    Median distance of drawn windows to the nearest real one, over that of real windows to the nearest real one which
    shares no sample with them.

    Parameters
    ----------
    windows : array of shape (n, *shape)
        In the order of time.
    drawn : array of shape (m, *shape)
    overlap : int
        Windows i and j share samples if abs(i - j) < overlap; 1 if no two do.
    seed : int

    Returns
    -------
    Estimate
        Its interval takes windows as independent; overlapping ones make it too narrow.

    Raises
    ------
    ArgumentError
        If the shapes differ, or if all windows overlap.
    """
    if windows.shape[1:] != drawn.shape[1:] or not 1 <= overlap <= len(windows) // 2:
        msg = (
            "windows and drawn ones must have one shape, and overlap with at most half of the windows;"
            f" got {windows.shape}, {drawn.shape} and an overlap of {overlap}"
        )
        raise ArgumentError(msg)
    random = np.random.default_rng(seed)
    known, new = _scaled(windows, drawn)
    asked = [random.permutation(len(side))[:ASKED] for side in (new, known)]
    between = _nearest(known[asked[1]], known, asked[1], overlap)
    return _ratio(_nearest(new[asked[0]], known), between, seed)


def _scaled(*sides: Array) -> list[NDArray[np.float64]]:
    """All sides as tables (n, values), in standard deviations of the first one's channels."""
    channels = [side.reshape(len(side), -1, side.shape[-1]).astype(np.float64) for side in sides]
    mean, spread = channels[0].mean((0, 2), keepdims=True), channels[0].std((0, 2), keepdims=True)
    spread = np.where(spread > 0, spread, 1)
    return [((side - mean) / spread).reshape(len(side), -1) for side in channels]


def _nearest(
    asked: NDArray[np.float64],
    known: NDArray[np.float64],
    places: NDArray[np.intp] | None = None,
    overlap: int = 0,
) -> NDArray[np.float64]:
    """Distance of each asked signal to the nearest known one; not counted are those nearer than `overlap` in place."""
    squares = np.square(known).sum(1)
    nearest = np.empty(len(asked))
    for first in range(0, len(asked), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        apart = np.square(asked[part]).sum(1)[:, None] + squares - 2 * asked[part] @ known.T
        if places is not None:
            apart[np.abs(places[part, None] - np.arange(len(known))) < overlap] = np.inf
        nearest[part] = np.sqrt(np.maximum(apart.min(1), 0))
    return nearest


def _ratio(drawn: NDArray[np.float64], real: NDArray[np.float64], seed: int) -> Estimate:
    if (real < 1e-6 * max(float(drawn.max()), 1e-300)).mean() > 0.1:
        msg = "real signals that should be unseen are among those trained on: hold others out"
        raise ArgumentError(msg)
    return Estimate.of_resamples(lambda a, b: float(np.median(a) / np.median(b)), drawn, real, seed)
