"""Physical conditions as network inputs."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from gansurrogate.conditions import Condition


class ConditionEncoder(nn.Module):
    """Maps each condition to network units: a range to [-1, 1], a category to one-hot; arrays are flattened.

    Attributes
    ----------
    size : int
        Width of the encoded vector; 0 without conditions.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        super().__init__()
        self.conditions = conditions
        self.size = sum(c.size * (len(c.levels) or 1) for c in conditions)

    def forward(self, values: tuple[Tensor, ...]) -> Tensor | None:
        """Encode one tensor of shape (n, *shape) per condition into (n, size); None without conditions."""
        if not self.conditions:
            return None
        return torch.cat([self._encode(c, v) for c, v in zip(self.conditions, values, strict=True)], 1)

    @staticmethod
    def _encode(condition: Condition, value: Tensor) -> Tensor:
        if condition.levels:
            return F.one_hot(value, len(condition.levels)).float().flatten(1)
        assert condition.low is not None
        assert condition.high is not None
        middle, half = (condition.high + condition.low) / 2, (condition.high - condition.low) / 2
        return ((value - middle) / half)[..., None].flatten(1)


def as_tensors(conditions: Sequence[Condition], encoded: Mapping[str, NDArray[Any]]) -> tuple[Tensor, ...]:
    """Encoded conditions in the order of the spec."""
    return tuple(torch.from_numpy(encoded[c.name].copy()) for c in conditions)


def join(x: Tensor, encoded: Tensor | None) -> Tensor:
    """`x` with the encoded conditions appended, if there are any."""
    return x if encoded is None else torch.cat([x, encoded], 1)
