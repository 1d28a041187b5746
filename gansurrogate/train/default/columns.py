"""The columns of a table cut into windows: which carry something of their own, and each one's way to normal scores.

Measured columns hold ties (a sensor that repeats its last value, a counter, a bound), copies of each other, and
densities of any form. Normal scores have none of that: a Gaussian model of them gets every column's density right.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from torch import Tensor, nn

Array = NDArray[np.float64]

SMOOTH = 64  # knots for what is continuous; more would draw the sample's own bumps
MOST_ATOMS = 96  # two knots each
ATOM = 0.01  # share of the values from which a repeated one is an atom
RAMP = 0.01  # share of an atom's plateau, on each side, left to the way to the next value
STEEPEST = 50.0  # standard deviations per score: rounding must not turn one tied value into the next
EXPLAINED = 1e-9  # variance, relative to its own, that a column leaves which others determine


class Columns(nn.Module):
    """Normal scores (n, kept, length) -> signals (n, channels, length), and back.

    Constant channels, copies, and linear combinations of others are left out and rebuilt.

    Parameters
    ----------
    signals : tensor of shape (n, channels, length)

    Attributes
    ----------
    kept : list of int
        Channels that carry something of their own.
    """

    knots: Tensor
    values: Tensor
    rebuild: Tensor
    offset: Tensor

    def __init__(self, signals: Tensor) -> None:
        super().__init__()
        table = signals.transpose(1, 2).flatten(0, 1).double().numpy()  # (n length, channels)
        self.kept, rebuild, offset = _independent(table)
        self.register_buffer("rebuild", torch.from_numpy(rebuild).float())
        self.register_buffer("offset", torch.from_numpy(offset).float()[:, None])
        self.columns = [_Column(table[:, channel]) for channel in self.kept]
        # A power of two of knots for the search by halves; the spare ones lie beyond every score.
        self.halvings = max(len(column.scores) for column in self.columns).bit_length()
        size = 2**self.halvings
        spare = [size - len(column.scores) for column in self.columns]
        knots = [np.append(c.scores, 1e6 + np.arange(k)) for c, k in zip(self.columns, spare, strict=True)]
        values = [np.pad(c.values, (0, k), mode="edge") for c, k in zip(self.columns, spare, strict=True)]
        self.register_buffer("knots", torch.from_numpy(np.stack(knots)).float())
        self.register_buffer("values", torch.from_numpy(np.stack(values)).float())

    def forward(self, scores: Tensor) -> Tensor:
        """Signals (n, channels, length): straight lines between knots, level within an atom and beyond the ends."""
        count = self.knots.shape[1]
        row = count * torch.arange(len(self.knots), device=scores.device)[:, None]
        index = row.expand(scores.shape)  # of the knot below, in the tables laid flat
        knots, values = self.knots.flatten(), self.values.flatten()
        for half in (2**k for k in reversed(range(self.halvings))):
            index = torch.where(scores >= knots[index + half], index + half, index)
        below, above = knots[index], knots[index + 1]
        share = ((scores - below) / (above - below)).clamp(0, 1)
        kept = values[index] + share * (values[index + 1] - values[index])
        return self.rebuilt(kept)

    def rebuilt(self, kept: Tensor) -> Tensor:
        """Signals (n, channels, length) from the values (n, kept, length) of the channels that are kept."""
        return self.rebuild @ kept + self.offset

    def scores(self, signals: Tensor, seed: int = 0) -> Tensor:
        """Normal scores (n, kept, length) of `signals`; a run of equal tied values gets one draw within its tie."""
        random = np.random.default_rng(seed)
        parts = [
            c.of(signals[:, channel].double().numpy(), random)
            for c, channel in zip(self.columns, self.kept, strict=True)
        ]
        return torch.from_numpy(np.stack(parts, 1)).float()


class _Column:
    """The quantile function of one column: values at normal scores."""

    def __init__(self, column: Array) -> None:
        levels, counts = np.unique(column, return_counts=True)
        n = len(column)
        edges = np.append(0, np.cumsum(counts)) / n
        few = len(levels) <= MOST_ATOMS
        commonest = np.sort(counts)[-min(MOST_ATOMS, len(counts))]
        tied = np.full(len(levels), True) if few else counts >= max(ATOM * n, commonest, 2)
        width = counts[tied] / n
        self.atoms = levels[tied]
        low = np.maximum(edges[:-1][tied] + RAMP * width, 0.25 / n)
        high = np.minimum(edges[1:][tied] - RAMP * width, 1 - 0.25 / n)
        places, values = np.append(low, high), np.append(self.atoms, self.atoms)
        if not few:
            middle = (edges[1:] + edges[:-1]) / 2
            smooth = np.append(ndtr(np.linspace(-3.9, 3.9, SMOOTH)), (0.5 / n, 1 - 0.5 / n))
            smooth = smooth[(smooth >= 0.5 / n) & (smooth <= 1 - 0.5 / n)]
            smooth = smooth[~tied[np.searchsorted(edges, smooth, "right") - 1]]
            places, values = np.append(places, smooth), np.append(values, np.interp(smooth, middle, levels))
        order = np.argsort(places, kind="stable")
        self.values = np.maximum.accumulate(values[order])
        way = np.cumsum(np.append(0, np.diff(self.values) / (STEEPEST * column.std()) + 1e-4))
        self.scores = np.maximum.accumulate(ndtri(places[order]) - way) + way
        ends = self.scores[np.argsort(order)[: 2 * len(self.atoms)]]
        self.low, self.high = ends[: len(self.atoms)], ends[len(self.atoms) :]
        self.below, self.width = edges[:-1][tied], width

    def of(self, x: Array, random: np.random.Generator) -> Array:
        """Normal scores of `x` (n, length)."""
        scores: Array = np.interp(x, self.values, self.scores)
        if not len(self.atoms):
            return scores
        atom = np.clip(np.searchsorted(self.atoms, x), 0, len(self.atoms) - 1)
        begins = np.concatenate([np.full((len(x), 1), True), x[:, 1:] != x[:, :-1]], 1)
        first = np.maximum.accumulate(np.where(begins, np.arange(x.shape[1]), 0), 1)  # of the run
        drawn = np.take_along_axis(random.random(x.shape), first, 1)
        within = np.clip(ndtri(self.below[atom] + self.width[atom] * drawn), self.low[atom], self.high[atom])
        tied: Array = np.where(self.atoms[atom] == x, within, scores)
        return tied


def _independent(table: Array) -> tuple[list[int], Array, Array]:
    """Columns to keep, and the matrix (channels, kept) and offset (channels,) that give all channels from them."""
    channels = table.shape[1]
    mean, spread = table.mean(0), table.std(0)
    sample = table[np.random.default_rng(0).permutation(len(table))[:20_000]]
    kept: list[int] = []
    rebuild, offset = np.zeros((channels, channels)), np.zeros(channels)
    for channel in range(channels):
        if np.ptp(table[:, channel]) == 0:
            offset[channel] = table[0, channel]
        elif copied := _copied(table, channel, kept):
            rebuild[channel, copied] = 1
        elif (weights := _determined((sample - mean) / np.maximum(spread, 1e-30), channel, kept)) is not None:
            rebuild[channel, kept] = weights * spread[channel] / spread[kept]
            offset[channel] = mean[channel] - rebuild[channel] @ mean
        else:
            kept.append(channel)
            rebuild[channel, channel] = 1
    return kept, rebuild[:, kept], offset


def _copied(table: Array, channel: int, kept: Sequence[int]) -> list[int]:
    return [k for k in kept if np.array_equal(table[:, k], table[:, channel])][:1]


def _determined(sample: Array, channel: int, kept: list[int]) -> Array | None:
    """Weights of the kept columns that give a channel, all in their own spread; None if they do not."""
    if not kept:
        return None
    weights = np.linalg.lstsq(sample[:, kept], sample[:, channel], rcond=1e-9)[0].astype(np.float64)
    return weights if np.var(sample[:, channel] - sample[:, kept] @ weights) < EXPLAINED else None
