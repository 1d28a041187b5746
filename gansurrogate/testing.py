"""Checks that plugin authors run on their own work; each failure is one sentence saying what to change."""

import contextlib
import inspect
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.conditions import Condition
from gansurrogate.errors import PluginError, SurrogateError
from gansurrogate.manifest import Manifest
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


def check_exporter(export: Callable[..., Manifest], given: object, name: str) -> None:
    """Check that an exporter keeps its contract.

    Its first argument is called ``surrogate`` or ``trained``, its second ``path``, and the others are options by
    keyword. It writes what it was asked for and nothing beside it, replaces what was there, prints nothing, and gives
    the manifest back. A path that cannot be written and (if it takes surrogate files) a file that is none are refused
    by an error of this package, and nothing is left behind.

    Parameters
    ----------
    export : callable
    given : path of a surrogate file, or TrainedGenerator
        What the exporter takes.
    name : str
        Of a file as it writes it: ``"model.fmu"``.

    Raises
    ------
    PluginError
        With the first thing that is wrong.
    """
    parameters = list(inspect.signature(export).parameters.values())
    names, kinds = [p.name for p in parameters[:2]], [p.kind for p in parameters[2:]]
    expected = "export(surrogate, path, *, ...) or export(trained, path, *, ...)"
    _require(
        names in (["surrogate", "path"], ["trained", "path"]), f"an exporter is {expected}; this one takes {names}"
    )
    by_keyword = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    _require(all(kind in by_keyword for kind in kinds), f"the options of an exporter are keywords only: {expected}")
    with tempfile.TemporaryDirectory(prefix="check-exporter-") as scratch:
        folder = Path(scratch)
        path = folder / name
        path.write_bytes(b"what was there")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            manifest = export(given, path)
        _require(not printed.getvalue(), f"the exporter prints {printed.getvalue()[:80]!r}; a library does not")
        _require(isinstance(manifest, Manifest), f"an exporter gives the manifest back; got {manifest!r}")
        left = sorted(each.name for each in folder.iterdir())
        _require(left == [name], f"the exporter leaves {left} where {name} was asked for")
        _require(path.is_dir() or path.read_bytes() != b"what was there", f"the exporter left {name} as it was")
        _refuses(export, given, folder / "no such folder" / name, "a folder that is not there")
        if names[0] == "surrogate":
            assert isinstance(given, str | os.PathLike)
            again = export(Path(given).read_bytes(), folder / f"again-{name}")
            said = [(each.name, each.version, each.spec, each.self_test) for each in (again, manifest)]  # no timings
            _require(said[0] == said[1], "the manifest of a surrogate given as bytes differs from that of its file")
            (folder / "none.onnx").write_bytes(b"no surrogate")
            _refuses(export, folder / "none.onnx", folder / f"other-{name}", "a file that is no surrogate")


def _refuses(export: Callable[..., Manifest], given: object, path: Path, what: str) -> None:
    before = set(path.parent.iterdir()) if path.parent.exists() else set()
    try:
        export(given, path)
    except SurrogateError:
        left = set(path.parent.iterdir()) - before if path.parent.exists() else set()
        _require(not left, f"after it refused {what} the exporter leaves {sorted(each.name for each in left)}")
    except Exception as error:
        msg = f"for {what} an exporter raises an error of gansurrogate.errors; got {type(error).__name__}: {error}"
        raise PluginError(msg) from error
    else:
        msg = f"the exporter takes {what} without an error"
        raise PluginError(msg)


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
