"""Recurrent judges: small networks that read a window step by step, several trained side by side."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from gansurrogate.fidelity.randomness import own_randomness

BATCH = 128  # of each side
RATE = 1e-3
TRAINED_ON = 0.8  # share of each side


class Recurrent(nn.Module):
    """Judges of one recurrent layer and a dense output each; the first axis of every tensor counts them.

    The gated recurrent unit (K. Cho et al., EMNLP 2014, arXiv:1406.1078) is that of TensorFlow 1, with which the
    published scores were measured: the reset gate acts on the state before the matrix product (PyTorch's acts after
    it), weights start by Glorot's rule for the joined matrix of input and state, biases of the gates at one.

    Parameters
    ----------
    judges, inputs, units : int
    """

    def __init__(self, judges: int, inputs: int, units: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.gates = nn.Parameter(_glorot(judges, inputs + units, 2 * units))
        self.candidate = nn.Parameter(_glorot(judges, inputs + units, units))
        self.dense = nn.Parameter(_glorot(judges, units, 1))
        self.gates_bias = nn.Parameter(torch.ones(judges, 1, 2 * units))
        self.candidate_bias = nn.Parameter(torch.zeros(judges, 1, units))
        self.dense_bias = nn.Parameter(torch.zeros(judges, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Outputs (judges, n, length), one after each step, of windows (judges, n, length, inputs)."""
        judges, n, length, _ = x.shape
        x = x.transpose(1, 2).reshape(judges, length * n, self.inputs)
        seen = [
            torch.baddbmm(bias, x, weight[:, : self.inputs]).view(judges, length, n, -1).unbind(1)
            for weight, bias in ((self.gates, self.gates_bias), (self.candidate, self.candidate_bias))
        ]
        to_gates, to_candidate = self.gates[:, self.inputs :], self.candidate[:, self.inputs :]
        state = x.new_zeros(judges, n, self.candidate.shape[2])
        states = []
        for gates, candidate in zip(*seen, strict=True):
            reset, update = torch.baddbmm(gates, state, to_gates).sigmoid().chunk(2, 2)
            new = torch.baddbmm(candidate, reset * state, to_candidate).tanh()
            state = torch.lerp(new, state, update)
            states.append(state)
        outputs = torch.baddbmm(self.dense_bias, torch.cat(states, 1), self.dense)
        return outputs.view(judges, length, n).transpose(1, 2)


def classify(
    real: NDArray[np.float32], other: NDArray[np.float32], *, units: int, iterations: int, repeats: int, seed: int
) -> tuple[Tensor, Tensor]:
    """Train judges to tell two sets apart, on four fifths of each; every judge draws its own split.

    Adam, batches of 128 and 128 without replacement, the sum of both sides' mean binary cross entropies.

    Parameters
    ----------
    real, other : array of shape (n, length, inputs)

    Returns
    -------
    two tensors of shape (repeats, n / 5)
        Logits of the windows not trained on: positive for what is taken as real.
    """
    sides = [torch.from_numpy(side) for side in (real, other)]
    random = np.random.default_rng(seed)
    orders = [np.stack([random.permutation(len(side)) for _ in range(repeats)]) for side in sides]
    cuts = [int(TRAINED_ON * len(side)) for side in sides]

    def batch() -> Tensor:
        parts = []
        for side, order, cut in zip(sides, orders, cuts, strict=True):
            rows = [known[random.choice(cut, min(BATCH, cut), replace=False)] for known in order]
            parts.append(side[torch.from_numpy(np.stack(rows))])
        return torch.cat(parts, 1)

    with own_randomness(seed):
        judges = Recurrent(repeats, real.shape[2], units)
    optimizer = torch.optim.Adam(judges.parameters(), RATE)
    for _ in range(iterations):
        logits = judges(batch())[:, :, -1]
        middle = min(BATCH, cuts[0])
        loss = F.softplus(-logits[:, :middle]).mean(1) + F.softplus(logits[:, middle:]).mean(1)
        optimizer.zero_grad()
        loss.sum().backward()  # no weight serves two judges: each follows its own loss
        optimizer.step()
    unseen = [torch.from_numpy(order[:, cut:]) for order, cut in zip(orders, cuts, strict=True)]
    with torch.no_grad():
        first, second = (judges(side[rows])[:, :, -1] for side, rows in zip(sides, unseen, strict=True))
    return first, second


def _glorot(judges: int, inputs: int, outputs: int) -> Tensor:
    bound = (6 / (inputs + outputs)) ** 0.5
    return torch.empty(judges, inputs, outputs).uniform_(-bound, bound)
