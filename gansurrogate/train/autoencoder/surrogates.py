"""What an autoencoder is exported as: a surrogate that draws signals, and its parts one by one."""

from typing import Literal

from torch import Tensor

from gansurrogate.latent import Latent
from gansurrogate.train.autoencoder.density import CodeDensity
from gansurrogate.train.autoencoder.networks import Autoencoder
from gansurrogate.train.networks import GeneratorNetwork


class CodesSurrogate(GeneratorNetwork):
    """(latent, conditions) -> signals: codes from their density, decoded, under white noise if there is some.

    Parameters
    ----------
    autoencoder : Autoencoder
    density : CodeDensity
    noise : tensor of shape (size,) or None
        Standard deviation of the noise at each value of a signal, in its unit.
    """

    noise: Tensor | None

    def __init__(self, autoencoder: Autoencoder, density: CodeDensity, noise: Tensor | None) -> None:
        super().__init__()
        self.autoencoder, self.density = autoencoder, density
        self.codes = len(density.lowest)
        self.register_buffer("noise", noise)
        blocks = (self.codes,) if noise is None else (self.codes, len(noise))
        self.latents = tuple(Latent("normal", size) for size in blocks)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Generate signals (n, *shape)."""
        codes = self.density(latent[:, : self.codes], self.autoencoder.conditions(conditions))
        signals = self.autoencoder.decode(codes, conditions)
        if self.noise is None:
            return signals
        return signals + (latent[:, self.codes :] * self.noise).reshape(signals.shape)


class PartSurrogate(GeneratorNetwork):
    """(latent, conditions ..., input) -> output of one part of an autoencoder, whose input is an array condition.

    It draws nothing. A surrogate file draws something for every row, so it takes one value that nothing uses.
    """

    latents = (Latent("uniform", 1),)

    def __init__(self, autoencoder: Autoencoder, part: Literal["encode", "decode", "reconstruct"]) -> None:
        super().__init__()
        self.autoencoder, self.part = autoencoder, part

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Codes (n, codes) of recordings, or signals (n, *shape) of codes or recordings: the last of `conditions`."""
        *known, given = conditions
        output: Tensor = getattr(self.autoencoder, self.part)(given, tuple(known))
        return output
