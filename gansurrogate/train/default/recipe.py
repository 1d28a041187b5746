"""The numbers of the default recipe, with the reason beside each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gansurrogate.discovery.offers import named_function
from gansurrogate.errors import ArgumentError, PluginError
from gansurrogate.plugins import installed
from gansurrogate.train.recipe import Recipe, zero_or_more
from gansurrogate.train.recordings import Recordings

if TYPE_CHECKING:
    from gansurrogate.train.default.game import DefaultGame

FAMILIES = ("basis", "shifted", "spectral", "events", "markov", "image", "conv", "windows", "autoregressive")


@dataclass(frozen=True)
class DefaultRecipe(Recipe):
    """A generator of a family that suits the signals, against a discriminator of fixed views."""

    name: str = "default"
    description: str = "for any signals: looks at them and chooses its generator"

    family: str = "auto"  # auto: chosen by a look at the signals, see `family`; or a plugin's

    # Generator: a small network gives the coefficients of the leading principal components, noise the rest.
    latent_size: int = 6  # uniform values per signal; two more than most physics has parameters
    width: int = 128
    depth: int = 3
    spare_components: int = 4  # beyond those above the noise floor, so that faint ones are modelled too
    most_components: int = 64  # above this a signal is not low-rank and another family suits it better
    taps: int = 5  # of the filter that colours the noise
    noise_envelope: int = 8  # smooth cosines along the signal that shape the noise scale
    stretch: int = 8  # samples that a block-Markov generator draws at once
    memory: int = 3  # stretches that it sees

    # Discriminator: one head for the trajectory, a small one that also sees the residual.
    head_width: int = 256
    head_depth: int = 3
    noise_head_width: int = 64
    noise_head_depth: int = 2
    octaves: int = 3  # sines and cosines of whitened coefficients: sharp edges of densities need them

    # Loss. The penalty starts strong, which keeps the start stable, and ends weak, which lets details through.
    penalty: float = 1.0
    penalty_end: float = 0.0003  # with many signals; see `adapted_to`
    enough: int = zero_or_more(44_000)  # training signals with which penalty_end was found; 0: it suits any number
    penalty_until: float = 0.8  # progress at which penalty_end is reached
    energy_weight: float = zero_or_more(5.0)  # steadies the density of the leading coefficients

    # Optimisation.
    learning_rate: float = 2e-3  # dense networks this small bear ten times that of image GANs
    learning_rate_end: float = 0.02  # relative: annealing to near zero is worth as much as more steps
    warm_up_steps: int = 200
    betas: tuple[float, float] = (0.0, 0.99)  # no momentum: it makes adversarial updates rotate
    ema_decay: float = 0.999

    # Data.
    pilot_signals: int = 10_000  # looked at to fix the basis and the noise floor

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.family not in ("auto", *FAMILIES) and self.family not in plugin_families():
            known = ", ".join(("auto", *FAMILIES, *plugin_families()))
            msg = f"the recipe's family is one of {known}; got {self.family!r}{installed().broken_ones()}"
            raise ArgumentError(msg)

    def prepare(self, recordings: Recordings, seed: int, saved: Mapping[str, Any] | None = None) -> "DefaultGame":
        """Look at the data and build the networks."""
        from gansurrogate.train.default.game import DefaultGame

        return DefaultGame(recordings, self, seed, saved)

    def adapted_to(self, n: int) -> "DefaultRecipe":
        """The recipe for `n` training signals: with few, the penalty stays stronger.

        A weakly penalised discriminator remembers few signals one by one, and then says nothing about the others.
        The square of the shortage suits what was measured: 0.0003 for 44,000 signals of the noisy sine; for 4,800 of
        the Duffing oscillator 0.03 (trees tell fresh signals apart with AUC 0.60 to 0.63, with 0.0003 at 0.66).
        """
        scarce = self.penalty_end * max(1.0, self.enough / n) ** 2
        return replace(self, penalty_end=max(self.penalty_end, min(self.penalty, scarce)))


def plugin_families() -> dict[str, Callable[..., Any]]:
    """Families of generators that plugins offer (the hook `register_networks`), each with what builds its network."""
    return installed().offered("register_networks", _family).things


def _family(name: Any, build: Any) -> tuple[str, Callable[..., Any]]:
    if name in ("auto", *FAMILIES):
        msg = f"the family {name!r} is built in: choose another name"
        raise PluginError(msg)
    return named_function(name, build)
