"""The game of a classical GAN: the discriminator moves k times, then the generator once."""

from typing import ClassVar

import torch
from torch import nn

from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.train.ema import Average
from gansurrogate.train.game import Game
from gansurrogate.train.gan.held_out import HeldOut
from gansurrogate.train.gan.losses import GENERATOR_LOSSES, discriminator_loss
from gansurrogate.train.gan.networks import Discriminator, Generator
from gansurrogate.train.gan.pictures import draw
from gansurrogate.train.gan.recipe import GanRecipe
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.recordings import Recordings
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.schedules import ema_decay

FEWEST_STEPS = 100  # between two pictures: with few recordings, drawing would take longer than training


class GanGame(Game):
    """A generator against a discriminator; the last generator is kept, or its average over the last steps."""

    measure: ClassVar[str] = "held_out_auc"
    bears_bfloat16 = True

    def __init__(self, recordings: Recordings, recipe: GanRecipe, seed: int) -> None:
        super().__init__(recordings, recipe, seed)
        self.recipe: GanRecipe = recipe
        self.step = 0
        self.held_out = HeldOut(self.kept_out, self.real)
        self.floor = self.held_out.floor
        self.loss = GENERATOR_LOSSES[recipe.loss]
        once_through = max(FEWEST_STEPS, -(-len(self.real.signals) // recipe.batch_size))
        self.picture_every = recipe.picture_every or once_through
        spec, limits = recordings.spec, self.real.signals.limits()
        with own_randomness(seed):
            self.generator: GeneratorNetwork = Generator(spec.shape, spec.conditions, recipe, limits)
            self.discriminator = Discriminator(spec.shape, spec.conditions, recipe, limits)
        self.average = Average(self.generator)
        self.generator_optimizer = _adam(self.generator, recipe)
        self.discriminator_optimizer = _adam(self.discriminator, recipe)
        self.parts = {
            "generator": self.generator, "discriminator": self.discriminator, "average": self.average.network,
            "generator_optimizer": self.generator_optimizer, "discriminator_optimizer": self.discriminator_optimizer,
        }  # fmt: skip

    @property
    def network(self) -> GeneratorNetwork:
        """The generator, averaged if the recipe says so."""
        return self.average.network if self.recipe.ema_decay else self.generator

    def move(self, step: int, progress: float) -> dict[str, float]:
        """The discriminator moves k times, the generator once.

        Returns
        -------
        dict
            The losses of both networks, and the mean of the discriminator's outputs on real and on generated signals:
            both are 1/2 where it cannot tell them apart.
        """
        # Dropout draws from PyTorch's global state.
        with own_randomness(int(torch.randint(2**62, (), generator=self.random))):
            for _ in range(self.recipe.discriminator_steps):
                loss, real, fake = self.move_discriminator()
            losses = {"discriminator": loss, "generator": self.move_generator(), "D(x)": real, "D(G(z))": fake}
        if self.recipe.ema_decay:
            self.average.update(self.generator, ema_decay(step, self.recipe.ema_decay))
        self.step = step + 1
        return losses

    def move_discriminator(self) -> tuple[float, float, float]:
        """One step of the discriminator, at the generator as it is: its loss, mean D(x) and mean D(G(z))."""
        size, discriminator = self.recipe.batch_size, self.synchronised("discriminator")
        real, latent = self.deal(size // 2 if self.recipe.half_batches else size)
        with torch.no_grad():
            generated = self.generator(latent, *real.conditions)
        real_logit, fake_logit = (discriminator(x, *real.conditions) for x in (real.signals, generated))
        loss = discriminator_loss(real_logit, fake_logit)
        self.discriminator_optimizer.zero_grad()
        loss.backward()
        self.discriminator_optimizer.step()
        return loss.item(), real_logit.sigmoid().mean().item(), fake_logit.sigmoid().mean().item()

    def move_generator(self) -> float:
        """One step of the generator, at the discriminator as it is; its loss."""
        real, latent = self.deal(self.recipe.batch_size)  # of the real signals only the conditions matter here
        self.discriminator.requires_grad_(False)
        generated = self.synchronised("generator")(latent, *real.conditions)
        loss = self.loss(self.discriminator(generated, *real.conditions))
        self.generator_optimizer.zero_grad()
        loss.backward()
        self.generator_optimizer.step()
        self.discriminator.requires_grad_(True)
        return loss.item()

    def test(self) -> float:
        """AUC of boosted trees that tell held-out signals from generated ones."""
        return self.held_out.auc(self.network)

    def draw(self, run: RunFolder, title: str) -> None:
        """Pictures of where the training stands."""
        draw(self, run, title)


def _adam(network: nn.Module, recipe: GanRecipe) -> torch.optim.Adam:
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    return torch.optim.Adam(weights, recipe.learning_rate, recipe.betas, recipe.epsilon, fused=True)
