"""Have the real thing and its surrogate drifted apart? A sequential two-sample test of pairs under one condition."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.guarding.features import describe
from gansurrogate.guarding.predictor import Predictor
from gansurrogate.guarding.wager import Wager
from gansurrogate.signals import SignalArray
from gansurrogate.spec import SignalSpec

BATCH, MOST_BATCHES = 8, 8  # pairs between two lessons, at first; and in the end so many times more
CONDITIONS = 3  # that the predictor looks at

Pairs = list[NDArray[np.float64]]  # figures of real signals, of a surrogate's, conditions


class DriftTest:
    """Predicts which signal of a pair is the real one before it is told, and bets on being right.

    The two signals of a pair have the same conditions. If they follow one law, they may be swapped, and no prediction
    is right more often than by chance. As long as none is right more often than `tolerance`, the probability that
    `drifted` ever becomes true, however many pairs are looked at, is at most `false_alarm`.

    Parameters
    ----------
    spec : SignalSpec
    false_alarm : float
        Between 0 and 1.
    tolerance : float
        From 0.5, for a surrogate that nobody should be able to tell from the real thing, to 1. How often a score picks
        the right one of two is the area under its ROC curve.

    Attributes
    ----------
    wager : Wager
    drifted : bool
    """

    def __init__(self, spec: SignalSpec, false_alarm: float, tolerance: float) -> None:
        self._spec, self._enough = spec, 1 / false_alarm
        self._predictor, self._lessons = Predictor(), 0
        self._unlearnt: list[Pairs] = []
        self.wager, self.drifted = Wager(tolerance), False

    def add(self, real: SignalArray, drawn: SignalArray, conditions: Mapping[str, NDArray[Any]]) -> bool:
        """Bet on pairs, until drift is found.

        Parameters
        ----------
        real, drawn : array of shape (n, *spec.shape)
        conditions : mapping of name to array of shape (n, ...)
            As `SignalSpec.encode_conditions` gives them.

        Returns
        -------
        bool
            `drifted`.
        """
        figures = [describe(signals, len(self._spec.tokens)) for signals in (real, drawn)]
        given = self._scaled(conditions, len(real))
        for first in range(0, len(real), BATCH):
            pairs = [part[first : first + BATCH] for part in (*figures, given)]
            for prediction in self._predictor.predict(*pairs):
                if prediction and not self.drifted:  # 0 predicts nothing
                    self.drifted = self.wager.bet(bool(prediction > 0)) >= self._enough
            self._unlearnt.append(pairs)
            if len(self._unlearnt) > min(self._lessons // 8, MOST_BATCHES - 1):
                self._predictor.learn(*map(np.concatenate, zip(*self._unlearnt, strict=True)))
                self._lessons += 1
                self._unlearnt.clear()
        return self.drifted

    def _scaled(self, conditions: Mapping[str, NDArray[Any]], n: int) -> NDArray[np.float64]:
        """The first conditions that are single values, each from -1 to 1: shape (n, conditions)."""
        columns = [np.zeros((n, 0))]
        for c in [c for c in self._spec.conditions if not c.shape][:CONDITIONS]:
            low, high = (0.0, len(c.levels) - 1.0) if c.levels else (c.low or 0.0, c.high or 0.0)
            columns.append(2 * (conditions[c.name].astype(np.float64)[:, None] - low) / (high - low) - 1)
        return np.concatenate(columns, 1)
