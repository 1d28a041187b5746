"""The built-in recipes, and recipes from TOML files."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gansurrogate.errors import ArgumentError, UnknownNameError
from gansurrogate.train.autoencoder.recipe import RECIPES as AUTOENCODERS
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.gan.recipe import RECIPES as GANS
from gansurrogate.train.paired.recipe import PairedRecipe
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.sequence.recipe import RECIPES as SEQUENCES

BUILT_IN: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (DefaultRecipe(), *GANS, *AUTOENCODERS, PairedRecipe(), *SEQUENCES)
}


def recipe_from(values: Mapping[str, Any]) -> Recipe:
    """A recipe from a mapping: the built-in one that ``base`` names (``"default"`` if none is), with other values.

    Raises
    ------
    ArgumentError
        For an unknown base or key, or a value of the wrong kind.
    """
    base = values.get("base", "default")
    if base not in BUILT_IN:
        msg = f"the recipe's base is one of {', '.join(BUILT_IN)}; got {base!r}"
        raise ArgumentError(msg)
    return BUILT_IN[base].changed(values)


def find_recipe(name: str) -> Recipe:
    """The built-in recipe called `name`, or the one in the TOML file of that path.

    Raises
    ------
    UnknownNameError
        If there is neither.
    ArgumentError
        If the file is not a recipe.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    path = Path(name)
    if not path.is_file():
        msg = f"no recipe is called {name!r}; known: {', '.join(BUILT_IN)}, or give the path of a TOML file"
        raise UnknownNameError(msg)
    try:
        return recipe_from(tomllib.loads(path.read_text()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        msg = f"{path} is not a recipe: {error}"
        raise ArgumentError(msg) from error
