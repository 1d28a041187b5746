"""The generator of windows: short pieces cut from longer recordings of several quantities.

Their levels fill a curved region that no small network finds quickly, and a mixture of Gaussians, fitted to normal
scores in a second, already follows closely. The game starts there and changes how lively the windows are.
"""

import numpy as np
import torch
from torch import Tensor, nn

from gansurrogate.latent import Latent
from gansurrogate.train.default.columns import Columns
from gansurrogate.train.default.course import grain_of, habits_of
from gansurrogate.train.default.mixture import fit, parts_for, principal
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import GeneratorNetwork, mlp

SHORTEST, LONGEST = 12, 256  # samples; longer signals have a course of their own to look at
SHORT = 64  # samples up to which any number of windows will do
ENOUGH = 5  # longer windows for each of their values: else their covariance is too uncertain, or too large to decompose
LEADING = 48  # coordinates with a full covariance in each part, at most half of them
SEEN = 24  # leading coordinates that the network looks at
REPEATS = 0.03  # share of steps that repeat a value or a step
MOST_COLUMNS = (
    12  # of more, drawn one after the other, levels stray further than a mixture's (27 of a house: .10 to .02)
)
HEAVY = 6.0  # kurtosis of the steps; normal ones have 3, Laplace's 6
LEVELS = 0.4  # share of a quantity's variance that lies between windows


def look_for_windows(signals: Tensor) -> bool:
    """Whether signals (n, *shape) look like windows: several channels, most of them slow beside the window."""
    if signals.dim() != 3 or signals.shape[1] < 2 or not SHORTEST <= signals.shape[2] <= LONGEST:
        return False
    if signals.shape[2] > SHORT and len(signals) < ENOUGH * signals[0].numel():
        return False
    between, total = signals.double().mean(2).var(0), signals.double().transpose(1, 2).flatten(0, 1).var(0)
    return bool((between > LEVELS * total).double().mean() > 0.5)


def look_for_leaps(signals: Tensor) -> str:
    """What of windows (n, channels, length) no smooth map gives, in words; nothing if they have none of it."""
    values = signals.transpose(1, 2).double().numpy()
    values = values[:, :, np.ptp(values, (0, 1)) > 0]
    if values.shape[1] > SHORT or values.shape[2] > MOST_COLUMNS:
        return ""
    habits = habits_of(values, grain_of(values))
    repeating = int((habits.holds + habits.goes_on > REPEATS).sum())
    if 2 * repeating >= values.shape[2]:
        return f"{repeating} of them often repeat a value or a step"
    heavy = float(np.median(habits.kurtosis))
    return f"their steps have heavy tails (kurtosis {heavy:.1f})" if heavy > HEAVY else ""


class WindowsGenerator(GeneratorNetwork):
    """Latent -> window (n, channels, length), in physical units.

    A class k and normals e give the coordinates of the normal scores' principal components: the leading ones as
    m_k + F_k e, the faint ones as m_k + s_k e exp(p), where a network gives p from k and the leading ones. It starts at
    p = 0: the mixture. The leading ones stay as they are: moved against a discriminator, they lose their density.

    Parameters
    ----------
    signals : tensor of shape (n, channels, length)
    recipe : DefaultRecipe
    """

    mean: Tensor
    basis: Tensor
    means: Tensor
    factors: Tensor
    spreads: Tensor

    def __init__(self, signals: Tensor, recipe: DefaultRecipe) -> None:
        super().__init__()
        self.columns = Columns(signals)
        scores = self.columns.scores(signals).flatten(1)
        self.kept, self.length = len(self.columns.kept), signals.shape[2]
        rank = min(scores.shape[1], len(scores) // 2)
        mean, basis, spread = principal(scores, rank)
        self.register_buffer("mean", mean)
        self.register_buffer("basis", basis)  # (rank, kept length)
        self.leading = min(LEADING, rank // 2)
        points = (scores - mean) @ basis.T / spread.square()
        mixture = fit(points, spread, parts_for(len(signals)), self.leading)
        self.register_buffer("means", mixture.means)
        self.register_buffer("factors", mixture.factors.flatten(1))
        self.register_buffer("spreads", mixture.spreads)
        self.parts = len(mixture.weights)
        self.latents = (*mixture.latents(), Latent("normal", rank))

        self.seen = min(SEEN, self.leading)
        self.trunk = mlp(self.seen + self.parts, recipe.width, recipe.depth, nn.SiLU)
        self.log_spread = nn.Linear(recipe.width, rank - self.leading)
        nn.init.zeros_(self.log_spread.weight)
        nn.init.zeros_(self.log_spread.bias)

    def forward(self, latent: Tensor) -> Tensor:
        """Generate windows.

        Parameters
        ----------
        latent : tensor of shape (n, sum of the latents' widths)
            One-hot classes, then standard normal values.

        Returns
        -------
        tensor of shape (n, channels, length)
        """
        normal = latent[:, -self.basis.shape[0] :]
        part = latent[:, : self.parts] if self.parts > 1 else torch.ones_like(latent[:, :1])
        middle = part @ self.means
        factors = (part @ self.factors).reshape(-1, self.leading, self.leading)
        leading = middle[:, : self.leading] + (factors @ normal[:, : self.leading, None])[:, :, 0]
        h = self.trunk(torch.cat([leading[:, : self.seen], part], 1))
        spread = (part @ self.spreads) * torch.exp(self.log_spread(h))
        faint = middle[:, self.leading :] + spread * normal[:, self.leading :]
        scores = torch.cat([leading, faint], 1) @ self.basis + self.mean
        signals: Tensor = self.columns(scores.reshape(-1, self.kept, self.length))
        return signals
