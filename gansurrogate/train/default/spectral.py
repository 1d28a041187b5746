"""The generator of stationary noise: a trunk draws the spectrum, normals draw the signal.

Given its spectrum the noise is Gaussian. So the trunk gives the coefficients of the log spectrum, as the basis
generator's trunk gives those of the trajectory, and independent waves with these powers are added up.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.latent import Latent
from gansurrogate.train.conditions import ConditionEncoder, join
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.spectrum import Spectrum
from gansurrogate.train.networks import GeneratorNetwork, mlp


class SpectralGenerator(GeneratorNetwork):
    """(latent, conditions) -> signal, in physical units.

    x(t) = mean + sum_k a_k (u_k cos(pi k t / length) + v_k sin(pi k t / length)) with normal u and v, and
    log a = log a_0 + V^T (spread * c) / 2, where a_0 holds the mean powers, V the components of the log spectra, and c
    is what the trunk gives. The period is twice the signal's length, so that its ends are as unlike as they should be.
    """

    log_amplitude: Tensor
    basis: Tensor
    waves: Tensor

    def __init__(self, spectrum: Spectrum, conditions: Sequence[Condition], recipe: DefaultRecipe) -> None:
        super().__init__()
        self.mean, self.latent_size, length = spectrum.mean, recipe.latent_size, spectrum.length
        self.encode = ConditionEncoder(conditions)
        self.trunk = mlp(recipe.latent_size + self.encode.size, recipe.width, recipe.depth, nn.SiLU)
        # A product of two lines besides a line: a peak that moves and changes its height needs it.
        self.line, self.left, self.right = (nn.Linear(recipe.width, len(spectrum.components)) for _ in range(3))
        frequency = torch.arange(length + 1)
        self.latents = (Latent("uniform", recipe.latent_size), Latent("normal", 2 * len(frequency)))
        self.register_buffer("log_amplitude", 0.5 * spectrum.power.log())
        # The signals' own spectra have every second of these frequencies; between them the mean of the neighbours.
        last = spectrum.components.shape[1] - 1
        at = (spectrum.components[:, (frequency + up).div(2).long().clamp_max(last)] for up in (0, 1))
        spread = (spectrum.spread.square() - spectrum.floor**2).clamp_min(0.01 * spectrum.floor**2).sqrt()
        self.register_buffer("basis", 0.25 * spread[:, None] * sum(at))  # half for the amplitude, half for the mean
        angle = math.pi / length * frequency[:, None].double() * torch.arange(length)
        weight = torch.full((length + 1, 1), 1 / length, dtype=torch.float64)
        weight[[0, -1]] = 0.5 / length  # these two frequencies have no negative twin
        waves = weight.sqrt() * torch.stack([angle.cos(), angle.sin()])
        self.register_buffer("waves", waves.float())  # (2, length + 1, length)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Signals (n, length) of latents (n, size): uniform values on (0, 1], then standard normal ones."""
        uniform, normal = latent[:, : self.latent_size], latent[:, self.latent_size :]
        h: Tensor = self.trunk(join(2 * uniform - 1, self.encode(conditions)))  # (n, width)
        coefficients = self.line(h) + self.left(h) * self.right(h)
        amplitude = (self.log_amplitude + coefficients @ self.basis).exp()  # (n, length + 1)
        cosines, sines = normal.chunk(2, 1)
        signals: Tensor = self.mean + (amplitude * cosines) @ self.waves[0] + (amplitude * sines) @ self.waves[1]
        return signals
