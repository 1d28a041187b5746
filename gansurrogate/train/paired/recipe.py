"""The numbers of the image-to-image recipe, with the reason beside each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gansurrogate.train.recipe import Recipe, zero_or_more
from gansurrogate.train.recordings import Recordings

if TYPE_CHECKING:
    from gansurrogate.train.paired.game import PairedGame


@dataclass(frozen=True)
class PairedRecipe(Recipe):
    """A small U-Net against a patch discriminator, held to the real field by an L1 term."""

    name: str = "image-to-image"
    base: str = "image-to-image"
    description: str = "for fields under a field as condition: a small pix2pix"
    signals: int = 10_000
    batch_size: int = 32  # pix2pix takes 1 to 10; without normalisation over the batch more is only smoother
    held_out_signals: int = 1_000  # each check translates them all

    # Generator.
    width: int = 16  # channels at full resolution; each halving doubles them
    halvings: int = 2  # 28 x 28 to 7 x 7: what lies further apart than about 30 values is not connected
    noise_channels: int = 2  # normal values per point of the coarsest grid; pix2pix's dropout is no row law's

    # Discriminator.
    patch_width: int = 16
    patch_halvings: int = 2  # judges patches of 22 x 22 values

    # Loss. The L1 term settles what the condition says, the discriminator how the rest has to look.
    l1_weight: float = zero_or_more(100.0)  # Isola et al., section 4.2; here for fields of standard deviation 1
    adversarial_weight: float = zero_or_more(1.0)  # 0 leaves regression to the conditional median

    # Optimisation.
    learning_rate: float = 2e-3  # ten times pix2pix's: small networks bear it, and it is annealed
    learning_rate_end: float = 0.02  # relative
    warm_up_steps: int = 50
    betas: tuple[float, float] = (0.5, 0.999)  # as in pix2pix
    ema_decay: float = 0.995

    def prepare(self, recordings: Recordings, seed: int, saved: Mapping[str, Any] | None = None) -> "PairedGame":
        """Look at the pairs and build the networks."""
        from gansurrogate.train.paired.game import PairedGame

        return PairedGame(recordings, self, seed)
