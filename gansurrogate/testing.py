"""Checks that plugin authors run on their own work; each failure is one sentence saying what to change."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import PluginError
from gansurrogate.signals import SignalArray, SignalGenerator
from gansurrogate.surrogate import Surrogate


def check_signal_generator(generator: SignalGenerator, *, n: int = 8) -> None:
    """Check that a signal generator keeps its contract.

    Name and spec; shape, type and finiteness; the same seed gives the same signals, another seed others; rows
    do not depend on how many are drawn, on the start, or on the conditions of other rows; features have one
    value per signal.

    Parameters
    ----------
    generator : SignalGenerator
    n : int
        Signals per draw beyond those of one seed; the check draws about five times as many.

    Raises
    ------
    PluginError, SpecError
        With the first thing that is wrong.
    """
    _require(isinstance(generator, SignalGenerator), f"{generator!r} is not an instance of a SignalGenerator")
    for attribute in ("name", "spec"):
        _require(hasattr(generator, attribute), f"{type(generator).__name__} has no {attribute!r}")
    name = generator.name
    if generator.rows_per_seed > 1:
        n += generator.rows_per_seed  # rows of two seeds
    drawn = generator.draw_conditions(n, rng=0)
    known = [condition.name for condition in generator.spec.conditions]
    _require(list(drawn) == known, f"draw_conditions() of {name!r} gives {list(drawn)}; the spec has {known}")

    def draw(seed: int, first: int, last: int) -> SignalArray:
        given = {condition: values[first:last] for condition, values in drawn.items()}
        return generator.sample(last - first, conditions=given, rng=seed, start=first)

    signals = draw(1, 0, n)
    _require(bool(np.isfinite(signals).all()), f"{name!r} gives NaN or infinity")
    _require(
        np.array_equal(signals, draw(1, 0, n)),
        f"{name!r} gives other signals for the same seed: draw every random number from the rng of simulate()",
    )
    _require(
        not np.array_equal(signals, draw(2, 0, n)),
        f"{name!r} gives the same signals for another seed: use the rng that simulate() is given",
    )
    half = generator.rows_per_seed + 1 if generator.rows_per_seed > 1 else n // 2  # between rows of one seed
    _require(
        np.array_equal(signals[:half], draw(1, 0, half)) and np.array_equal(signals[half:], draw(1, half, n)),
        f"{name!r}: a signal depends on how many are drawn, or on the conditions of others; set rows_per_seed = 1,"
        " or make the number of random draws the same for every signal",
    )
    features = generator.features(signals)
    _require(isinstance(features, dict), f"features() of {name!r} gives {type(features).__name__}; expected a dict")
    for feature, values in features.items():
        _require(
            np.shape(values) == (n,), f"feature {feature!r} of {name!r} has shape {np.shape(values)}; expected {(n,)}"
        )


def check_surrogate(surrogate: Surrogate, *, n: int = 100) -> None:
    """Check that a surrogate keeps its promises on this machine.

    Self-test; finite signals of the spec's shape, or ids of its vocabulary; rows that depend on nothing but seed, row
    and conditions.

    Raises
    ------
    SelfTestError
        If the file's own values are not reproduced.
    PluginError
        With the first promise that is broken.
    """
    surrogate.self_test()
    name = surrogate.manifest.name
    given = draw_varied(surrogate, n, 3)
    signals = surrogate.sample(n, conditions=given, rng=3)
    _require(signals.shape == (n, *surrogate.spec.shape), f"{name!r} gives signals of shape {signals.shape[1:]}")
    _require(bool(np.isfinite(signals).all()), f"{name!r} gives NaN or infinity")
    if tokens := len(surrogate.spec.tokens):
        _require(0 <= signals.min() <= signals.max() < tokens, f"{name!r} gives ids that no token has")
    middle = {condition: values[n // 2 :] for condition, values in given.items()}
    rest = surrogate.sample(n - n // 2, conditions=middle, rng=3, start=n // 2, tile=7)
    _require(np.array_equal(signals[n // 2 :], rest), f"{name!r}: rows depend on how the stream is cut")
    others = surrogate.sample(n, conditions=given, rng=4)
    _require(not np.array_equal(signals, others), f"{name!r} gives the same signals for another seed")


def draw_varied(surrogate: Surrogate, n: int, seed: int) -> dict[str, NDArray[Any]]:
    """Conditions for the first `n` rows of `seed`, drawn uniformly, but for tokens that are left open."""
    drawn = surrogate.draw_conditions(n, rng=seed)
    for c in surrogate.spec.conditions:
        leave_open(c, drawn[c.name], np.arange(n))
    return drawn


def leave_open(condition: Condition, values: NDArray[Any], rows: NDArray[np.int64]) -> None:
    """Set some values of a categorical array condition to its first level, in place; others are left as they are.

    In one row of three all, in one those of the second half, in one none. Where the values are tokens that may be given
    or left open, uniform draws would give nearly every token, and a check would see none that the surrogate draws.

    Parameters
    ----------
    values : array of shape (n, *shape)
    rows : array of shape (n,)
        Which row of three each is.
    """
    if condition.shape and condition.levels:
        later = np.arange(condition.size).reshape(condition.shape) >= condition.size // 2
        each = rows.reshape(-1, *[1] * later.ndim) % 3
        values[(each == 0) | (each == 1) & later] = condition.levels[0]


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise PluginError(message)
