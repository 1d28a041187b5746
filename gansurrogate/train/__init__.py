"""Training: recordings in, a generator out, ready for an exporter. Needs the extra ``[train]``.

The names below are imported when they are first used: PyTorch takes a second, and where there is none recipes can be
listed and files of recordings read.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gansurrogate.errors import MissingPackageError

if TYPE_CHECKING:
    from gansurrogate.train.budget import Budget as Budget
    from gansurrogate.train.loop import train as train
    from gansurrogate.train.readers.from_file import from_file as from_file
    from gansurrogate.train.recipe import Recipe as Recipe
    from gansurrogate.train.recipes import find_recipe as find_recipe
    from gansurrogate.train.recipes import recipe_from as recipe_from
    from gansurrogate.train.recordings import Recordings as Recordings
    from gansurrogate.train.recordings import from_signal_generator as from_signal_generator
    from gansurrogate.train.run_folder import RunFolder as RunFolder
    from gansurrogate.train.trained import TrainedGenerator as TrainedGenerator

_HOME = {
    "Budget": "budget",
    "train": "loop",
    "Recipe": "recipe",
    "find_recipe": "recipes",
    "recipe_from": "recipes",
    "Recordings": "recordings",
    "from_file": "readers.from_file",
    "from_signal_generator": "recordings",
    "RunFolder": "run_folder",
    "TrainedGenerator": "trained",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        return getattr(import_module(f"gansurrogate.train.{_HOME[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        msg = "training needs torch: pip install 'gansurrogate[train]'"
        raise MissingPackageError(msg) from error
