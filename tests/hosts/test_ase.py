"""Ions that ASE moves take up the energy that a closed form gives for the plain call's signals."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from gansurrogate_signals import NoisySine

import gansurrogate as gs

ION = {"mass": 40.0, "omega": 0.05, "step": 1.0}


@pytest.fixture
def program(example: Callable[[str, str], ModuleType]) -> ModuleType:
    return example("ase_ions", "ase")


@pytest.mark.parametrize("kind", ["surrogate", "signal generator"])
def test_every_ion_takes_up_the_energy_of_its_own_signal(
    program: ModuleType, sine: Callable[..., Path], kind: str
) -> None:
    sampler: gs.Sampler = gs.load(sine(), device="cpu", threads=1) if kind == "surrogate" else NoisySine()
    found = program.taken_up(sampler, 50, seed=7, scale=1e-4, **ION)
    drive = 1e-4 * sampler.sample(50, rng=7)
    expected = program.by_hand(drive, **ION)
    np.testing.assert_allclose(found, expected, rtol=5e-3, atol=5e-3 * expected.mean())
    assert np.corrcoef(found, expected)[0, 1] > 0.99999


def test_a_constant_force_leaves_the_energy_that_every_textbook_has(program: ModuleType) -> None:
    """An ion at rest under a constant force: (F^2 / (m w^2)) (1 - cos w t)."""
    force, steps = 1e-3, 40
    stiffness = ION["mass"] * (ION["omega"] / program.units.fs) ** 2
    expected = force**2 / stiffness * (1 - np.cos(ION["omega"] * steps))
    assert program.by_hand(np.full((1, steps), force), **ION)[0] == pytest.approx(expected, rel=1e-9)
