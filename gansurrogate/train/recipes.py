"""The built-in recipes, those of plugins, and recipes from TOML files."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gansurrogate.errors import ArgumentError, PluginError, UnknownNameError
from gansurrogate.plugins import installed
from gansurrogate.train.autoencoder.recipe import RECIPES as AUTOENCODERS
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.gan.recipe import RECIPES as GANS
from gansurrogate.train.paired.recipe import PairedRecipe
from gansurrogate.train.recipe import Recipe
from gansurrogate.train.sequence.recipe import RECIPES as SEQUENCES

BUILT_IN: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (DefaultRecipe(), *GANS, *AUTOENCODERS, PairedRecipe(), *SEQUENCES)
}


def known_recipes() -> dict[str, Recipe]:
    """The built-in recipes and those that plugins offer (the hook `register_recipes`), by name."""
    return {**BUILT_IN, **installed().offered("register_recipes", _named).things}


def _named(recipe: Any) -> tuple[str, Recipe]:
    if not isinstance(recipe, Recipe) or not recipe.name or recipe.name in BUILT_IN:
        msg = f"register() takes a gansurrogate.train.recipe.Recipe with a name of its own; got {recipe!r}"
        raise PluginError(msg)
    return recipe.name, recipe


def recipe_from(values: Mapping[str, Any]) -> Recipe:
    """A recipe from a mapping: the one that ``base`` names (``"default"`` if none is), with other values.

    Raises
    ------
    ArgumentError
        For an unknown base or key, or a value of the wrong kind.
    """
    base, known = values.get("base", "default"), known_recipes()
    if base not in known:
        msg = f"the recipe's base is one of {', '.join(known)}; got {base!r}"
        raise ArgumentError(msg)
    return known[base].changed(values)


def find_recipe(name: str) -> Recipe:
    """The recipe called `name`, built in or of a plugin, or the one in the TOML file of that path.

    Raises
    ------
    UnknownNameError
        If there is none.
    PluginError
        If two plugins offer the name.
    ArgumentError
        If the file is not a recipe.
    """
    found = BUILT_IN.get(name) or installed().offered("register_recipes", _named).get(name)
    if found is not None:
        return found
    path = Path(name)
    if not path.is_file():
        known, broken = ", ".join(known_recipes()), installed().broken_ones()
        msg = f"no recipe is called {name!r}; known: {known}, or give the path of a TOML file{broken}"
        raise UnknownNameError(msg)
    try:
        return recipe_from(tomllib.loads(path.read_text()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        msg = f"{path} is not a recipe: {error}"
        raise ArgumentError(msg) from error
