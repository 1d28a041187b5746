"""The held-out test: how well can boosted trees tell generated signals from real ones kept out of training?

It chooses the checkpoint and gives the live fidelity figure, for any kind of signal: it knows no physics.
"""

import numpy as np
import torch
from torch import Tensor

from gansurrogate.fidelity.two_sample import Array, trees_auc
from gansurrogate.train.data import Part, Pool
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.trained import generate

BANDS = 10  # of the residual's power spectrum
WINDOWS = 10  # stretches of the residual
MOST_CHANNELS = 4


class HeldOut:
    """Real signals kept out of training, with the test against them.

    Parameters
    ----------
    pilot : Pilot
        Of signals in `units`.
    held_out, training : Part, Pool
    units : tensor of shape (channels, 1), optional
        What each channel is measured in; without, the signals' own unit.

    Attributes
    ----------
    floor : float
        AUC of training signals against held-out ones: what a perfect generator scores.
    """

    def __init__(self, pilot: Pilot, held_out: Part, training: Pool, units: Tensor | float = 1.0) -> None:
        self.pilot, self.units = pilot, units
        self.n = len(held_out.signals)
        self.real = self._summary(held_out)
        # Signals that fixed the basis look slightly quieter outside it: take others where there are enough.
        other = training.rows(torch.arange(max(0, len(training.signals) - self.n), len(training.signals)))
        self.floor = trees_auc(self.real, self._summary(other))
        # Generated signals get the conditions of the other real ones. At those of the held-out signals each would
        # have a twin with the opposite label, and a perfect generator would score below its floor.
        self.conditions = other.conditions

    def auc(self, network: GeneratorNetwork) -> float:
        """Area under the ROC curve of the trees; 0.5 is a perfect generator. NaN if signals are not finite."""
        signals = torch.from_numpy(generate(network, self.conditions, self.n))
        if not torch.isfinite(signals).all():
            return float("nan")
        return trees_auc(self.real, self._summary(Part(signals, self.conditions)))

    def _summary(self, part: Part) -> Array:
        """Conditions, coefficients, and of what they leave: spectrum in bands, energy in windows, lagged products."""
        signals = part.signals / self.units
        centred = signals.flatten(1) - self.pilot.mean
        coefficients = self.pilot.coefficients(centred)
        residual = (centred - coefficients @ self.pilot.components) / self.pilot.floor
        x = residual.reshape(len(signals), -1, self.pilot.shape[-1]).numpy()  # (n, channels, length)
        power = np.abs(np.fft.rfft(x, axis=2)) ** 2 / x.shape[2]
        bands = [np.log(band.mean(2) + 1e-6) for band in np.array_split(power, BANDS, axis=2) if band.size]
        windows = [np.log((part**2).mean(2) + 1e-6) for part in np.array_split(x, WINDOWS, axis=2) if part.size]
        lags = [(x[:, :, lag:] * x[:, :, :-lag]).mean(2) for lag in (1, 2, 3) if lag < x.shape[2]]
        channels = [_few(columns) for columns in (*bands, *windows, *lags)]
        given = [condition.numpy()[:, None] for condition in part.conditions]
        features: Array = np.concatenate([*given, coefficients.numpy(), *channels], 1)
        return features


def _few(columns: Array) -> Array:
    """One column per channel; of many channels their mean and spread, which trees can still learn from."""
    if columns.shape[1] <= MOST_CHANNELS:
        return columns
    return np.stack([columns.mean(1), columns.std(1)], 1)
