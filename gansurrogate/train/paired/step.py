"""One step of the game: the discriminator moves, the generator answers, the average follows."""

from typing import TYPE_CHECKING

from gansurrogate.train.gan.losses import discriminator_loss, non_saturating
from gansurrogate.train.schedules import cosine, ema_decay, warm_up

if TYPE_CHECKING:
    from gansurrogate.train.paired.game import PairedGame


def take_step(game: "PairedGame", step: int, progress: float) -> dict[str, float]:
    """Move both networks once (Isola et al., equation 4, with the non-saturating loss of its section 3.3).

    Parameters
    ----------
    game : PairedGame
        Its networks, optimisers and average are changed in place.
    step : int
        Number of the step.
    progress : float
        Share of the training done, in [0, 1].

    Returns
    -------
    dict
        The cross entropy of the discriminator (2 ln 2 = 1.39 when it cannot tell) and of the generator (ln 2 then), and
        the unweighted L1 in standard deviations of the fields.
    """
    recipe = game.recipe
    game.set_learning_rate(
        recipe.learning_rate * cosine(progress, recipe.learning_rate_end) * warm_up(step, recipe.warm_up_steps)
    )
    real, latent = game.deal(recipe.batch_size)
    generator, discriminator = game.synchronised("generator"), game.synchronised("discriminator")
    planes = game.generator.planes(real.conditions)
    free = generator(latent, *real.conditions)
    generated = game.generator.bounded(free)

    # The discriminator: -log D(c, x) - log(1 - D(c, G(c, z))), with D the logistic function of each patch's logit.
    told = discriminator_loss(discriminator(real.signals, planes), discriminator(generated.detach(), planes))
    game.discriminator_optimizer.zero_grad()
    told.backward()
    game.discriminator_optimizer.step()

    # The generator: -log D(c, G(c, z)) + weight |x - G(c, z)|.
    game.discriminator.requires_grad_(False)
    fooled = non_saturating(game.discriminator(generated, planes))
    distance = (real.signals - free).abs().mean() / game.generator.scale
    game.generator_optimizer.zero_grad()
    (recipe.adversarial_weight * fooled + recipe.l1_weight * distance).backward()
    game.generator_optimizer.step()
    game.discriminator.requires_grad_(True)

    game.average.update(game.generator, ema_decay(step, recipe.ema_decay))
    return {"discriminator": told.item(), "generator": fooled.item(), "l1": distance.item()}
