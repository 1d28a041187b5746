"""Where a training stands: step, time, log, and the network that tested best."""

import math
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn


@dataclass
class State:
    """What the loop saves of itself.

    Attributes
    ----------
    step : int
    seconds : float
        Trained so far.
    log : list of dict
        Lines of the log.
    tests : int
        Held-out tests done.
    best : float
        Lowest figure of the tests in which a network was kept.
    kept : dict or None
        Weights of the network that tested best.
    kept_step, kept_figure : int, float
        Its step and its test.
    """

    step: int = 0
    seconds: float = 0.0
    log: list[dict[str, Any]] = field(default_factory=list)
    tests: int = 0
    best: float = math.inf
    kept: dict[str, Tensor] | None = None
    kept_step: int = 0
    kept_figure: float = math.inf

    def keep(self, network: nn.Module, figure: float) -> None:
        """Keep `network` as the best so far."""
        self.best = min(figure, self.best)
        self.kept_figure = figure
        self.kept = {name: tensor.clone() for name, tensor in network.state_dict().items()}
        self.kept_step = self.step
