"""One step of the game: the discriminator moves, the generator answers, the average follows."""

from typing import NamedTuple

import torch

from gansurrogate.train.conditions import join
from gansurrogate.train.data import Part
from gansurrogate.train.losses import discriminator_loss, energy_distance, generator_loss, gradient_penalty
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.schedules import cosine, ema_decay, log_linear, warm_up
from gansurrogate.train.state import State
from gansurrogate.train.trained import draw_latents


class Losses(NamedTuple):
    """What a step measured; see `progress.Report`."""

    discriminator: float
    generator: float
    penalty: float
    energy: float


def take_step(state: State, real: Part, recipe: Recipe, progress: float) -> Losses:
    """Move both networks once.

    Parameters
    ----------
    state : State
        Changed in place.
    real : Part
        A batch of real signals; as many are generated under the same conditions.
    recipe : Recipe
    progress : float
        Share of the training done, in [0, 1]; the schedules follow it.
    """
    rate = cosine(progress, recipe.learning_rate_end) * warm_up(state.step, recipe.warm_up_steps)
    state.set_learning_rate(recipe.learning_rate * rate)
    gamma = log_linear(progress, recipe.penalty, recipe.penalty_end, recipe.penalty_until)

    # Both sides as views. The generated batch serves both moves.
    latent = draw_latents(state.generator.latents, len(real.signals), state.random)
    generated = state.views(state.generator(latent, *real.conditions))
    with torch.no_grad():
        views = state.views(real.signals)
        encoded = state.encode(real.conditions)

    # The discriminator ranks real above generated; its slope is penalised on both.
    real_in = views.clone().requires_grad_()
    fake_in = generated.detach().requires_grad_()
    real_logit = state.discriminator(real_in, encoded)
    fake_logit = state.discriminator(fake_in, encoded)
    ranking = discriminator_loss(real_logit, fake_logit)
    penalty = gradient_penalty(real_logit, real_in) + gradient_penalty(fake_logit, fake_in)
    state.discriminator_optimizer.zero_grad()
    (ranking + 0.5 * gamma * penalty).backward()
    state.discriminator_optimizer.step()

    # The generator climbs the ranking, and matches the leading coefficients as a cloud of points.
    state.discriminator.requires_grad_(False)
    with torch.no_grad():
        real_logit = state.discriminator(views, encoded)
    climb = generator_loss(real_logit, state.discriminator(generated, encoded))
    leading = state.views.leading
    energy = energy_distance(join(generated[:, :leading], encoded), join(views[:, :leading], encoded))
    state.generator_optimizer.zero_grad()
    (climb + recipe.energy_weight * energy).backward()
    state.generator_optimizer.step()
    state.discriminator.requires_grad_(True)

    state.average.update(state.generator, ema_decay(state.step, recipe.ema_decay))
    state.step += 1
    return Losses(ranking.item(), climb.item(), penalty.item(), energy.item())
