"""The averaged generator: the network that is judged and exported."""

import copy

import torch

from gansurrogate.train.networks import GeneratorNetwork


class Average:
    """Exponential moving average of a network's parameters (Polyak averaging).

    Attributes
    ----------
    network : GeneratorNetwork
        A copy of the network with averaged parameters.
    """

    def __init__(self, network: GeneratorNetwork) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)

    @torch.no_grad()
    def update(self, network: GeneratorNetwork, decay: float) -> None:
        """Move towards `network`: average = decay * average + (1 - decay) * current."""
        for average, current in zip(self.network.parameters(), network.parameters(), strict=True):
            average.lerp_(current, 1 - decay)
