"""Real signals for the page, to be seen beside the surrogate's."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gansurrogate.errors import ArgumentError
from gansurrogate.plugins import installed
from gansurrogate.spec import SignalSpec, check_signals

COUNT, SEED = 6, 1
FILES = (".npy", ".npz")


def real_signals(source: str, spec: SignalSpec) -> dict[str, Any]:
    """Some real signals, and the conditions that they were taken under.

    Parameters
    ----------
    source : str
        An npy or npz file, with the signals on the first axis, or the name of a signal generator. In npz the signals
        are called ``signals``, and there is an array for each condition, as `gansurrogate simulate` writes them.
    spec : SignalSpec
        Of the surrogate.

    Returns
    -------
    dict
        ``source``, ``signals`` (a flat list for each), and ``conditions`` as the surrogate file takes them.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    UnknownNameError
        If no signal generator has this name.
    ArgumentError, SpecError, ConditionError
        If signals or conditions do not fit the surrogate.
    """
    path = Path(source)
    signals, conditions = _from_file(path, spec) if path.suffix in FILES else _drawn(source)
    n = np.shape(signals)[0]
    checked = check_signals(signals, spec, n, source)
    encoded = spec.encode_conditions({c.name: conditions[c.name] for c in spec.conditions}, n)
    return {
        "source": path.name,
        "signals": [_plain(signal) for signal in checked],
        "conditions": {name: [_plain(value) for value in values] for name, values in encoded.items()},
    }


def _drawn(name: str) -> tuple[ArrayLike, dict[str, Any]]:
    generator = installed().signal_generator(name)
    conditions = generator.draw_conditions(COUNT, rng=SEED)
    return generator.sample(COUNT, conditions=conditions, rng=SEED), conditions


def _from_file(path: Path, spec: SignalSpec) -> tuple[NDArray[Any], dict[str, Any]]:
    try:
        content = np.load(path)
    except FileNotFoundError as error:
        msg = f"there is no file {path}"
        raise FileNotFoundError(msg) from error
    except (OSError, ValueError, EOFError) as error:
        msg = f"{path} is no npy or npz file of numbers: {error}"
        raise ArgumentError(msg) from error
    arrays = {"signals": content} if isinstance(content, np.ndarray) else dict(content)
    wanted = ["signals", *(c.name for c in spec.conditions)]
    if missing := [name for name in wanted if name not in arrays]:
        msg = f"{path} has no {' and no '.join(missing)}: give an npz file with the arrays {', '.join(wanted)}"
        raise ArgumentError(msg)
    sizes = {name: np.shape(arrays[name])[:1] for name in wanted}
    n = min(size[0] if size else 0 for size in sizes.values())
    if not n or len(set(sizes.values())) > 1:
        msg = f"the arrays of {path} have one entry for each signal; got {sizes}"
        raise ArgumentError(msg)
    rows = np.unique(np.linspace(0, n - 1, COUNT).astype(int))  # from the whole file, which may be sorted
    return arrays["signals"][rows], {name: arrays[name][rows] for name in wanted[1:]}


def _plain(values: NDArray[Any]) -> list[float]:
    """Numbers for JSON, rounded to what a plot can show."""
    if values.dtype.kind in "iu":
        return [int(value) for value in values.ravel()]
    return [float(f"{value:.7g}") for value in values.ravel()]
