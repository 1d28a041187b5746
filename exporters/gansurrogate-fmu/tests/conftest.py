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
