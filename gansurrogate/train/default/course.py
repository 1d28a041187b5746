"""How a table goes on: what the values of an instant are measured from, and in which pieces they are known.

A column that often repeats its value or its last step is measured from its last value; any other from what a linear
regression foretells from the last two instants and from the columns before it. Either way little is left, and what is
left is cut into pieces.
"""

from typing import NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gansurrogate.train.default.pieces import cut

Array = NDArray[np.float64]
T = TypeVar("T", Array, Tensor)

ROUNDING = 2.5e-7  # of a column's largest value: steps that differ by less are equal; single precision has 6e-8
SCALED = 4  # times as much once values are in units of their spread, which rounds them again
HOLDS, GOES_ON = 0.02, 0.1  # share of the steps from which holding, or going on as before, is a habit
STEP = 0.3  # of a column's spread of steps: the scale on which steps are seen
SAMPLE = 60_000  # instants that a regression is fitted to
RIDGE = 1e-7


class Habits(NamedTuple):
    """What the columns of a table tend to do.

    Attributes
    ----------
    holds, goes_on : array of shape (columns,)
        Share of steps that are zero, or equal to the last one and not zero.
    kurtosis : array of shape (columns,)
        Of the steps; 3 for normal ones.
    """

    holds: Array
    goes_on: Array
    kurtosis: Array


class Course(nn.Module):
    """Columns of windows in units of their spread, cut into pieces.

    The tables have two rows: the first for an instant with one before it, the second for all later ones.

    Parameters
    ----------
    x : array of shape (n, length, columns)
        At least three instants; columns of zero mean and unit spread.
    grain : array of shape (columns,)
        Differences that are none in what `x` was measured in, over the spread; see `grain_of`.

    Attributes
    ----------
    base : tensor of shape (2, columns, 1 + 3 columns)
        From 1, the last instant, the one before, and this one's columns, to what each column is measured from.
    low, high, score, share : tensor of shape (2, columns, pieces)
        Of the pieces; those that a column lacks have no share.
    pieces : list of list of int
        How many each column has, by row of the tables.
    fresh, onward : tensor of shape (2, columns, pieces)
        0 for pieces that repeat a value or a step, else 1; 1 for the piece that repeats the last step, else 0.
    """

    base: Tensor
    low: Tensor
    high: Tensor
    score: Tensor
    share: Tensor
    fresh: Tensor
    onward: Tensor
    edges: Tensor
    step: Tensor
    grain: Tensor
    least: Tensor
    most: Tensor

    def __init__(self, x: Array, grain: Array) -> None:
        super().__init__()
        self.columns = x.shape[2]
        habits = habits_of(x, grain)
        grain = SCALED * grain
        self.onward_columns = np.flatnonzero(habits.goes_on > GOES_ON)
        self.foretold = np.flatnonzero((habits.holds <= HOLDS) & (habits.goes_on <= GOES_ON)).tolist()
        bases = [self._base(x[:, :2], 0), self._base(x, 1)]
        self.register_buffer("base", torch.from_numpy(np.stack(bases)).float())
        self.register_buffer("step", torch.from_numpy(STEP * np.diff(x, axis=1).std((0, 1)) + 1e-9).float())
        self.register_buffer("grain", torch.from_numpy(grain).float())
        self.register_buffer("least", torch.from_numpy(x.min((0, 1))).float())
        self.register_buffer("most", torch.from_numpy(x.max((0, 1))).float())
        self.pieces = self._cut(x, bases, grain)

    def choices(self, x: Tensor) -> Tensor:
        """The piece (n, length - 1, columns) of each value but the first of x (n, length, columns)."""
        return torch.cat([self._pieces(x[:, :2], 0), self._pieces(x, 1)], 1)

    def expected(self, phase: int, last: Tensor, before: Tensor) -> Tensor:
        """What the columns (..., columns) of an instant are measured from, but for the part of `beside`."""
        base = self.base[phase, :, : 1 + 2 * self.columns]
        expected: Tensor = base[:, 0] + torch.cat([last, before], -1) @ base[:, 1:].T
        return expected

    def beside(self, phase: int) -> Tensor:
        """The share (columns, columns) of each column, by row, that what is measured from the same instant has."""
        return self.base[phase, :, 1 + 2 * self.columns :]

    def relations(self, x: Array) -> Tensor:
        """Rows (relations, 1 + columns) that take 1 and an instant to how it stands to those before, of unit spread.

        One for each column that is foretold: what the columns before it, at the same instant, leave of it.
        """
        some = x.reshape(-1, self.columns)
        given = np.concatenate([np.ones((len(some), 1)), some], 1)[
            np.random.default_rng(0).permutation(len(some))[:SAMPLE]
        ]
        rows = np.zeros((len(self.foretold), 1 + self.columns))
        for row, column in zip(rows, self.foretold, strict=True):
            row[: 1 + column] = -_regression(given[:, : 1 + column], given[:, 1 + column])
            row[1 + column] = 1
            row /= (given @ row).std() + 1e-9
        return torch.from_numpy(rows).float()

    def _pieces(self, x: Tensor, phase: int) -> Tensor:
        last, before, now = _triples(x, phase)
        left = (
            (now - self.expected(phase, last, before) - now @ self.beside(phase).T).flatten(0, 1).T.contiguous()
        )  # (columns, n instants)
        chosen = torch.searchsorted(self.edges[phase], left)
        if phase == 1 and len(self.onward_columns):
            step, earlier = ((a - b).flatten(0, 1).T for a, b in ((now, last), (last, before)))
            same = (step - earlier).abs() <= self.grain[:, None]
            onward = self.onward[1].argmax(1)[:, None]  # the piece that repeats the last step
            habit = self.onward[1].amax(1)[:, None] > 0
            chosen = torch.where(same & habit, onward, chosen)
        return chosen.T.reshape(now.shape)

    def _base(self, x: Array, phase: int) -> Array:
        last, before, now = (part.reshape(-1, self.columns) for part in _triples(x, phase))
        base = np.zeros((self.columns, 1 + 3 * self.columns))
        base[np.arange(self.columns), 1 + np.arange(self.columns)] = 1
        some = np.random.default_rng(0).permutation(len(now))[:SAMPLE]
        given = np.concatenate([np.ones((len(now), 1)), last, before, now], 1)[some]
        for column in self.foretold:
            known = np.r_[: 1 + (1 + phase) * self.columns, 1 + 2 * self.columns : 1 + 2 * self.columns + column]
            base[column] = 0
            base[column, known] = _regression(given[:, known], now[some, column])
        return base

    def _cut(self, x: Array, bases: list[Array], grain: Array) -> list[list[int]]:
        """Fill the tables; the number of pieces in each line."""
        rows = []
        for phase, base in enumerate(bases):
            last, before, now = _triples(x[:, :2] if phase == 0 else x, phase)
            given = np.concatenate([np.ones((*now.shape[:2], 1)), last, before, now], 2)
            left, step, earlier = now - given @ base.T, now - last, last - before
            same = np.abs(step - earlier) <= grain
            for column in range(self.columns):
                repeats = same[..., column] & (phase == 1 and column in self.onward_columns)
                rows.append(_Row.of(left[..., column][~repeats], repeats.mean(), grain[column]))
        most = max(len(row.low) for row in rows)
        for name in ("low", "high", "score", "share", "fresh", "onward", "edges"):
            width = most - 1 if name == "edges" else most
            beyond = np.inf if name == "edges" else 0.0
            table = np.full((2 * self.columns, width), beyond)
            for line, row in zip(table, rows, strict=True):
                values = getattr(row, name)
                line[: len(values)] = values
            self.register_buffer(name, torch.from_numpy(table.reshape(2, self.columns, width)).float())
        counts = [len(row.low) for row in rows]
        return [counts[: self.columns], counts[self.columns :]]


class _Row(NamedTuple):
    """One column's line in each of the tables."""

    low: Array
    high: Array
    score: Array
    share: Array
    fresh: Array
    onward: Array
    edges: Array

    @classmethod
    def of(cls, left: Array, onward: float, grain: float) -> "_Row":
        """From what is `left` to draw; `onward` is the share of values that repeat the last step."""
        pieces = cut(left, grain)
        fresh = (pieces.high > pieces.low).astype(float)
        if not onward:
            return cls(pieces.low, pieces.high, pieces.scores, pieces.share, fresh, 0 * fresh, pieces.edges)
        low, high, score, fresh, none = (
            np.append(line, 0) for line in (pieces.low, pieces.high, pieces.scores, fresh, 0 * fresh)
        )
        share = np.append(pieces.share * (1 - onward), onward)
        return cls(low, high, score, share, fresh, np.append(none[:-1], 1), pieces.edges)


def _regression(given: Array, sought: Array) -> Array:
    """Weights (given columns,) by least squares."""
    gram = given.T @ given + RIDGE * len(given) * np.eye(given.shape[1])
    return np.asarray(np.linalg.solve(gram, given.T @ sought), np.float64)


def grain_of(values: Array) -> Array:
    """Differences (columns,) that are none, of values (n, length, columns) as they were measured."""
    grain: Array = ROUNDING * np.abs(values).max((0, 1)) + 1e-30
    return grain


def habits_of(x: Array, grain: Array) -> Habits:
    """What the columns of windows x (n, length, columns) tend to do; differences below `grain` are none."""
    steps = np.diff(x, axis=1)
    held = np.abs(steps) <= grain
    same = (np.abs(np.diff(steps, axis=1)) <= grain) & ~held[:, 1:]
    centred = steps - steps.mean((0, 1))
    kurtosis = (centred**4).mean((0, 1)) / np.maximum((centred**2).mean((0, 1)), 1e-30) ** 2
    return Habits(held.mean((0, 1)), same.mean((0, 1)), kurtosis)


def _triples(x: T, phase: int) -> tuple[T, T, T]:
    """The last instant, the one before and this one, each (n, instants, columns); in phase 0 the first two are one."""
    if phase == 0:
        return x[:, :1], x[:, :1], x[:, 1:2]
    return x[:, 1:-1], x[:, :-2], x[:, 2:]
