"""What the held-out test of the classical GANs looks at: the largest components only.

What a generator of few latents cannot give, such as noise of its own for each sample, would show in the others every
time, and the figure would say nothing more.
"""

import torch
from torch import Tensor

from gansurrogate.fidelity.estimate import Array
from gansurrogate.train.data import Part, Pool
from gansurrogate.train.held_out import HeldOutTrees

COMPONENTS = 20


class HeldOut(HeldOutTrees):
    """Coefficients of the leading components of training signals."""

    def __init__(self, held_out: Part, training: Pool) -> None:
        n = len(held_out.signals)
        # Neither these nor those of the floor: signals that fixed the components look larger in them than others do.
        flat = training.signals[-n:].flatten(1)
        self.mean = flat.mean(0)
        self.components = torch.linalg.svd(flat - self.mean, full_matrices=False).Vh[:COMPONENTS]
        super().__init__(held_out, training.rows(torch.arange(min(n, len(training.signals)))))

    def features(self, signals: Tensor) -> Array:
        """Coefficients (n, components) of signals (n, *shape)."""
        coefficients: Array = ((signals.flatten(1) - self.mean) @ self.components.T).numpy()
        return coefficients
