from dataclasses import replace
from pathlib import Path

import pytest

from gansurrogate.errors import ArgumentError, UnknownNameError
from gansurrogate.train import Recipe
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.recipes import BUILT_IN, find_recipe


def written(folder: Path, text: str) -> str:
    path = folder / "recipe.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    "recipe",
    [
        *BUILT_IN.values(),
        DefaultRecipe(name="mine", width=7, learning_rate=1e-9, betas=(0.5, 0.9)),
        DefaultRecipe(name='a "b" \\ c'),
    ],
    ids=lambda recipe: recipe.name,
)
def test_a_recipe_survives_toml(recipe: Recipe, tmp_path: Path) -> None:
    assert find_recipe(written(tmp_path, recipe.to_toml())) == recipe


def test_what_a_recipe_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    assert find_recipe(written(tmp_path, "batch_size = 7")) == replace(DefaultRecipe(), batch_size=7)


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_a_built_in_recipe_is_found_by_its_name(name: str) -> None:
    assert find_recipe(name).name == name


def test_a_missing_recipe_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"no recipe is called 'fast'; known: .*default"):
        find_recipe("fast")


@pytest.mark.parametrize("text", ["width 128", "width = ", "\x00"])
def test_a_file_that_is_not_a_recipe_is_an_error_that_names_it(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ArgumentError, match=path):
        find_recipe(path)


def test_a_binary_file_is_not_a_recipe(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_bytes(bytes(range(256)))
    with pytest.raises(ArgumentError, match="is not a recipe"):
        find_recipe(str(tmp_path / "recipe.toml"))


def test_an_unknown_base_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"base is one of .*default.*; got 'fast'"):
        find_recipe(written(tmp_path, 'base = "fast"'))


def test_an_unknown_value_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"unknown recipe value widht; known: .*width"):
        find_recipe(written(tmp_path, "widht = 128"))


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", '"128"', "1.5", "true", "[1]"])
def test_a_width_that_is_no_positive_whole_number_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="width"):
        find_recipe(written(tmp_path, f"width = {value}"))


@pytest.mark.parametrize("value", ["0.0", "-1e-3", "nan", "inf", '"fast"'])
def test_a_learning_rate_that_is_no_positive_number_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="learning_rate"):
        find_recipe(written(tmp_path, f"learning_rate = {value}"))


@pytest.mark.parametrize("value", ["0.5", "[0.5]", '["a", "b"]', "[0.0, 1.0]", "[0.0, 0.9, 0.99]"])
def test_betas_that_are_not_two_numbers_below_one_are_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"betas|not a recipe"):
        find_recipe(written(tmp_path, f"betas = {value}"))


def test_a_whole_number_may_stand_for_a_float(tmp_path: Path) -> None:
    assert find_recipe(written(tmp_path, "penalty = 1")).penalty == 1.0


def test_fewer_signals_get_a_stronger_final_penalty() -> None:
    recipe = DefaultRecipe()
    assert recipe.adapted_to(recipe.enough) == recipe
    assert replace(recipe, enough=0).adapted_to(100).penalty_end == recipe.penalty_end
    assert recipe.adapted_to(10 * recipe.enough) == recipe
    assert recipe.adapted_to(recipe.enough // 2).penalty_end == pytest.approx(4 * recipe.penalty_end)
    assert recipe.adapted_to(1).penalty_end == recipe.penalty  # no stronger than at the start
    assert DefaultRecipe(penalty=1.0, penalty_end=2.0).adapted_to(1).penalty_end == 2.0  # nor weaker than asked for
