"""Classical signal generators, and the example to copy for your own.

This module is loaded whenever plugins are discovered, so it imports numpy only at the top; scipy is
imported by the simulator that needs it, when it runs.
"""

from collections.abc import Callable

import gansurrogate as gs
from gansurrogate_signals.binary_chirp import BinaryChirp
from gansurrogate_signals.blurred_field import BlurredField
from gansurrogate_signals.coloured_noise import ColouredNoise
from gansurrogate_signals.detector_pulse import DetectorPulse
from gansurrogate_signals.double_well import DoubleWell
from gansurrogate_signals.duffing import Duffing
from gansurrogate_signals.electrocardiogram import Electrocardiogram
from gansurrogate_signals.fractional_noise import FractionalNoise
from gansurrogate_signals.ground_motion import GroundMotion
from gansurrogate_signals.impulse_train import ImpulseTrain
from gansurrogate_signals.noisy_sine import NoisySine
from gansurrogate_signals.photomultiplier import Photomultiplier
from gansurrogate_signals.resonant_circuit import ResonantCircuit
from gansurrogate_signals.two_peaks import TwoPeaks


@gs.hookimpl
def register_signal_generators(register: Callable[[gs.SignalGenerator], None]) -> None:
    """Offer every signal generator of this package."""
    register(NoisySine())
    register(NoisySine(continuous=True))
    register(NoisySine(conditional=True))
    register(Duffing())
    register(DetectorPulse())
    register(DetectorPulse(conditional=True))
    register(ColouredNoise())
    register(ImpulseTrain())
    register(DoubleWell())
    register(BinaryChirp())
    register(Electrocardiogram())
    register(GroundMotion())
    register(FractionalNoise())
    register(Photomultiplier())
    register(ResonantCircuit())
    register(TwoPeaks())
    register(BlurredField())
