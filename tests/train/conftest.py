"""Small signals, a small recipe and recordings of them, for trainings of a second."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

import gansurrogate as gs
from gansurrogate.train import Recipe, Recordings, recipe_from

torch.set_num_threads(1)

Sines = Callable[..., np.ndarray]


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    """The default recipe with everything small."""
    sizes = {"width": 16, "depth": 1, "latent_size": 3, "head_width": 16, "head_depth": 1, "noise_head_width": 8}
    data = {"batch_size": 32, "signals": 300, "pilot_signals": 240, "held_out_signals": 60, "checks": 2}
    return recipe_from({"name": "tiny", "octaves": 1, "warm_up_steps": 5, **sizes, **data})


@pytest.fixture(scope="session")
def sines() -> Sines:
    """A maker of sines of random phase and level under white noise: rank 3, floor `noise`."""

    def make(n: int = 300, shape: tuple[int, ...] = (32,), noise: float = 0.1, seed: int = 0) -> np.ndarray:
        random = np.random.default_rng(seed)
        phase = random.uniform(0, 2 * np.pi, (n, *shape[:-1], 1))
        level = random.normal(0, 0.5, (n, *shape[:-1], 1))
        clean = np.sin(2 * np.pi * np.arange(shape[-1]) / 13.3 + phase) + level
        return (clean + noise * random.standard_normal((n, *shape))).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def conditions() -> tuple[gs.Condition, ...]:
    return (gs.Condition("energy", unit="keV", low=10, high=500), gs.Condition("kind", levels=("a", "b", "c")))


@pytest.fixture(scope="session")
def recordings(sines: Sines, conditions: tuple[gs.Condition, ...]) -> Recordings:
    """Sines whose size follows the condition `energy`, with a condition `kind` that changes nothing."""
    random = np.random.default_rng(5)
    energy = random.uniform(10, 500, 300).astype(np.float32)
    spec = gs.SignalSpec(shape=(32,), unit="V", conditions=conditions)
    encoded = {"energy": energy, "kind": random.integers(0, 3, 300)}
    return Recordings("sines", spec, energy[:, None] / 500 * sines(), encoded, {"file": "sines.npz"})


@pytest.fixture(scope="session")
def sheet() -> Callable[..., Recordings]:
    """A maker of signals on a bent sheet: two parameters, four principal components, white noise `noise`."""

    def make(n: int = 2000, noise: float = 0.05, seed: int = 0) -> Recordings:
        random = np.random.default_rng(seed)
        a, b = random.uniform(-1, 1, (2, n))
        basis = np.sqrt(2) * np.cos(np.pi * np.outer([1, 2, 3, 4], np.arange(24) + 0.5) / 24)  # orthogonal
        clean = np.stack([a, b, a**2, a * b], 1) @ basis
        signals = clean + noise * random.standard_normal(clean.shape)
        return Recordings("sheet", gs.SignalSpec((24,), unit="V"), signals.astype(np.float32), {}, {"file": "sheet"})

    return make
