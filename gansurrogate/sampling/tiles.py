"""What plugins do before and after each tile, and for rows outside the surrogate's domain."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.discovery.hooks import Implementation, cause
from gansurrogate.errors import ConditionError
from gansurrogate.manifest import Manifest
from gansurrogate.plugins import Plugins
from gansurrogate.sampling.request import Request
from gansurrogate.scattered import simulate
from gansurrogate.signals import SignalArray, SignalGenerator

Tile = dict[str, Any]  # the arguments of `before_tile` and `after_tile`, by name


class TileHooks:
    """The hooks of one surrogate, looked up once: a tile without any costs the look at two empty tuples.

    Attributes
    ----------
    spec : SignalSpec
        Of the signals.
    before, after : tuple of Implementation
        Of the hooks `before_tile` and `after_tile`, in the order in which they are called.
    """

    def __init__(self, plugins: Plugins, manifest: Manifest) -> None:
        self._plugins, self._manifest, self.spec = plugins, manifest, manifest.spec
        self._shape, self._dtype = manifest.spec.shape, manifest.spec.dtype
        self.before = tuple(plugins.implementations("before_tile"))
        self.after = tuple(plugins.implementations("after_tile"))
        self._wants_conditions = any("conditions" in each.names for each in (*self.before, *self.after))

    def begin(self, request: Request, first: int, n: int) -> Tile:
        """Call `before_tile` for `n` rows from `first` on; what the hooks are told of the tile."""
        start = request.start + first
        tile: Tile = {"manifest": self._manifest, "seed": request.seed, "rows": range(start, start + n)}
        if self._wants_conditions:
            rows = slice(first, first + n)
            tile["conditions"] = {name: value[rows] for name, value in request.conditions.items()}
        for implementation in self.before:
            implementation.tell(tile)
        return tile

    def end(self, tile: Tile, signals: SignalArray) -> SignalArray:
        """Call `after_tile`; the signals that came out of it.

        Raises
        ------
        PluginError
            If a plugin fails, or gives signals of another shape or type.
        """
        n = len(signals)
        for implementation in self.after:
            tile["signals"] = signals
            if (answer := implementation.tell(tile)) is not None:
                signals = self._checked(implementation, answer, n)
        return signals

    def outside(self, seed: int, rows: NDArray[np.int64], conditions: Mapping[str, NDArray[Any]]) -> SignalArray:
        """Signals of rows outside the domain, from a plugin or from the signal generator that the manifest names.

        Parameters
        ----------
        rows : array of int64, shape (k,)
            Ascending.
        conditions : mapping of name to array of shape (k, ...)
            As a user writes them.

        Raises
        ------
        ConditionError
            If nobody can simulate them.
        PluginError
            If a plugin fails, or gives signals of another shape or type.
        """
        found = self._plugins.first(
            "answer_outside", manifest=self._manifest, seed=seed, rows=rows, conditions=conditions
        )
        if found is not None:
            return self._checked(*found, len(rows))
        return simulate(self._simulator(len(rows)), rows, seed, conditions)

    def _simulator(self, n: int) -> SignalGenerator:
        name = self._manifest.training.get("signal_generator")
        if name in self._plugins.signal_generators:
            found = self._plugins.signal_generators[name]
            if (found.spec.shape, found.spec.unit) == (self.spec.shape, self.spec.unit):
                return found
        named = f"the signal generator {name!r}, in the surrogate's shape and unit" if name else "a signal generator"
        msg = (
            f"{n} rows leave the range that the surrogate was trained on, and {named} is not installed to simulate"
            " them: install or register it, or pass domain='error', 'clip', 'warn' or 'ignore'"
        )
        raise ConditionError(msg)

    def _checked(self, implementation: Implementation, answer: Any, n: int) -> SignalArray:
        shape, dtype = (n, *self._shape), self._dtype
        if type(answer) is not np.ndarray or answer.dtype != dtype:
            try:
                answer = np.asarray(answer).astype(dtype, casting="same_kind")
            except (TypeError, ValueError) as error:
                implementation.refuse(f"signals of {dtype}", cause(error))
        if answer.shape != shape:
            implementation.refuse(f"signals of shape {shape}", answer.shape)
        checked: SignalArray = answer
        return checked
