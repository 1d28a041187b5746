"""The objective of the original game, from the discriminator's logits: D = sigmoid(logit).

I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014, arXiv:1406.2661. The discriminator maximises, and
the generator minimises, V = E log D(x) + E log(1 - D(G(z))) (equation 1). For a fixed generator of density q the best
discriminator is p / (p + q) (proposition 1); where q = p it is 1/2 everywhere and V = -2 ln 2.
"""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-V = -E log D(x) - E log(1 - D(G(z))): binary cross entropy on both sides, added; 2 ln 2 where D = 1/2.

    Parameters
    ----------
    real, fake : tensor of shape (batch,)
        Logits.

    Returns
    -------
    tensor of shape ()
    """
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def minimax(fake: Tensor) -> Tensor:
    """E log(1 - D(G(z))), the generator's part of V: -ln 2 where D = 1/2. Its slope -D vanishes where D wins."""
    return -F.softplus(fake).mean()


def non_saturating(fake: Tensor) -> Tensor:
    """-E log D(G(z)) (section 3): the same fixed point, ln 2 there, and a slope of -(1 - D) where D wins."""
    return F.softplus(-fake).mean()


GENERATOR_LOSSES: dict[str, Callable[[Tensor], Tensor]] = {"minimax": minimax, "non-saturating": non_saturating}
