"""One step of the game: the discriminator moves, the generator answers, the average follows."""

from typing import TYPE_CHECKING

import torch

from gansurrogate.train.conditions import join
from gansurrogate.train.distributed import together
from gansurrogate.train.losses import discriminator_loss, energy_distance, generator_loss, gradient_penalty
from gansurrogate.train.schedules import cosine, ema_decay, log_linear, warm_up

if TYPE_CHECKING:
    from gansurrogate.train.default.game import DefaultGame


def take_step(game: "DefaultGame", step: int, progress: float) -> dict[str, float]:
    """Move both networks once.

    Parameters
    ----------
    game : DefaultGame
        Its networks, optimisers and average are changed in place.
    step : int
        Number of the step.
    progress : float
        Share of the training done, in [0, 1]; the schedules follow it.

    Returns
    -------
    dict
        The losses of both networks (ln 2 = 0.69 when the discriminator cannot rank real above generated), the
        unweighted penalty R1 + R2, and the energy distance of the leading coefficients.
    """
    recipe = game.recipe
    rate = cosine(progress, recipe.learning_rate_end) * warm_up(step, recipe.warm_up_steps)
    game.set_learning_rate(recipe.learning_rate * rate)
    gamma = log_linear(progress, recipe.penalty, recipe.penalty_end, recipe.penalty_until)

    # Both sides as views. The generated batch serves both moves.
    real, latent = game.deal(recipe.batch_size)
    generator, discriminator = game.synchronised("generator"), game.synchronised("discriminator")
    generated = game.views(generator(latent, *real.conditions))
    with torch.no_grad():
        views = game.views(real.signals)
        encoded = game.encode(real.conditions)

    # The discriminator ranks real above generated; its slope is penalised on both.
    real_in = views.clone().requires_grad_()
    fake_in = generated.detach().requires_grad_()
    real_logit = discriminator(real_in, encoded)
    fake_logit = discriminator(fake_in, encoded)
    ranking = discriminator_loss(real_logit, fake_logit)
    penalty = gradient_penalty(real_logit, real_in) + gradient_penalty(fake_logit, fake_in)
    game.discriminator_optimizer.zero_grad()
    (ranking + 0.5 * gamma * penalty).backward()
    game.discriminator_optimizer.step()

    # The generator climbs the ranking, and matches the leading coefficients as a cloud of points.
    game.discriminator.requires_grad_(False)
    with torch.no_grad():
        real_logit = game.discriminator(views, encoded)
    climb = generator_loss(real_logit, game.discriminator(generated, encoded))
    leading = game.views.leading
    clouds = [together(join(side[:, :leading], encoded)) for side in (generated, views)]
    energy = energy_distance(*clouds)
    game.generator_optimizer.zero_grad()
    (climb + recipe.energy_weight * energy).backward()
    game.generator_optimizer.step()
    game.discriminator.requires_grad_(True)

    game.average.update(game.generator, ema_decay(step, recipe.ema_decay))
    return {
        "discriminator": ranking.item(), "generator": climb.item(), "penalty": penalty.item(), "energy": energy.item(),
    }  # fmt: skip
