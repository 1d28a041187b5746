"""Where windows begin and end: the values of all columns at the first and the last instant, drawn together.

A recording wanders over long times along a curve in the space of its columns, which no rule for the next instant keeps
to. A mixture of Gaussians of both ends' normal scores does, and what lies between is led from one end to the other.
"""

import torch
from torch import Tensor, nn

from gansurrogate.latent import Latent
from gansurrogate.train.default.columns import Columns
from gansurrogate.train.default.mixture import fit, parts_for, principal


class Ends(nn.Module):
    """Latents -> values (n, 2, channels) at the first and the last instant.

    Parameters
    ----------
    signals : tensor of shape (n, channels, length)
    columns : Columns
        Of these signals.

    Attributes
    ----------
    latents : tuple of Latent
    """

    mean: Tensor
    basis: Tensor
    means: Tensor
    factors: Tensor

    def __init__(self, signals: Tensor, columns: Columns) -> None:
        super().__init__()
        self.columns = columns
        scores = columns.scores(signals)[:, :, [0, -1]].flatten(1)
        mean, basis, spread = principal(scores, scores.shape[1])
        self.rank = len(basis)
        mixture = fit((scores - mean) @ basis.T / spread.square(), spread, parts_for(len(signals)), self.rank)
        self.parts = len(mixture.weights)
        self.register_buffer("mean", mean)
        self.register_buffer("basis", basis)
        self.register_buffer("means", mixture.means)
        self.register_buffer("factors", mixture.factors.flatten(1))
        self.latents = (*mixture.latents(), Latent("normal", self.rank))
        self.width = sum(latent.width for latent in self.latents)

    def forward(self, latent: Tensor) -> Tensor:
        """Values of latents (n, width): a one-hot class where there are several, then standard normal values."""
        part = latent[:, : self.parts] if self.parts > 1 else torch.ones_like(latent[:, :1])
        factors = (part @ self.factors).reshape(-1, self.rank, self.rank)
        points = part @ self.means + (factors @ latent[:, -self.rank :, None])[:, :, 0]
        scores = (points @ self.basis + self.mean).reshape(-1, self.rank // 2, 2)
        ends: Tensor = self.columns(scores).transpose(1, 2)
        return ends
