"""Conditions as planes of an image."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.errors import RecordingsError
from gansurrogate.spec import SignalSpec


def plane_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """A field's shape (height, width) or (channels, height, width) as three numbers.

    Raises
    ------
    RecordingsError
        If it is no field.
    """
    if len(shape) not in (2, 3):
        msg = (
            f"the recipe image-to-image takes fields of shape (height, width) or (channels, height, width); got {shape}"
        )
        raise RecordingsError(msg)
    channels, height, width = (1, *shape)[-3:]
    return channels, height, width


class Planes(nn.Module):
    """Maps conditions to planes (n, channels, height, width).

    A field gives one plane per channel, in its own standard deviations from its mean; a number gives a constant one in
    [-1, 1], a category one per level.

    Parameters
    ----------
    spec : SignalSpec
        Its fields and those of its conditions have one height and width.
    values : sequence of tensor
        Of the conditions, for some of the recordings.

    Attributes
    ----------
    channels : int

    Raises
    ------
    RecordingsError
        If no condition is a field, or one has another size than the signals.
    """

    middle: Tensor
    spread: Tensor

    def __init__(self, spec: SignalSpec, values: Sequence[Tensor]) -> None:
        super().__init__()
        self.conditions: Sequence[Condition] = spec.conditions
        self.size = plane_shape(spec.shape)[1:]
        fields = [c for c in self.conditions if c.shape]
        if not fields or any(c.levels or plane_shape(c.shape)[1:] != self.size for c in fields):
            wanted = f"with the signals' height and width {self.size}"
            got = "; ".join(c.describe() for c in self.conditions) or "no conditions"
            msg = f"the recipe image-to-image needs a condition that is a field of numbers {wanted}; got {got}"
            raise RecordingsError(msg)
        self.channels = sum(plane_shape(c.shape)[0] if c.shape else len(c.levels) or 1 for c in self.conditions)
        units = torch.tensor([_units(c, v) for c, v in zip(self.conditions, values, strict=True)])
        self.register_buffer("middle", units[:, 0].clone())
        self.register_buffer("spread", units[:, 1].clone())

    def forward(self, values: Sequence[Tensor]) -> Tensor:
        """Planes of one tensor per condition, each of shape (n, *shape)."""
        pairs = zip(self.conditions, values, strict=True)
        return torch.cat([self._planes(i, condition, value) for i, (condition, value) in enumerate(pairs)], 1)

    def _planes(self, i: int, condition: Condition, value: Tensor) -> Tensor:
        if condition.levels:
            return self._constant(F.one_hot(value, len(condition.levels)).float())
        value = (value - self.middle[i]) / self.spread[i]
        return value.reshape(-1, *plane_shape(condition.shape)) if condition.shape else self._constant(value[:, None])

    def _constant(self, numbers: Tensor) -> Tensor:
        """Numbers (n, k) as k constant planes."""
        return numbers[:, :, None, None].expand(-1, -1, *self.size)


def _units(condition: Condition, values: Tensor) -> tuple[float, float]:
    """What is 0 and what is 1 for the network. A field's range may be far wider than its usual values."""
    if condition.shape:
        return float(values.mean()), float(values.std())
    if condition.low is None or condition.high is None:
        return 0.0, 1.0
    return (condition.high + condition.low) / 2, (condition.high - condition.low) / 2
