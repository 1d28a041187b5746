"""The networks of each family: a generator, and who judges it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from torch import Tensor, nn

from gansurrogate.conditions import Condition
from gansurrogate.discovery.hooks import cause
from gansurrogate.errors import ArgumentError, PluginError
from gansurrogate.train.conditions import ConditionEncoder
from gansurrogate.train.default.autoregressive import AutoregressiveGenerator
from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.colour import look_at_colour
from gansurrogate.train.default.conv import ConvGenerator
from gansurrogate.train.default.discriminator import Discriminator
from gansurrogate.train.default.events import EventsGenerator
from gansurrogate.train.default.family import is_stationary
from gansurrogate.train.default.image import ImageDiscriminator, ImageGenerator, ImageViews
from gansurrogate.train.default.local import LocalDiscriminator, LocalViews
from gansurrogate.train.default.markov import MarkovGenerator
from gansurrogate.train.default.onsets import look_at_onsets
from gansurrogate.train.default.pilot import Pilot, are_few
from gansurrogate.train.default.recipe import DefaultRecipe, plugin_families
from gansurrogate.train.default.shifted import ShiftedGenerator
from gansurrogate.train.default.shifted_views import ShiftedViews
from gansurrogate.train.default.spectral import SpectralGenerator
from gansurrogate.train.default.spectral_views import SpectralViews
from gansurrogate.train.default.spectrum import look_at_spectrum
from gansurrogate.train.default.standardised import Standardised
from gansurrogate.train.default.trains import look_for_trains
from gansurrogate.train.default.views import Views
from gansurrogate.train.default.window_views import WindowViews
from gansurrogate.train.default.windows import WindowsGenerator
from gansurrogate.train.networks import GeneratorNetwork

# What suits a family better than the recipe's defaults, which were found with the basis family.
LOCAL = {"batch_size": 128, "learning_rate": 1e-3, "energy_weight": 1.0}
FEW = {"batch_size": 128, "learning_rate": 1e-3, "enough": 0}
TUNING: Mapping[str, Mapping[str, Any]] = {
    "events": {**LOCAL, "penalty_end": 0.02},
    "conv": {**LOCAL, "penalty_end": 0.003},
    # Penalties in units of pixels, of which an image has many: each slope is small.
    "image": {"batch_size": 64, "learning_rate": 5e-4, "energy_weight": 1.0, "penalty": 10.0, "penalty_end": 1.0},
    "markov": {"learning_rate": 3e-3},
    "autoregressive": {"batch_size": 48, "learning_rate": 4e-3},
    # Recordings are few, and their windows overlap: a discriminator soon knows each of them.
    "windows": {**FEW, "energy_weight": 3.0, "penalty": 2.0, "penalty_end": 0.4},
}

Dense = Views | Standardised | WindowViews  # a vector of views in two groups, for `Discriminator`


class Players(NamedTuple):
    """The networks of a game.

    Attributes
    ----------
    generator : GeneratorNetwork
    opponent : pair of modules or None
        Views, and the discriminator that sees them. Without them the generator is trained by its likelihood.
    """

    generator: GeneratorNetwork
    opponent: tuple[Dense | LocalViews | ImageViews, nn.Module] | None = None


Builder = Callable[[Pilot, Tensor, Sequence[Condition], DefaultRecipe], Players]


def tuned(recipe: DefaultRecipe, family: str) -> DefaultRecipe:
    """The recipe with what suits the family, where it still has the default."""
    default = DefaultRecipe()
    changes = {name: value for name, value in TUNING.get(family, {}).items()
               if getattr(recipe, name) == getattr(default, name)}  # fmt: skip
    return replace(recipe, **changes)


def build(
    family: str, pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe
) -> Players:
    """New networks of `family` for signals (n, *shape) that were looked at.

    Raises
    ------
    PluginError
        If the family is a plugin's, and it fails or builds something else.
    """
    if family in BUILDERS:
        return BUILDERS[family](pilot, signals, conditions, recipe)
    try:
        made = plugin_families()[family](pilot, signals, conditions, recipe)
    except Exception as error:  # a plugin may fail in any way
        msg = f"the family {family!r} of a plugin cannot be built: {cause(error)}"
        raise PluginError(msg) from error
    if isinstance(made, Players):
        return made
    if not isinstance(made, GeneratorNetwork):
        kind = type(made).__name__
        msg = f"a plugin has to build a GeneratorNetwork or Players for the family {family!r}; got {kind}"
        raise PluginError(msg)
    return _against_local(made, pilot, signals, conditions, recipe)


def _basis(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    # Of many signals the filter and its modulation are learned as well, and a long filter has its price.
    few = are_few(len(signals))
    colour = look_at_colour(signals, pilot, recipe.noise_envelope) if few else None
    generator = BasisGenerator(pilot, conditions, recipe, colour)
    return _against_dense(generator, Views(pilot, recipe, signals), conditions, recipe)


def _shifted(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    _one_channel(signals, "shifted")
    aligned = look_at_onsets(signals)
    views = ShiftedViews(aligned, recipe, signals)
    return _against_dense(ShiftedGenerator(aligned, conditions, recipe), views, conditions, recipe)


def _spectral(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    _one_channel(signals, "spectral")
    spectrum = look_at_spectrum(signals)
    views = SpectralViews(spectrum, recipe, signals)
    return _against_dense(SpectralGenerator(spectrum, conditions, recipe), views, conditions, recipe)


def _one_channel(signals: Tensor, family: str) -> None:
    if signals.dim() != 2:
        shape = tuple(signals.shape[1:])
        msg = f'the family {family} takes signals of one channel; these have shape {shape}: leave family at "auto"'
        raise ArgumentError(msg)


def _against_dense(
    generator: GeneratorNetwork,
    views: Views | Standardised | WindowViews,
    conditions: Sequence[Condition],
    recipe: DefaultRecipe,
) -> Players:
    sizes = (views.trajectory_size, views.size, ConditionEncoder(conditions).size)
    return Players(generator, (views, Discriminator(*sizes, recipe)))


def _events(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    generator = EventsGenerator(look_for_trains(signals), pilot.size, conditions, recipe)
    return _against_local(generator, pilot, signals, conditions, recipe)


def _conv(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    generator = ConvGenerator(pilot, is_stationary(signals), conditions, recipe)
    return _against_local(generator, pilot, signals, conditions, recipe)


def _against_local(
    generator: GeneratorNetwork, pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe
) -> Players:
    views = LocalViews(pilot, signals)
    return Players(generator, (views, LocalDiscriminator(views, ConditionEncoder(conditions).size, recipe)))


def _image(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    views = ImageViews(pilot)
    discriminator = ImageDiscriminator(views, pilot.shape, ConditionEncoder(conditions).size)
    return Players(ImageGenerator(pilot, signals, conditions), (views, discriminator))


def _windows(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    return _against_dense(WindowsGenerator(signals, recipe), WindowViews(recipe, signals), conditions, recipe)


def _markov(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    return Players(MarkovGenerator(pilot, signals, conditions, recipe))


def _autoregressive(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Players:
    return Players(AutoregressiveGenerator(signals, recipe))


BUILDERS: Mapping[str, Builder] = {
    "basis": _basis, "shifted": _shifted, "spectral": _spectral, "events": _events, "conv": _conv, "image": _image,
    "markov": _markov, "windows": _windows, "autoregressive": _autoregressive,
}  # fmt: skip
