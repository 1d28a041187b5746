"""A recipe: every number of a training as data, with the reason beside each default."""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from gansurrogate.errors import ArgumentError, UnknownNameError

ENOUGH = 44_000  # training signals with which the default penalty_end was found


@dataclass(frozen=True)
class Recipe:
    """The default recipe: a basis generator with a noise branch against a discriminator of fixed views."""

    name: str = "default"
    version: int = 1

    # Generator: a small network gives the coefficients of the leading principal components, noise the rest.
    latent_size: int = 6  # uniform values per signal; two more than most physics has parameters
    width: int = 128
    depth: int = 3
    spare_components: int = 4  # beyond those above the noise floor, so that faint ones are modelled too
    most_components: int = 64  # above this a signal is not low-rank and another family suits it better
    taps: int = 5  # of the filter that colours the noise
    noise_envelope: int = 8  # smooth cosines along the signal that shape the noise scale

    # Discriminator: one head for the trajectory, a small one that also sees the residual.
    head_width: int = 256
    head_depth: int = 3
    noise_head_width: int = 64
    noise_head_depth: int = 2
    octaves: int = 3  # sines and cosines of whitened coefficients: sharp edges of densities need them

    # Loss. The penalty starts strong, which keeps the start stable, and ends weak, which lets details through.
    penalty: float = 1.0
    penalty_end: float = 0.0003  # with many signals; see `adapted_to`
    penalty_until: float = 0.8  # progress at which penalty_end is reached
    energy_weight: float = 5.0  # steadies the density of the leading coefficients

    # Optimisation.
    batch_size: int = 256
    learning_rate: float = 2e-3  # dense networks this small bear ten times that of image GANs
    learning_rate_end: float = 0.02  # relative: annealing to near zero is worth as much as more steps
    warm_up_steps: int = 200
    betas: tuple[float, float] = (0.0, 0.99)  # no momentum: it makes adversarial updates rotate
    ema_decay: float = 0.999

    # Data.
    signals: int = 50_000  # drawn from a signal generator; as good as fresh ones at every step
    pilot_signals: int = 10_000  # looked at to fix the basis and the noise floor
    held_out_signals: int = 6_000
    checks: int = 12  # held-out tests spread over the training; the best of the late ones is kept

    def __post_init__(self) -> None:
        for entry in fields(self):
            object.__setattr__(self, entry.name, _checked(entry.name, getattr(self, entry.name), entry.default))

    def adapted_to(self, n: int) -> "Recipe":
        """The recipe for `n` training signals: with few, the penalty stays stronger.

        A weakly penalised discriminator remembers few signals one by one, and then says nothing about the others.
        The square of the shortage suits what was measured: 0.0003 for 44,000 signals of the noisy sine; for 4,800 of
        the Duffing oscillator 0.03 (trees tell fresh signals apart with AUC 0.60 to 0.63, with 0.0003 at 0.66).
        """
        scarce = self.penalty_end * max(1.0, ENOUGH / n) ** 2
        return replace(self, penalty_end=max(self.penalty_end, min(self.penalty, scarce)))

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values."""
        return asdict(self)

    def to_toml(self) -> str:
        """The recipe as TOML."""
        lines = []
        for key, value in self.to_dict().items():
            lines.append(f"{key} = {json.dumps(value)}\n")  # JSON's text, numbers and lists are TOML's
        return "".join(lines)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recipe":
        """A recipe from a mapping; what is absent keeps its default.

        Raises
        ------
        ArgumentError
            For an unknown key or a value that is not positive.
        """
        known = {entry.name for entry in fields(cls)}
        if unknown := sorted(set(data) - known):
            msg = f"unknown recipe value {', '.join(unknown)}; known: {', '.join(sorted(known))}"
            raise ArgumentError(msg)
        return cls(**data)


def _checked(name: str, value: Any, default: Any) -> Any:
    """`value` if it is of the kind of `default` and positive; a pair of momenta lies in [0, 1)."""
    expected = "a positive number"
    if isinstance(default, str):
        expected, good = "text", isinstance(value, str)
    elif isinstance(default, tuple):
        expected = "two numbers in [0, 1)"
        value = tuple(value) if isinstance(value, list | tuple) else value
        good = isinstance(value, tuple) and len(value) == 2 and all(_is_number(v) and 0 <= v < 1 for v in value)
    elif isinstance(default, int):
        expected, good = "a positive whole number", type(value) is int and value > 0
    else:
        good = _is_number(value) and (value > 0 or (value == 0 and name == "energy_weight"))
        value = float(value) if good else value
    if not good:
        msg = f"the recipe's {name} is {expected}; got {value!r}"
        raise ArgumentError(msg)
    return value


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


RECIPES = {recipe.name: recipe for recipe in (Recipe(),)}


def find_recipe(name: str) -> Recipe:
    """The built-in recipe called `name`, or the one in the TOML file of that path.

    Raises
    ------
    UnknownNameError
        If there is neither.
    ArgumentError
        If the file is not a recipe.
    """
    if name in RECIPES:
        return RECIPES[name]
    path = Path(name)
    if not path.is_file():
        msg = f"no recipe is called {name!r}; known: {', '.join(RECIPES)}, or give the path of a TOML file"
        raise UnknownNameError(msg)
    try:
        return Recipe.from_dict(tomllib.loads(path.read_text()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        msg = f"{path} is not a recipe: {error}"
        raise ArgumentError(msg) from error
