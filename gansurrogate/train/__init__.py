"""Training: recordings in, a generator out, ready for an exporter. Needs the extra ``[train]``.

The names below are imported when they are first used: PyTorch takes a second, and listing the recipes does
not need it.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gansurrogate.errors import MissingPackageError

if TYPE_CHECKING:
    from gansurrogate.train.budget import Budget as Budget
    from gansurrogate.train.loop import train as train
    from gansurrogate.train.recipe import Recipe as Recipe
    from gansurrogate.train.recordings import Recordings as Recordings
    from gansurrogate.train.recordings import from_generator as from_generator
    from gansurrogate.train.recordings_file import from_file as from_file
    from gansurrogate.train.run_folder import RunFolder as RunFolder
    from gansurrogate.train.trained import TrainedGenerator as TrainedGenerator

_HOME = {
    "Budget": "budget",
    "train": "loop",
    "Recipe": "recipe",
    "Recordings": "recordings",
    "from_file": "recordings_file",
    "from_generator": "recordings",
    "RunFolder": "run_folder",
    "TrainedGenerator": "trained",
}
__all__ = list(_HOME)

if find_spec("torch") is None:
    _msg = "training needs torch: pip install 'gansurrogate[train]'"
    raise MissingPackageError(_msg)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"gansurrogate.train.{_HOME[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
