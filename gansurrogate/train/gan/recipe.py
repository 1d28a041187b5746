"""The numbers of the classical GANs; the built-in recipes are those that people know from articles and courses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gansurrogate.errors import ArgumentError
from gansurrogate.train.recipe import Recipe, one_of, zero_or_more
from gansurrogate.train.recordings import Recordings

if TYPE_CHECKING:
    from gansurrogate.train.gan.game import GanGame


@dataclass(frozen=True)
class GanRecipe(Recipe):
    """A generator of a few normal values against a discriminator of whole signals, with conditions or without."""

    name: str = "mlp-gan-1"
    base: str = "mlp-gan-1"
    description: str = "images by dense networks, 100-256-512-1024 against 512-256"
    batch_size: int = 64
    held_out_signals: int = 2_000

    # Generator.
    generator: str = one_of("mlp", "lstm")  # lstm reads the inputs one after the other, dense layers follow
    latent_size: int = 100  # standard normal values per signal
    generator_widths: tuple[int, ...] = (256, 512, 1024)  # of the hidden layers
    generator_activation: str = one_of("relu", "leaky-relu")
    output: str = one_of("tanh", "linear")  # tanh: the networks see signals scaled to [-1, 1]; linear: as they are

    # Discriminator.
    discriminator_widths: tuple[int, ...] = (512, 256)
    discriminator_activation: str = one_of("leaky-relu", "relu")
    dropout: float = zero_or_more(0.0)  # share of each hidden layer's values

    # He et al. 2015; or a library's own. With those the latent fades on its way through the generator, which then draws
    # one image for all: after 2000 steps on MNIST its spread over latents was 7 grey levels with Keras', 37 with these,
    # while the digits' own is 45.
    initial_weights: str = one_of("he", "pytorch", "keras")

    # Conditions are appended to the inputs of both networks: as they are, or multiplied to weigh as much as the other
    # inputs together. One digit out of ten is hardly heard beside 784 pixels.
    loud_conditions: bool = False

    # The game.
    loss: str = one_of("non-saturating", "minimax")
    discriminator_steps: int = 1  # per step of the generator
    half_batches: bool = False  # the discriminator takes half a batch of real and half of generated signals
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    epsilon: float = 1e-8  # of Adam
    ema_decay: float = zero_or_more(0.0)  # of the averaged generator that is kept; 0: the last one as it is
    picture_every: int = zero_or_more(1000)  # steps; 0: once through the recordings

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.dropout < 1 > self.ema_decay:
            msg = f"the recipe's dropout and ema_decay are below 1; got {self.dropout} and {self.ema_decay}"
            raise ArgumentError(msg)

    def prepare(self, recordings: Recordings, seed: int, saved: Mapping[str, Any] | None = None) -> "GanGame":
        """Build the networks."""
        from gansurrogate.train.gan.game import GanGame

        return GanGame(recordings, self, seed)


# P. Paialunga, "Hands-on Generative Adversarial Networks (GAN) for Signal Processing, with Python", Towards Data
# Science, 2022: Keras, with its defaults.
ARTICLE = GanRecipe(
    name="article", base="article", description="signals by an LSTM, as in the article on the noisy sine",
    steps=10_000, batch_size=128, half_batches=True, generator="lstm", latent_size=3, generator_widths=(150,),
    output="linear", discriminator_widths=(300, 250, 100), discriminator_activation="relu", initial_weights="keras",
    learning_rate=1e-3, betas=(0.9, 0.999), epsilon=1e-7,
)  # fmt: skip
MLP_GAN_1 = GanRecipe()
MLP_GAN_2 = GanRecipe(
    name="mlp-gan-2", base="mlp-gan-2", description="images by dense networks, 128-256-512-1024 against 1024-512-256",
    batch_size=512, latent_size=128, generator_activation="leaky-relu", discriminator_widths=(1024, 512, 256),
    dropout=0.3, picture_every=0,
)  # fmt: skip
# M. Mirza and S. Osindero, "Conditional generative adversarial nets", 2014, with the first networks. Dropout keeps the
# louder conditions from making every digit one image; with it the discriminator bears three times the learning rate.
CONDITIONAL_GAN = GanRecipe(
    name="conditional-gan", base="conditional-gan", description="images or signals that obey their conditions",
    generator_activation="leaky-relu", dropout=0.1, loud_conditions=True, learning_rate=6e-4, ema_decay=0.999,
)  # fmt: skip
# I. Goodfellow et al., "Generative adversarial nets", 2014: the game of its equation 1, small enough to look at.
OBJECTIVE = GanRecipe(
    name="objective", base="objective", description="the minimax game itself, on signals of one value: see density.png",
    steps=3_000, batch_size=256, latent_size=1, generator_widths=(64, 64), discriminator_widths=(64, 64),
    loss="minimax", discriminator_steps=5, picture_every=250,
)  # fmt: skip
RECIPES = (ARTICLE, MLP_GAN_1, MLP_GAN_2, CONDITIONAL_GAN, OBJECTIVE)
