"""Packages that are wanted for one thing only and imported when it is asked for."""

import importlib
from types import ModuleType

from gansurrogate.errors import MissingPackageError


def package(name: str, extra: str) -> ModuleType:
    """Import the package `name`, which the extra `extra` installs.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        msg = f"this needs the package {name} ({error}): pip install 'gansurrogate[{extra}]'"
        raise MissingPackageError(msg) from error
