"""Checks of the arguments that several parts share: counts, rows, randomness, and names for servers."""

import operator
import re
from typing import Any

import numpy as np

from gansurrogate.errors import ArgumentError, ArgumentTypeError

_SERVED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
RNGLike = int | np.random.Generator | np.random.BitGenerator | np.random.SeedSequence | None


def check_integer(value: Any, name: str, *, least: int = 0) -> int:
    """Return `value` as an int of at least `least`.

    Raises
    ------
    ArgumentTypeError
        For anything that is not an integer (1.5, "3", True).
    ArgumentError
        For an integer below `least`.
    """
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)
    except TypeError as error:
        msg = f"{name} is a whole number; got {value!r}"
        raise ArgumentTypeError(msg) from error
    if number < least:
        msg = f"{name} is at least {least}; got {number}"
        raise ArgumentError(msg)
    return number


def check_served_name(name: str) -> str:
    """Return `name` if a server can have a model under it: as a folder on any system, and as a part of an address.

    Raises
    ------
    ArgumentError
        For other characters than letters, digits, dots, hyphens and underscores, or too many.
    """
    if not _SERVED.fullmatch(name):
        msg = (
            "a model's name is up to 128 letters, digits, dots, hyphens and underscores and begins with a letter or"
            f" digit; got {name!r}; give another: --option name=NAME"
        )
        raise ArgumentError(msg)
    return name


def seed_of(rng: RNGLike) -> int:
    """The integer seed that `rng` stands for (`SPEC 7 <https://scientific-python.org/specs/spec-0007/>`_).

    Parameters
    ----------
    rng : int, numpy Generator, BitGenerator, SeedSequence or None
        An int is the seed itself, so that every language says the same. A generator yields a seed
        and advances. None takes fresh entropy from the operating system.

    Returns
    -------
    int
        In [-2**63, 2**63), the range of the surrogate file's ``seed`` input.
    """
    if rng is None:
        rng = np.random.SeedSequence()
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1, np.uint64)[0] >> np.uint64(1))
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    seed = check_integer(rng, "rng (as a seed)", least=-(2**63))
    if seed >= 2**63:
        msg = f"a seed is below 2**63; got {seed}"
        raise ArgumentError(msg)
    return seed
