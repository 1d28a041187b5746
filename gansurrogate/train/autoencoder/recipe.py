"""The numbers of an autoencoder, with the reason beside each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gansurrogate.train.recipe import Recipe, one_of, zero_or_more
from gansurrogate.train.recordings import Recordings

if TYPE_CHECKING:
    from gansurrogate.train.autoencoder.game import AutoencoderGame


@dataclass(frozen=True)
class AutoencoderRecipe(Recipe):
    """An encoder to a few codes and a decoder back, by the mean squared error of the reconstruction.

    The `form` says what both are made of: ``"corrected"`` is a projection onto principal components that networks
    correct, ``"plain"`` the networks alone as in the textbooks, ``"pca"`` the projection alone.
    """

    name: str = "autoencoder"
    base: str = "autoencoder"
    description: str = "codes of signals, reconstructions and anomaly scores: an encoder and a decoder"
    steps: int = zero_or_more(6000)  # a minute on one core; the error hardly falls after it

    codes: int = (
        3  # the latent dimension: amplitude, frequency and bias of a sine; `gansurrogate codes` helps to choose
    )
    form: str = one_of("corrected", "plain", "pca")  # corrected: never worse than PCA, and soon far better
    width: int = 128
    depth: int = zero_or_more(2)  # hidden layers of each network; 0 makes a linear autoencoder
    scaling: str = one_of("auto", "whole", "channel")  # by one number or each channel by its own; auto: see pca.py

    learning_rate: float = 2e-3
    learning_rate_end: float = 0.02  # relative: annealing is worth as much as more steps
    warm_up_steps: int = 100

    def prepare(self, recordings: Recordings, seed: int, saved: Mapping[str, Any] | None = None) -> "AutoencoderGame":
        """Look at the data and build the networks."""
        from gansurrogate.train.autoencoder.game import AutoencoderGame

        return AutoencoderGame(recordings, self, seed)


RECIPES = (
    AutoencoderRecipe(),
    AutoencoderRecipe(
        name="pca",
        base="pca",
        description="principal components: the linear base line of the autoencoder",
        steps=1,  # there is nothing to train
        checks=1,
        form="pca",
    ),
)
