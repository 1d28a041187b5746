"""The network that is trained: an LSTM that says how probable each token is, given those before it."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.train.conditions import ConditionEncoder


class Predictor(nn.Module):
    """(ids, conditions) -> logits.

    Parameters
    ----------
    ids : int
        Number of different ids; one more stands for the beginning.
    conditions : sequence of Condition
        Of the recordings: part of the input at every place.
    hidden : int
        Units of the LSTM.
    """

    def __init__(self, ids: int, conditions: Sequence[Condition], hidden: int) -> None:
        super().__init__()
        self.beginning, self.hidden = ids, hidden
        self.encode = ConditionEncoder(conditions)
        self.lstm = nn.LSTM(ids + 1 + self.encode.size, hidden, batch_first=True)
        self.output = nn.Linear(hidden, ids)

    def forward(self, ids: Tensor, *conditions: Tensor) -> Tensor:
        """Logits (n, length, ids) of each of `ids` (n, length), from those before it."""
        before = F.pad(ids[:, :-1], (1, 0), value=self.beginning)
        inputs = F.one_hot(before, self.beginning + 1).float()
        if (encoded := self.encode(conditions)) is not None:
            inputs = torch.cat([inputs, encoded[:, None].expand(-1, ids.shape[1], -1)], 2)
        logits: Tensor = self.output(self.lstm(inputs)[0])
        return logits

    def gates(self, conditions: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """The inputs' part of the gates' sums: of each id (ids + 1, 4 hidden), and of the conditions at every place."""
        weights, _, *biases = self.lstm.all_weights[0]
        constant = biases[0] + biases[1]  # (4 hidden,)
        if (encoded := self.encode(conditions)) is not None:
            constant = constant + encoded @ weights[:, self.beginning + 1 :].T  # (n, 4 hidden)
        return weights[:, : self.beginning + 1].T, constant

    def step(self, gates: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """One step of the LSTM, written out: new h and c (n, hidden) from the inputs' part of the gates' sums."""
        i, f, g, o = (gates + h @ self.lstm.all_weights[0][1].T).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
