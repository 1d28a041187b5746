"""What `train` costs beside the plain PyTorch loop that somebody would write for the same recipe.

    python benchmarks/training.py --steps 1000 --threads 1

CPU time of 25 steps of each in turns: log, checkpoints and interrupts of `train` included, held-out tests not. Prints
milliseconds a step and the median of the ratios.
"""

import argparse
import copy
import tempfile
import time
from pathlib import Path
from statistics import median

import torch
from timing import cpu_model

import gansurrogate as gs
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, from_signal_generator, train
from gansurrogate.train.default.game import DefaultGame
from gansurrogate.train.losses import discriminator_loss, energy_distance, generator_loss, gradient_penalty
from gansurrogate.train.progress import NoProgress, Report


class Plain:
    """The default recipe's networks in a loop without log, checkpoint, device or interrupts."""

    def __init__(self, recordings: Recordings, recipe: str) -> None:
        self.game = DefaultGame(recordings, find_recipe(recipe), seed=2)
        self.data = torch.from_numpy(recordings.signals)
        self.average = copy.deepcopy(self.game.generator)
        rate, betas = self.game.recipe.learning_rate, self.game.recipe.betas
        self.optimizers = [
            torch.optim.Adam(network.parameters(), rate, betas)
            for network in (self.game.generator, self.game.discriminator)
        ]

    def step(self) -> None:
        """Both networks move once."""
        game, size = self.game, self.game.recipe.batch_size
        generator, discriminator, views = game.generator, game.discriminator, game.views
        real = views(self.data[torch.randint(len(self.data), (size,))]).requires_grad_()
        uniform, normal = (block.width for block in generator.latents)
        fake = views(generator(torch.cat([torch.rand(size, uniform), torch.randn(size, normal)], 1)))

        fake_in = fake.detach().requires_grad_()
        real_logit, fake_logit = discriminator(real), discriminator(fake_in)
        penalty = gradient_penalty(real_logit, real) + gradient_penalty(fake_logit, fake_in)
        self.optimizers[1].zero_grad()
        (discriminator_loss(real_logit, fake_logit) + 0.05 * penalty).backward()
        self.optimizers[1].step()

        leading = views.leading
        energy = energy_distance(fake[:, :leading], real.detach()[:, :leading])
        loss = generator_loss(discriminator(real.detach()), discriminator(fake)) + game.recipe.energy_weight * energy
        self.optimizers[0].zero_grad()
        loss.backward()
        self.optimizers[0].step()
        with torch.no_grad():
            for average, current in zip(self.average.parameters(), generator.parameters(), strict=True):
                average.mul_(0.999).add_(current, alpha=0.001)


class InTurns(NoProgress):
    """After each line of the log, as many plain steps."""

    def __init__(self, plain: Plain) -> None:
        self.plain, self.last = plain, 0
        self.times: list[tuple[float, float]] = []

    def stage(self, name: str) -> None:
        """The clock starts with the training."""
        self.began = time.process_time()

    def report(self, report: Report) -> None:
        """Take the time of both."""
        steps, self.last = report.step - self.last, report.step
        trained = (time.process_time() - self.began) / steps
        began = time.process_time()
        for _ in range(steps):
            self.plain.step()
        self.times.append((trained, (time.process_time() - began) / steps))
        self.began = time.process_time()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signal-generator", default="noisy-sine")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recordings = from_signal_generator(gs.signal_generator(arguments.signal_generator), 20_000, seed=1)
    turns = InTurns(Plain(recordings, "default"))
    recipe = find_recipe("default").changed({"checks": 1})
    with tempfile.TemporaryDirectory() as folder:
        train(recordings, RunFolder(Path(folder)), recipe=recipe, budget=Budget(steps=arguments.steps), progress=turns)
    ours, plain = zip(*turns.times[1:], strict=True)  # the first is not warm
    print(f"{cpu_model()}, torch {torch.__version__}, {arguments.threads} threads, {arguments.steps} steps")
    print(f"train {median(ours) * 1e3:.2f} ms a step, plain loop {median(plain) * 1e3:.2f} ms")
    print(f"plain / train: {median(b / a for a, b in zip(ours, plain, strict=True)):.2f}")


if __name__ == "__main__":
    main()
