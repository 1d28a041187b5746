"""What the tests of all exporters share: the repository's surrogate files."""

from collections.abc import Callable
from pathlib import Path

import pytest

import gansurrogate as gs

DATA = Path(__file__).parents[1] / "tests" / "runtime" / "data"


@pytest.fixture(scope="session")
def file() -> Callable[[str], Path]:
    """``file(name)``: a surrogate file.

    ``golden``: two channels over time, a condition with a unit and a category. ``fields``: an image under an image, a
    mask and a number. ``text``: tokens, of which the first may be given.
    """
    return lambda name: DATA / f"{name}-{gs.__version__}.onnx"
