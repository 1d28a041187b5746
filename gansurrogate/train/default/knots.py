"""Curves through few knots by straight lines: knots lie close together where the curves bend, far apart elsewhere.

A component with a value of its own at each of its places learns the noise of the signals; one with a knot every few
samples has no sharp edges.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

BLUR = 0.15  # what straight lines may leave of a signal, in standard deviations of the noise
WIDEST = 16  # samples between knots
MOST = 250  # knots: the fit solves a linear system of as many unknowns per component


@dataclass(frozen=True)
class Fit:
    """Curves fitted by least squares.

    Attributes
    ----------
    values : tensor of shape (knots, rank)
    factor : tensor of shape (knots * rank, knots * rank)
        Cholesky factor of the normal equations.
    """

    values: Tensor
    factor: Tensor


def even(size: int, fine: int) -> Tensor:
    """Knots (m,) one sample apart on `size` places, or `MOST` of them; `fine` places make a sample."""
    return torch.linspace(0, size - 1, min(MOST, -(-size // fine))).round().long()


def around(knots: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """For each of `size` places: the knot before it, and the share of the way to the next, both of shape (size,)."""
    places = torch.arange(size)
    before = (torch.searchsorted(knots, places, right=True) - 1).clamp(0, len(knots) - 2)
    return before, (places - knots[before]) / torch.diff(knots)[before]


def drawn(values: Tensor, before: Tensor, part: Tensor) -> Tensor:
    """The curves (size, rank) through values (knots, rank)."""
    return values[before] + part[:, None] * (values[before + 1] - values[before])


def fit(knots: Tensor, gram: Tensor, seen: Tensor, ridge: Tensor) -> Fit:
    """The curves f (size, rank) through `knots` with the least sum over places of f' gram f - 2 f' seen.

    Parameters
    ----------
    knots : tensor of shape (m,)
    gram, seen : tensors of shapes (size, rank, rank) and (size, rank), double
    ridge : tensor of shape (rank, rank)
        Added at each knot, so that one that hardly any signal reaches tends to zero.
    """
    count, rank = len(knots), seen.shape[1]
    before, part = around(knots, len(seen))
    shares = (1 - part.double(), part.double())
    normal = gram.new_zeros(count, rank, count, rank)
    right = seen.new_zeros(count, rank)
    for i, share in enumerate(shares):
        right.index_add_(0, before + i, share[:, None] * seen)
        for j, other in enumerate(shares):
            block = gram.new_zeros(count, rank, rank).index_add(0, before + i, (share * other)[:, None, None] * gram)
            rows = torch.arange(max(0, i - j), count - max(0, j - i))
            normal[rows, :, rows + j - i] += block[rows]
    every = torch.arange(count)
    normal[every, :, every] += ridge
    factor = torch.linalg.cholesky(normal.reshape(count * rank, count * rank))
    return Fit(torch.cholesky_solve(right.reshape(-1, 1), factor).reshape(count, rank), factor)


def better(knots: Tensor, size: int, fine: int, fitted: Fit, moment: Tensor, variance: float) -> Tensor:
    """Knots where straight lines between them leave `BLUR` of the noise.

    Between knots h apart a curve f is missed by h^2 |f''| / 8; the density of knots follows (de Boor, A practical
    guide to splines, 1978, ch. XII). Bends that the noise explains do not count.

    Parameters
    ----------
    knots : tensor of shape (m,)
    size, fine : int
        Number of places, and of those that make a sample.
    fitted : Fit
        Curves of unit noise, through `knots`.
    moment : tensor of shape (rank, rank)
        Mean square of the coefficients with which signals are made of the curves.
    variance : float
        Of the noise.
    """
    at = knots.double() / fine
    gap, count = torch.diff(at), len(knots)
    bend = at.new_zeros(count - 2, count)  # second derivative at the inner knots
    inner = torch.arange(count - 2)
    bend[inner, inner], bend[inner, inner + 2] = 1 / gap[:-1], 1 / gap[1:]
    bend[inner, inner + 1] = -1 / gap[:-1] - 1 / gap[1:]
    bend *= 2 / (gap[:-1] + gap[1:])[:, None]
    moment = moment.double()
    spread = torch.linalg.cholesky(moment + 1e-6 * moment.trace() * torch.eye(len(moment)))
    seen = (bend @ fitted.values @ spread).square().sum(1)
    rows = torch.einsum("im,kl->ilmk", bend, spread).reshape((count - 2) * len(spread), -1)
    noise = torch.linalg.solve_triangular(fitted.factor, rows.T, upper=False).square().sum(0)
    true = (seen - 2 * variance * noise.reshape(count - 2, -1).sum(1)).clamp_min(0).sqrt()
    true = torch.cat([true[:1], true, true[-1:]])
    density = (torch.maximum(true[1:], true[:-1]) / (8 * BLUR * variance**0.5)).sqrt().clamp(1 / WIDEST, fine)
    density = density * min(1.0, MOST / float((density * gap).sum()))
    passed = torch.cat([density.new_zeros(1), (density * gap).cumsum(0)])
    before, part = around(knots, size)
    number = (passed[before] + part * torch.diff(passed)[before]).floor()
    ends = torch.tensor([0, size - 1])
    closer: Tensor = torch.unique(torch.cat([ends, torch.diff(number).nonzero()[:, 0] + 1]))
    return closer
