"""A density of codes that the row law can draw from: a normal copula over the codes' own quantiles."""

import torch
from torch import Tensor, nn

REACH = 4.0  # standard deviations on either side within which the quantiles are kept
KNOTS = 65


class CodeDensity(nn.Module):
    """(standard normal values, conditions) -> codes.

    Each code is mapped to a normal variable by its quantiles. Those variables get a mean that is linear in the encoded
    conditions, and one full covariance: what the codes have in common beyond that is not kept.

    Parameters
    ----------
    codes : tensor of shape (n, codes)
        Of the training signals.
    known : tensor of shape (n, size) or None
        Their encoded conditions.
    """

    knots: Tensor
    lowest: Tensor
    slopes: Tensor
    mix: Tensor
    weight: Tensor

    def __init__(self, codes: Tensor, known: Tensor | None) -> None:
        super().__init__()
        n = len(codes)
        # From a normal value to a code: a line through the quantiles, flat beyond the codes ever seen.
        knots = torch.linspace(-REACH, REACH, KNOTS)
        table = torch.stack([torch.quantile(code, torch.special.ndtr(knots)) for code in codes.T])  # (codes, knots)
        self.width = 2 * REACH / (KNOTS - 1)
        self.register_buffer("knots", knots[:-1])
        self.register_buffer("lowest", table[:, 0].clone())
        self.register_buffer("slopes", table.diff() / self.width)

        ranks = codes.argsort(0).argsort(0).double()
        normal = torch.special.ndtri((ranks + 0.5) / n)  # (n, codes)
        given = torch.ones(n, 1).double() if known is None else torch.cat([torch.ones(n, 1), known], 1).double()
        # Of one-hot columns and a constant one is too many: the pseudo-inverse does not mind.
        weight = torch.linalg.pinv(given) @ normal  # (1 + size, codes)
        rest = normal - given @ weight
        covariance = rest.T @ rest / n + 1e-6 * torch.eye(codes.shape[1]).double()
        self.register_buffer("weight", weight.float())
        self.register_buffer("mix", torch.linalg.cholesky(covariance).float())

    def forward(self, normal: Tensor, known: Tensor | None) -> Tensor:
        """Codes (n, codes) from standard normal values (n, codes)."""
        x = normal @ self.mix.T + self.weight[0]
        if known is not None:
            x = x + known @ self.weight[1:]
        climbed = (x[:, :, None] - self.knots).clamp(0.0, self.width)  # (n, codes, knots - 1)
        return self.lowest + (self.slopes * climbed).sum(2)
