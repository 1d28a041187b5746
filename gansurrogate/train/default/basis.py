"""The basis generator: a trunk for the trajectory and a branch for the noise.

A network that maps a few latents to hundreds of values draws on a thin surface, and any test that looks at
noise tells it from real signals at once. So the trunk gives the coefficients of the leading principal
components, and white noise, coloured by a short filter and scaled, gives the rest. Where the look finds them, lines
and a second noise of another colour and of changing size come on top.
"""

import math
from collections.abc import Sequence

from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.latent import Latent
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.default.colour import Colour
from gansurrogate.train.default.coloured import ColouredNoise
from gansurrogate.train.default.lines import Lines
from gansurrogate.train.default.noise import Noise
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import GeneratorNetwork, mlp


class BasisGenerator(GeneratorNetwork):
    """(latent, conditions) -> signal, in physical units.

    x = mean + B^T (spread * c) + exp(s + envelope + m) (filter * noise), where the coefficients c and the
    modulation m are linear in the trunk's output, and B holds the principal components; plus `Lines` where the pilot
    has some, plus `ColouredNoise` where a `colour` is given.

    Attributes
    ----------
    latents : tuple of Latent
        What the row law has to feed: a small uniform vector, then normals: a value per sample and filter margin
        for each noise, and two per line.
    """

    mean: Tensor
    basis: Tensor

    def __init__(
        self, pilot: Pilot, conditions: Sequence[Condition], recipe: DefaultRecipe, colour: Colour | None = None
    ) -> None:
        super().__init__()
        *lead, self.length = pilot.shape
        self.shape = pilot.shape
        self.channels = math.prod(lead)
        self.latent_size = recipe.latent_size
        self.encode = ConditionEncoder(conditions)
        # SiLU: as good as a sine activation here, and onnxruntime computes it to the same bits in any batch.
        self.trunk = mlp(recipe.latent_size + self.encode.size, recipe.width, recipe.depth, nn.SiLU)
        self.coefficients = nn.Linear(recipe.width, pilot.rank)
        # The mean stays that of the data: a free one drifts, since the loss hardly sees it.
        self.register_buffer("mean", pilot.mean)
        self.register_buffer("basis", pilot.components * pilot.spread[:, None])

        self.noise = Noise(
            self.channels, self.length, recipe.width, floor=colour.white if colour else pilot.floor, taps=recipe.taps,
            waves=recipe.noise_envelope,
        )  # fmt: skip
        lines = pilot.line_frequencies, pilot.line_amplitudes
        self.lines = Lines(*lines, self.length) if len(lines[0]) else None
        self.coloured = ColouredNoise(colour, self.channels, self.length, recipe.width) if colour else None
        self.sizes = [part.size for part in (self.noise, self.lines, self.coloured) if part is not None]
        self.latents = (Latent("uniform", self.latent_size), Latent("normal", sum(self.sizes)))

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Generate signals.

        Parameters
        ----------
        latent : tensor of shape (n, sum of the latents' widths)
            Uniform values on (0, 1], then standard normal ones.
        *conditions : tensor of shape (n,)
            In the order of the spec: physical values, or level indices.

        Returns
        -------
        tensor of shape (n, *shape)
        """
        uniform, normal = latent[:, : self.latent_size], latent[:, self.latent_size :]
        normals = iter(normal.split(self.sizes, 1))
        h: Tensor = self.trunk(join(2 * uniform - 1, self.encode(conditions)))  # (n, width)
        trajectory: Tensor = self.coefficients(h) @ self.basis + self.mean  # (n, size)
        signals: Tensor = trajectory.reshape(-1, self.channels, self.length) + self.noise(next(normals), h)
        if self.lines is not None:
            signals = signals + self.lines(next(normals))
        if self.coloured is not None:
            signals = signals + self.coloured(next(normals), h)
        return signals.reshape(-1, *self.shape)
