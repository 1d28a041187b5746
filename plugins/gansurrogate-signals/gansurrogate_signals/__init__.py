"""Classical signal generators, and the example to copy for your own.

This module is loaded whenever plugins are discovered, so it imports numpy only at the top; scipy is
imported by the simulator that needs it, when it runs.
"""

from collections.abc import Callable

import gansurrogate as gs
from gansurrogate_signals.blurred_field import BlurredField
from gansurrogate_signals.coloured_noise import ColouredNoise
from gansurrogate_signals.detector_pulse import DetectorPulse
from gansurrogate_signals.double_well import DoubleWell
from gansurrogate_signals.duffing import Duffing
from gansurrogate_signals.impulse_train import ImpulseTrain
from gansurrogate_signals.noisy_sine import NoisySine
from gansurrogate_signals.two_peaks import TwoPeaks


@gs.hookimpl
def register_signal_generators(register: Callable[[gs.SignalGenerator], None]) -> None:
    """Offer every signal generator of this package."""
    register(NoisySine())
    register(NoisySine(continuous=True))
    register(NoisySine(conditional=True))
    register(Duffing())
    register(DetectorPulse())
    register(ColouredNoise())
    register(ImpulseTrain())
    register(DoubleWell())
    register(TwoPeaks())
    register(BlurredField())
