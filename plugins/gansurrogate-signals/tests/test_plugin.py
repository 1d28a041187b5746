"""What the plugin offers, and what it costs a host to have it installed."""

import subprocess
import sys

import pytest
from gansurrogate_signals import (
    BinaryChirp,
    BlurredField,
    ColouredNoise,
    DetectorPulse,
    DoubleWell,
    Duffing,
    Electrocardiogram,
    FractionalNoise,
    GroundMotion,
    ImpulseTrain,
    NoisySine,
    Photomultiplier,
    ResonantCircuit,
    TwoPeaks,
)

import gansurrogate as gs
from gansurrogate.testing import check_signal_generator

GENERATORS = [
    NoisySine(),
    NoisySine(continuous=True),
    NoisySine(conditional=True),
    Duffing(duration=3.0),
    DetectorPulse(),
    DetectorPulse(conditional=True),
    ColouredNoise(),
    ImpulseTrain(),
    DoubleWell(),
    BinaryChirp(),
    Electrocardiogram(),
    GroundMotion(),
    FractionalNoise(),
    Photomultiplier(),
    ResonantCircuit(),
    TwoPeaks(),
    BlurredField(size=12),
]


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.name)
def test_each_generator_keeps_the_contract_of_signal_generators(generator: gs.SignalGenerator) -> None:
    check_signal_generator(generator)


@pytest.mark.parametrize(
    "name",
    [
        "noisy-sine",
        "noisy-sine-continuous",
        "noisy-sine-conditional",
        "duffing",
        "detector-pulse",
        "detector-pulse-conditional",
        "coloured-noise",
        "impulse-train",
        "double-well",
        "binary-chirp",
        "electrocardiogram",
        "ground-motion",
        "fractional-noise",
        "photomultiplier",
        "resonant-circuit",
        "two-peaks",
        "blurred-field",
    ],
)
def test_each_generator_is_found_by_its_name(name: str) -> None:
    assert gs.signal_generator(name).name == name


def test_discovering_the_plugin_imports_no_scipy() -> None:
    program = "import sys, gansurrogate as gs; gs.signal_generator('duffing'); print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_signal_of_the_article_costs_half_a_dollar_and_a_minute() -> None:
    assert gs.signal_generator("noisy-sine").cost == gs.Cost(usd=0.50, seconds=60.0)
