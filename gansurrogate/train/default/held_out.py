"""What the held-out test of the default recipe looks at, for any kind of signal: it knows no physics.

It chooses the checkpoint and gives the live fidelity figure.
"""

import numpy as np
import torch
from torch import Tensor

from gansurrogate.fidelity.estimate import Array
from gansurrogate.train.data import Part, Pool
from gansurrogate.train.default.pilot import Pilot
from gansurrogate.train.held_out import HeldOutTrees

BANDS = 10  # of the residual's power spectrum
WINDOWS = 10  # stretches of the residual
MOST_CHANNELS = 4


class HeldOut(HeldOutTrees):
    """Coefficients, and of what they leave: spectrum in bands, energy in windows, lagged products.

    Parameters
    ----------
    pilot : Pilot
        Of signals in `units`.
    held_out, training : Part, Pool
    units : tensor of shape (channels, 1), optional
        What each channel is measured in; without, the signals' own unit.
    """

    def __init__(self, pilot: Pilot, held_out: Part, training: Pool, units: Tensor | float = 1.0) -> None:
        self.pilot, self.units = pilot, units
        # Signals that fixed the basis look slightly quieter outside it: take others where there are enough.
        n = len(training.signals)
        super().__init__(held_out, training.rows(torch.arange(max(0, n - len(held_out.signals)), n)))

    def features(self, signals: Tensor) -> Array:
        """Features (n, features) of signals (n, *shape)."""
        signals = signals / self.units
        centred = signals.flatten(1) - self.pilot.mean
        coefficients = self.pilot.coefficients(centred)
        residual = (centred - coefficients @ self.pilot.components) / self.pilot.floor
        x = residual.reshape(len(signals), -1, self.pilot.shape[-1]).numpy()  # (n, channels, length)
        power = np.abs(np.fft.rfft(x, axis=2)) ** 2 / x.shape[2]
        bands = [np.log(band.mean(2) + 1e-6) for band in np.array_split(power, BANDS, axis=2) if band.size]
        windows = [np.log((part**2).mean(2) + 1e-6) for part in np.array_split(x, WINDOWS, axis=2) if part.size]
        lags = [(x[:, :, lag:] * x[:, :, :-lag]).mean(2) for lag in (1, 2, 3) if lag < x.shape[2]]
        channels = [_few(columns) for columns in (*bands, *windows, *lags)]
        features: Array = np.concatenate([coefficients.numpy(), *channels], 1)
        return features


def _few(columns: Array) -> Array:
    """One column per channel; of many channels their mean and spread, which trees can still learn from."""
    if columns.shape[1] <= MOST_CHANNELS:
        return columns
    return np.stack([columns.mean(1), columns.std(1)], 1)
