"""A mixture of Gaussians in many dimensions: points are grouped by nearness, and each group is taken as Gaussian.

Expectation and maximisation would go on from here to a higher likelihood and do worse: the many faint coordinates
outvote the few large ones, and some parts grow over regions that are far from Gaussian.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from gansurrogate.latent import Latent

MOST_PARTS = 96
SIGNALS_PER_PART = 120  # with more parts, windows lie closer to the real ones than real ones to each other
SWEEPS = 30
SHARED = 1.0  # weight, in points per coordinate, of the covariance that all parts share


class Mixture(NamedTuple):
    """Parts of different weight; the first coordinates are correlated within a part, the others are not.

    Attributes
    ----------
    weights : tensor of shape (parts,)
    means : tensor of shape (parts, size)
    factors : tensor of shape (parts, leading, leading)
        Lower Cholesky factors of the leading coordinates' covariances.
    spreads : tensor of shape (parts, size - leading)
        Standard deviations of the other coordinates.
    """

    weights: Tensor
    means: Tensor
    factors: Tensor
    spreads: Tensor

    def latents(self) -> tuple[Latent, ...]:
        """The latent that chooses a part; none where there is but one."""
        if len(self.weights) == 1:
            return ()
        weights = self.weights.double()
        return (Latent("categorical", 1, probabilities=tuple((weights / weights.sum()).tolist())),)


def parts_for(n: int) -> int:
    """Parts that suit `n` signals."""
    return max(1, min(MOST_PARTS, n // SIGNALS_PER_PART))


def principal(points: Tensor, rank: int) -> tuple[Tensor, Tensor, Tensor]:
    """Mean (size,) of points (n, size), basis (rank, size), and the spread (rank,) of the leading components.

    A point is the mean and its uncorrelated coordinates of unit variance times the basis.
    """
    variances, vectors = torch.linalg.eigh(torch.cov(points.T.double()))
    spread = variances.flip(0)[:rank].clamp_min(1e-8).sqrt().float()
    vectors = vectors.flip(1)[:, :rank].float()
    return points.mean(0), (vectors * spread).T.contiguous(), spread


def fit(points: Tensor, scale: Tensor, parts: int, leading: int, seed: int = 0) -> Mixture:
    """A mixture of up to `parts` parts; groups of fewer than two points are left out.

    Parameters
    ----------
    points : tensor of shape (n, size)
        Uncorrelated coordinates of unit variance, the most important ones first.
    scale : tensor of shape (size,)
        How much each coordinate counts for nearness.
    parts, leading : int
        Groups, and coordinates with a full covariance in each.
    seed : int
        Of the points that the groups start from.
    """
    nearest = _grouped((points * scale)[:, :leading], parts, seed)
    groups = [points[nearest == k] for k in range(parts)]
    groups = [group for group in groups if len(group) > 1]
    counts = torch.tensor([float(len(group)) for group in groups])
    means = torch.stack([group.mean(0) for group in groups])
    deviations = [group - mean for group, mean in zip(groups, means, strict=True)]
    covariances = torch.stack([d[:, :leading].T @ d[:, :leading] / len(d) for d in deviations])
    variances = torch.stack([d[:, leading:].square().mean(0) for d in deviations])

    # Few points say little of many coordinates: each part is drawn to what all parts share.
    weights = counts / counts.sum()
    own = counts / (counts + SHARED * leading)
    shared = (1 - own)[:, None, None] * torch.einsum("k,kij->ij", weights, covariances)
    covariances = own[:, None, None] * covariances + shared + 1e-4 * torch.eye(leading)
    variances = own[:, None] * variances + (1 - own)[:, None] * (weights @ variances) + 1e-4
    return Mixture(weights, means, torch.linalg.cholesky(covariances), variances.sqrt())


def _grouped(points: Tensor, parts: int, seed: int) -> Tensor:
    """The group (n,) of each point by k-means: S. Lloyd, IEEE Trans. Inf. Theory 28 (1982) 129."""
    order = torch.randperm(len(points), generator=torch.Generator().manual_seed(seed))
    centres = points[order[:parts]]
    for _ in range(SWEEPS):
        nearest = torch.cdist(points, centres).argmin(1)
        groups = [points[nearest == k] for k in range(len(centres))]
        centres = torch.stack([g.mean(0) if len(g) else c for g, c in zip(groups, centres, strict=True)])
    return nearest
