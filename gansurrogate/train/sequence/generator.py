"""The generator: draws sequences from the probabilities that the predictor gives, one token after the other."""

import torch
from torch import Tensor

from gansurrogate.latent import Latent
from gansurrogate.train.iteration import iterate
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.sequence.codes import Code
from gansurrogate.train.sequence.predictor import Predictor

State = tuple[Tensor, Tensor, Tensor]  # h and c of the LSTM (n, hidden), and the last id (n,)
Place = tuple[Tensor, ...]  # the uniform latent, the value that is fixed and whether one is, each (n,)


class SequenceGenerator(GeneratorNetwork):
    """(latent, conditions, prefix) -> signals. Each token takes one uniform latent.

    Parameters
    ----------
    shape : tuple of int
        Of one signal; its values are drawn in their order, the last axis fastest.
    code : Code
    predictor : Predictor
    """

    chooses = True

    def __init__(self, shape: tuple[int, ...], code: Code, predictor: Predictor) -> None:
        super().__init__()
        self.shape, self.code, self.predictor = shape, code, predictor
        self.latents = (Latent("uniform", torch.Size(shape).numel()),)

    def forward(self, latent: Tensor, *conditions: Tensor) -> Tensor:
        """Draw sequences.

        Parameters
        ----------
        latent : tensor of shape (n, length)
            Uniform on (0, 1].
        *conditions : tensor of shape (n, *shape of the condition)
            Those of the recordings, then those of ``code.prefix``.

        Returns
        -------
        tensor of shape (n, *shape)
        """
        own = len(self.predictor.encode.conditions)
        table, constant = self.predictor.gates(conditions[:own])
        prefix, fixed = self.code.fixed(conditions[own:], latent)  # (n, length) each

        def step(state: State, place: Place) -> tuple[State, Tensor]:
            h, c, last = state
            uniform, value, given = place
            h, c = self.predictor.step(table[last] + constant, h, c)
            drawn = draw(self.predictor.output(h), uniform)
            if self.code.end is not None:
                drawn = torch.where(last == self.code.end, self.code.end, drawn)
            ids = torch.where(given, self.code.ids(value), drawn)
            return (h, c, ids), ids.clone()

        rest = latent.new_zeros(latent.shape[0], self.predictor.hidden)  # `len` would fix the batch of an export
        beginning = torch.full_like(latent[:, 0], self.predictor.beginning, dtype=torch.int64)
        ids = iterate(step, (rest, rest.clone(), beginning), (latent.T, prefix.T, fixed.T)).T
        return torch.where(fixed, prefix, self.code.signals(ids)).reshape(-1, *self.shape)


def draw(logits: Tensor, uniform: Tensor) -> Tensor:
    """An id (n,) from each row of logits (n, ids), with its probability under the softmax.

    Uniform values are above 0 and at most 1: an id without weight is never drawn.
    """
    weights = (logits - logits.amax(1, keepdim=True)).exp()
    cumulated = weights.cumsum(1)
    return (cumulated[:, :-1] < uniform[:, None] * cumulated[:, -1:]).sum(1)
