"""The objective: relativistic pairing loss with two gradient penalties, and the energy distance.

Pure functions of discriminator outputs and feature vectors. N. Huang et al., "The GAN is dead; long live the
GAN! A Modern GAN Baseline" (R3GAN), NeurIPS 2024, arXiv:2501.05441; A. Jolicoeur-Martineau, "The relativistic
discriminator", arXiv:1807.00734; L. Mescheder et al., "Which training methods for GANs do actually
converge?", arXiv:1801.04406.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """E softplus(D(fake) - D(real)): the discriminator ranks the real one of each pair higher.

    Parameters
    ----------
    real, fake : tensor of shape (batch,)
        Logits, paired by index (R3GAN, eq. 1 with f(t) = -softplus(-t)).

    Returns
    -------
    tensor of shape ()
    """
    return F.softplus(fake - real).mean()


def generator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """E softplus(D(real) - D(fake)): the generator wants the fake one of each pair higher."""
    return F.softplus(real - fake).mean()


def gradient_penalty(logits: Tensor, inputs: Tensor) -> Tensor:
    """E |dD/dinput|^2, kept differentiable: R1 when taken on real inputs, R2 on generated ones.

    Both are needed, at every step (R3GAN, section 2.2). The input here is the discriminator's feature vector.

    Parameters
    ----------
    logits : tensor of shape (batch,)
        Computed from `inputs`, each row from its own.
    inputs : tensor of shape (batch, features)
        Must require gradients.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), inputs, create_graph=True)
    return gradient.square().sum(1).mean()


def energy_distance(x: Tensor, y: Tensor) -> Tensor:
    """2 E|x - y| - E|x - x'| - E|y - y'| over pairs of different rows: 0 in the mean for equal distributions.

    Rows of equal index may share their conditions; taking such pairs across, but not within, would reward a
    generator that collapses to the conditional mean.

    G. Szekely and M. Rizzo, "Energy statistics", J. Stat. Plan. Inference 143 (2013) 1249.

    Parameters
    ----------
    x, y : tensor of shape (batch, features)
    """
    pairs = len(x) * (len(x) - 1)
    across = torch.cdist(x, y)
    between = across.sum() - across.diagonal().sum()
    within = torch.cdist(x, x).sum() + torch.cdist(y, y).sum()
    return (2 * between - within) / pairs
