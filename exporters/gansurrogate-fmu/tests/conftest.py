"""Units of the repository's surrogate files, unpacked."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import fmpy
import pytest
from gansurrogate_fmu import export
from gansurrogate_fmu.binary import compiler

import gansurrogate as gs
from gansurrogate.errors import MissingPackageError

DATA = Path(__file__).parents[3] / "tests" / "runtime" / "data"


@pytest.fixture(scope="session")
def file() -> Callable[[str], Path]:
    """``file(name)``: a surrogate file.

    ``golden``: two channels over time, a condition with a unit and a category. ``fields``: an image under an image, a
    mask and a number. ``text``: tokens, of which the first may be given.
    """
    return lambda name: DATA / f"{name}-{gs.__version__}.onnx"


@pytest.fixture(scope="session")
def unit(file: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """``unit(name)``: the folder of the unpacked unit."""
    try:
        compiler()
    except MissingPackageError as error:
        pytest.skip(str(error))

    @cache
    def made(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name)
        export(file(name), folder / "unit.fmu")
        return Path(fmpy.extract(str(folder / "unit.fmu"), str(folder / "unit")))

    return made


@pytest.fixture(scope="session")
def golden(file: Callable[[str], Path]) -> gs.Surrogate:
    return gs.load(file("golden"), device="cpu", threads=1)
