"""How long a training lasts: by the clock, or by the number of steps."""

import math
from dataclasses import dataclass

from gansurrogate.errors import ArgumentError


@dataclass(frozen=True)
class Budget:
    """Annealing runs from 0 to 1 over the budget, so that a training ends annealed whatever the machine.

    Parameters
    ----------
    seconds : float, optional
        Wall-clock time. How many steps fit depends on the machine, so two runs differ.
    steps : int, optional
        Number of steps. The same seed gives the same weights on the same machine.
    """

    seconds: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.steps is None):
            msg = "give a training either minutes or steps"
            raise ArgumentError(msg)
        amount = self.steps if self.seconds is None else self.seconds
        if amount is None or not 0 < amount < math.inf:
            msg = f"a training's minutes or steps are positive; got {amount}"
            raise ArgumentError(msg)

    def progress(self, step: int, seconds: float) -> float:
        """Share of the budget used after `step` steps and `seconds`, in [0, 1]."""
        used = step / self.steps if self.steps is not None else seconds / (self.seconds or 1.0)
        return min(1.0, used)
