"""Which family of generators suits the signals, decided by rules on a first look."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from gansurrogate.conditions import Condition
from gansurrogate.errors import ArgumentError
from gansurrogate.train.default.onsets import components_needed
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.statistics import drift, unpredicted, whitened_kurtosis
from gansurrogate.train.default.trains import look_for_trains
from gansurrogate.train.default.windows import look_for_leaps, look_for_windows

SMALLEST_IMAGE = 12  # pixels on each side
LOW_RANK = 24  # components above the noise: a map from a few latents can follow so many
PREDICTABLE = 0.04  # share of a stretch's variance that the past leaves open
ENOUGH_FOR_STRETCHES = 8000  # signals; with 4,800 of the Duffing oscillator the basis family was better
MANY = 2000  # signals; with fewer, only the basis family is safe from remembering them
ALIGNED = 1 / 3  # of the components are left where what differs is mainly when the pulse comes
MEAN_DRIFT, VARIANCE_DRIFT = 0.005, 0.05
GAUSSIAN = 3.2  # kurtosis of whitened values
LONGEST_NOISE = 1024  # samples: a table of waves grows with their square
REGULAR = 0.4  # return of the envelope after a period; Gaussian noise of any spectrum has about 0.25
SHORTEST_WINDOW = 3  # samples: two steps, of which one can repeat the other

WINDOWS = ("windows", "autoregressive")  # families that know channels as quantities in units of their own


class Choice(NamedTuple):
    """A family and why."""

    family: str
    reason: str


def choose(pilot: Pilot, signals: Tensor, conditions: Sequence[Condition], recipe: DefaultRecipe) -> Choice:
    """The family for signals (n, *shape): what the recipe asks for, or the first whose rule holds.

    Parameters
    ----------
    pilot : Pilot
    signals : tensor of shape (n, *shape)
        The signals that were looked at.
    conditions : sequence of Condition
    recipe : DefaultRecipe

    Raises
    ------
    ArgumentError
        If the recipe asks for a family of windows, and the signals are none.
    """
    if recipe.family in WINDOWS:
        _check_windows(signals, conditions, recipe.family)
    if recipe.family != "auto":
        return Choice(recipe.family, "asked for by the recipe")
    if not conditions and look_for_windows(signals):
        levels = f"{pilot.shape[0]} quantities whose levels change from window to window"
        lively = look_for_leaps(signals)
        return Choice("autoregressive", f"{levels}, and {lively}") if lively else Choice("windows", levels)
    if len(pilot.shape) > 1 and min(pilot.shape[-2:]) >= SMALLEST_IMAGE and len(signals) >= MANY:
        return Choice("image", f"{pilot.shape[-2]} x {pilot.shape[-1]} values on the last two axes")
    above = pilot.rank - recipe.spare_components
    if above <= LOW_RANK:
        return Choice("basis", f"{above} principal components stand above the noise")
    if len(pilot.shape) > 1 or len(signals) < MANY:
        return Choice("basis", "several channels, or few signals")
    raw, aligned = components_needed(signals)
    if aligned <= ALIGNED * raw:
        return Choice("shifted", f"aligned, {aligned} components hold 90 % of the power, as they come {raw}")
    if len(signals) >= ENOUGH_FOR_STRETCHES and (left := unpredicted(signals)) < PREDICTABLE:
        return Choice("markov", f"a short stretch is known from the last ones but for {left:.1%} of its variance")
    if is_stationary(signals):
        kurtosis = whitened_kurtosis(signals)
        if kurtosis <= GAUSSIAN and pilot.size <= LONGEST_NOISE:
            return Choice("spectral", f"stationary, and Gaussian once whitened (kurtosis {kurtosis:.2f})")
        regularity = look_for_trains(signals).regularity
        if regularity > REGULAR:
            return Choice("events", f"stationary, not Gaussian, and the envelope returns to {regularity:.0%}")
        return Choice("conv", f"stationary with {above} components above the noise")
    if pilot.rank < recipe.most_components:
        return Choice("basis", f"{above} principal components stand above the noise")
    return Choice("conv", f"{above} components above the noise, and the past does not foretell them")


def is_stationary(signals: Tensor) -> bool:
    """Whether mean and variance are the same all along signals (n, *shape)."""
    mean, variance = drift(signals.reshape(-1, signals.shape[-1]))
    return mean < MEAN_DRIFT and variance < VARIANCE_DRIFT


def _check_windows(signals: Tensor, conditions: Sequence[Condition], family: str) -> None:
    shape = tuple(signals.shape[1:])
    if len(shape) != 2 or shape[1] < SHORTEST_WINDOW or conditions:
        given = f"shape {shape}" + (f" and conditions ({', '.join(c.name for c in conditions)})" if conditions else "")
        msg = (
            f"the family {family} takes signals of shape (channels, length), at least {SHORTEST_WINDOW} long and"
            f' without conditions; these have {given}: leave family at "auto"'
        )
        raise ArgumentError(msg)
