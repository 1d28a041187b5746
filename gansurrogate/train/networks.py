"""What networks are built of."""

from torch import nn

from gansurrogate.latent import Latent


class GeneratorNetwork(nn.Module):
    """A network that can be sampled and exported.

    ``network(latent (n, sum of the latents' widths), *conditions (n, ...)) -> signals (n, *shape)``, in physical units.

    Attributes
    ----------
    latents : tuple of Latent
        What the row law has to feed.
    chooses : bool
        Whether latents are compared with thresholds, so that rounding decides a value now and then, and what follows.
    instantwise : bool
        Whether all values at one place of the last axis are chosen before those at the next; else the values follow
        each other one by one, the last axis fastest.
    """

    latents: tuple[Latent, ...]
    chooses: bool = False
    instantwise: bool = False


def mlp(inputs: int, width: int, depth: int, activation: type[nn.Module], **options: float) -> nn.Sequential:
    """`depth` dense layers of `width`, each followed by `activation`."""
    layers: list[nn.Module] = []
    for i in range(depth):
        layers += [nn.Linear(inputs if i == 0 else width, width), activation(**options)]
    return nn.Sequential(*layers)
