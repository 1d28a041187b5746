"""Wheels of the repository's surrogate files."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def golden(file: Callable[[str], Path]) -> Path:
    return file("golden")
