"""The held-out test: how well can boosted trees tell generated signals from real ones kept out of training?"""

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import Tensor

from gansurrogate.fidelity.estimate import Array
from gansurrogate.fidelity.two_sample import trees_auc
from gansurrogate.train.data import Part
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.trained import generate


class HeldOutTrees(ABC):
    """Real signals kept out of training, with the test against them; a subclass says what the trees look at.

    Parameters
    ----------
    held_out, other : Part
        Real signals; those that are not held out set the floor, and generated signals get their conditions. At those
        of the held-out signals each would have a twin with the opposite label, and a perfect generator would score
        below its floor.

    Attributes
    ----------
    floor : float
        AUC of other real signals against held-out ones: what a perfect generator scores.
    """

    def __init__(self, held_out: Part, other: Part) -> None:
        self.n = len(held_out.signals)
        self.real = self._table(held_out)
        self.floor = trees_auc(self.real, self._table(other)).value
        self.conditions = other.conditions

    @abstractmethod
    def features(self, signals: Tensor) -> Array:
        """What the trees see of signals (n, *shape) besides their conditions: (n, features)."""

    def auc(self, network: GeneratorNetwork) -> float:
        """Area under the ROC curve of the trees; 0.5 is a perfect generator. NaN if signals are not finite."""
        signals = torch.from_numpy(generate(network, self.conditions, self.n))
        if not torch.isfinite(signals).all():
            return float("nan")
        return trees_auc(self.real, self._table(Part(signals, self.conditions))).value

    def _table(self, part: Part) -> Array:
        given = [condition.reshape(len(condition), -1).numpy() for condition in part.conditions]
        table: Array = np.concatenate([*given, self.features(part.signals)], 1)
        return table
