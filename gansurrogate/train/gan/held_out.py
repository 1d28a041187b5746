"""The held-out test: how well can boosted trees tell generated signals from real ones by their leading components?

It looks at the largest components only. What a generator of few latents cannot give, such as noise of its own for each
sample, would show in the others every time, and the figure would say nothing more.
"""

import torch

from gansurrogate.fidelity.two_sample import Array, trees_auc
from gansurrogate.train.data import Part, Pool
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.trained import generate

COMPONENTS = 20


class HeldOut:
    """Real signals kept out of training, with the test against them.

    Attributes
    ----------
    floor : float
        AUC of training signals against held-out ones: what a perfect generator scores.
    """

    def __init__(self, held_out: Part, training: Pool) -> None:
        self.n = len(held_out.signals)
        # Neither these nor those of the floor: signals that fixed the components look larger in them than others do.
        flat = training.signals[-self.n :].flatten(1)
        self.mean = flat.mean(0)
        self.components = torch.linalg.svd(flat - self.mean, full_matrices=False).Vh[:COMPONENTS]
        self.real = self._features(held_out)
        other = training.rows(torch.arange(min(self.n, len(training.signals))))
        self.floor = trees_auc(self.real, self._features(other))
        self.conditions = other.conditions  # not the held-out ones: each signal would have a twin in the other set

    def auc(self, network: GeneratorNetwork) -> float:
        """Area under the ROC curve of the trees; 0.5 is a perfect generator. NaN if signals are not finite."""
        signals = torch.from_numpy(generate(network, self.conditions, self.n))
        if not torch.isfinite(signals).all():
            return float("nan")
        return trees_auc(self.real, self._features(Part(signals, self.conditions)))

    def _features(self, part: Part) -> Array:
        """Conditions and coefficients."""
        coefficients = (part.signals.flatten(1) - self.mean) @ self.components.T
        given = [condition.reshape(len(condition), -1).float() for condition in part.conditions]
        features: Array = torch.cat([*given, coefficients], 1).numpy()
        return features
