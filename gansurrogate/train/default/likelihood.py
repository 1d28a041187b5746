"""Training by maximum likelihood, for a generator that can tell how likely real signals are."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.train.data import Part
from gansurrogate.train.default.autoregressive import AutoregressiveGenerator
from gansurrogate.train.default.markov import MarkovGenerator
from gansurrogate.train.schedules import cosine, ema_decay, warm_up

if TYPE_CHECKING:
    from gansurrogate.train.default.game import DefaultGame

BETAS = (0.9, 0.99)  # momentum helps where nobody answers
LONGEST = 5.0  # gradient: a rare surprise must not undo many steps


LikelyGenerator = MarkovGenerator | AutoregressiveGenerator


class Surprise(nn.Module):
    """The mean negative log-likelihood as a module of its own: several processes average the gradients of modules."""

    def __init__(self, generator: LikelyGenerator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, signals: Tensor, conditions: tuple[Tensor, ...], random: torch.Generator) -> Tensor:
        """Of signals (n, *shape)."""
        return self.generator.surprise(Part(signals, conditions), random)


def take_likely_step(game: "DefaultGame", step: int, progress: float) -> dict[str, float]:
    """Move the generator once towards a higher likelihood of real signals.

    Parameters
    ----------
    game : DefaultGame
        Its generator, optimiser and average are changed in place.
    step : int
    progress : float
        Share of the training done, in [0, 1].

    Returns
    -------
    dict
        The mean negative log-likelihood per value, but for a constant.
    """
    recipe = game.recipe
    rate = cosine(progress, recipe.learning_rate_end) * warm_up(step, recipe.warm_up_steps)
    game.set_learning_rate(recipe.learning_rate * rate)
    real, _ = game.deal(recipe.batch_size)
    # Dropout draws from PyTorch's global state.
    with own_randomness(int(torch.randint(2**62, (), generator=game.random))):
        surprise = game.synchronised("surprise")(real.signals, real.conditions, game.random)
    game.generator_optimizer.zero_grad()
    surprise.backward()
    if nn.utils.clip_grad_norm_(game.generator.parameters(), LONGEST).isfinite():  # else this batch tells no direction
        game.generator_optimizer.step()
    game.average.update(game.generator, ema_decay(step, recipe.ema_decay))
    return {"surprise": surprise.item()}
