"""The image-to-image recipe's game: its networks, their average, and the L1 on pairs kept out of training."""

from typing import Any, ClassVar

import torch

from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.train.ema import Average
from gansurrogate.train.game import Game
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.paired.discriminator import PatchDiscriminator
from gansurrogate.train.paired.generator import UNet
from gansurrogate.train.paired.pictures import gallery
from gansurrogate.train.paired.recipe import PairedRecipe
from gansurrogate.train.paired.step import take_step
from gansurrogate.train.recordings import Recordings
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.trained import generate

SHOWN = 6  # columns of the picture
PILOT = 1_000  # pairs that say what the networks' units are


class PairedGame(Game):
    """A U-Net against a patch discriminator; the averaged generator counts.

    Attributes
    ----------
    recipe : PairedRecipe
    """

    measure: ClassVar[str] = "held_out_l1"
    floor = 0.0  # the real fields themselves; what conditions leave open is not known
    recipe: PairedRecipe

    def __init__(self, recordings: Recordings, recipe: PairedRecipe, seed: int) -> None:
        super().__init__(recordings, recipe, seed)
        pilot = self.real.rows(torch.arange(min(PILOT, len(self.real.signals))))
        with own_randomness(seed):
            self.generator = UNet(recordings.spec, recipe, pilot, self.real.signals.limits())
            self.discriminator = PatchDiscriminator(self.generator, recipe)
        self.average = Average(self.generator)
        self.average.network.eval()
        self.generator_optimizer, self.discriminator_optimizer = (
            torch.optim.Adam(network.parameters(), recipe.learning_rate, recipe.betas, fused=True)
            for network in (self.generator, self.discriminator)
        )
        self.parts = {
            "generator": self.generator, "discriminator": self.discriminator, "average": self.average.network,
            "generator_optimizer": self.generator_optimizer, "discriminator_optimizer": self.discriminator_optimizer,
        }  # fmt: skip

    @property
    def network(self) -> GeneratorNetwork:
        """The averaged generator."""
        return self.average.network

    def move(self, step: int, progress: float) -> dict[str, float]:
        """Both networks move once."""
        return take_step(self, step, progress)

    def test(self) -> float:
        """Mean |real - generated| over the held-out pairs, in the signals' unit."""
        generated = generate(self.network, self.kept_out.conditions, len(self.kept_out.signals))
        return float((self.kept_out.signals - torch.from_numpy(generated)).abs().mean())

    def describe(self) -> dict[str, Any]:
        """The L1 of each condition that is like the signals, as it stands: what the network has to beat."""
        spec = self.recordings.spec
        like = [
            (c, values)
            for c, values in zip(spec.conditions, self.kept_out.conditions, strict=True)
            if (c.shape, c.unit) == (spec.shape, spec.unit)
        ]
        return {f"l1_of_{c.name}": round(float((self.kept_out.signals - v).abs().mean()), 6) for c, v in like}

    def draw(self, run: RunFolder, title: str) -> None:
        """Held-out conditions with what the generator makes of them, twice, and the real fields."""
        shown = self.kept_out.rows(torch.arange(min(SHOWN, len(self.kept_out.signals))))
        draws = [generate(self.network, shown.conditions, len(shown.signals), seed) for seed in (0, 1)]
        spec = self.recordings.spec
        fields = {c.name: v.numpy() for c, v in zip(spec.conditions, shown.conditions, strict=True) if c.shape}
        fields |= {"generated": draws[0], "once more": draws[1], "real": shown.signals.numpy()}
        run.save_figure("signals.png", gallery(fields, title), dpi=90)
