"""Latent sweeps: what a surrogate's signal does when a single latent goes from end to end."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate import rowlaw
from gansurrogate.fidelity.estimate import Array
from gansurrogate.fidelity.network import Network
from gansurrogate.latent import Latent
from gansurrogate.signals import SignalArray

MOST = 4  # latents that are shown
STEPS = 7  # from end to end
REACH = 2.0  # ends of a normal latent, in standard deviations; 95 % lie between
BUDGET = 2**24  # values of signals, to find the leading latents, which takes seconds
FEWEST = 600  # signals, however large they are
ROWS = 32  # at most, two at least, around which each latent is turned
POSITIONS = 3  # of a latent that is turned: its ends and its middle


class LatentSweep(NamedTuple):
    """The signals along one latent, all others at their middle.

    Attributes
    ----------
    name : str
        The place of the draw among those of a row, and its kind.
    share : float
        Of the variance that turning one latent at a time makes, around rows as they are drawn: this latent's.
    values : array of shape (steps,)
        The latent's, or the number of the class.
    signals : array of shape (steps, *spec.shape)
    """

    name: str
    share: float
    values: NDArray[np.float64]
    signals: SignalArray


class _Dial(NamedTuple):
    """One draw of a row: the columns of the latents that it sets, and what they hold at each step (steps, columns)."""

    name: str
    columns: NDArray[np.intp]
    positions: NDArray[np.float32]
    values: NDArray[np.float64]


def latent_sweeps(
    network: Network, conditions: Mapping[str, ArrayLike] | None = None, *, most: int = MOST, seed: int = 0
) -> list[LatentSweep]:
    """Sweeps of the leading latents, those that change the signal most.

    Parameters
    ----------
    network : Network
    conditions : mapping, optional
        One value of each, under which everything is drawn.
    most : int
        Number of sweeps. Of a row with very many draws only the first ones are looked at: of a signal of 1,000 values
        2,800, of a larger one fewer, at least 100.
    seed : int
        Of the rows around which each latent is turned.
    """
    blocks = network.manifest.latents
    middle, dials = _dials(blocks)
    turns = max(FEWEST, BUDGET // math.prod(network.manifest.spec.shape)) // POSITIONS
    dials = dials[: turns // 2]
    rows = rowlaw.latents(seed, np.arange(min(ROWS, turns // len(dials))), blocks)
    effects = np.array([_effect(network, dial, rows, conditions) for dial in dials])
    leading = np.argsort(-effects, kind="stable")[:most]
    total = max(float(effects.sum()), np.finfo(np.float64).tiny)
    sweeps = []
    for place in leading:
        dial = dials[place]
        latents = np.repeat(middle[None], len(dial.positions), 0)
        latents[:, dial.columns] = dial.positions
        signals = network.signals(latents, conditions)
        sweeps.append(LatentSweep(dial.name, float(effects[place]) / total, dial.values, signals))
    return sweeps


def _effect(
    network: Network, dial: _Dial, rows: NDArray[np.float32], conditions: Mapping[str, ArrayLike] | None
) -> float:
    """Variance of the signal, mean over rows and values, with the dial at its ends and in its middle."""
    chosen = dial.positions[[0, len(dial.positions) // 2, -1]]
    turned = np.repeat(rows[None], POSITIONS, 0)  # (positions, rows, width)
    turned[:, :, dial.columns] = chosen[:, None]
    signals: Array = network.signals(turned.reshape(-1, rows.shape[1]), conditions).reshape(POSITIONS, len(rows), -1)
    return float(signals.var(0, dtype=np.float64).mean())


def _dials(blocks: Sequence[Latent]) -> tuple[NDArray[np.float32], list[_Dial]]:
    """The latents' middle (width,), and all draws of a row: a categorical one is at its likeliest class there."""
    middle, dials, first = list[NDArray[np.float64]](), list[_Dial](), 0
    for block in blocks:
        if block.kind == "categorical":
            classes = np.eye(len(block.probabilities))
            likeliest = classes[int(np.argmax(block.probabilities))]
            middle.append(np.repeat(likeliest, block.size))
            values, positions = np.arange(len(classes), dtype=np.float64), classes
        else:
            low, high = _ends(block)
            middle.append(np.full(block.size, (low + high) / 2))
            values = np.linspace(low, high, STEPS)
            positions = values[:, None]
        for draw in range(block.size):
            columns = first + draw + block.size * np.arange(positions.shape[1])
            name = f"latent {len(dials)}, {block.kind.replace('_', ' ')}"
            dials.append(_Dial(name, columns, positions.astype(np.float32), values))
        first += block.width
    return np.concatenate(middle).astype(np.float32), dials


def _ends(block: Latent) -> tuple[float, float]:
    if block.kind == "uniform":
        return 0.025, 0.975
    if block.kind == "truncated_normal":
        assert block.low is not None
        assert block.high is not None
        return block.low, block.high
    return -REACH, REACH
