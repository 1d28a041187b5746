"""Write the golden surrogate of this version: ``python tests/make_golden.py``. Needs the extra [train].

An untrained generator of two channels with a continuous and a categorical condition: small enough to commit,
and every later version must load it and give the same signals.
"""

from pathlib import Path

import torch

import gansurrogate as gs
from gansurrogate.train.default.basis import BasisGenerator
from gansurrogate.train.default.pilot import look
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.trained import TrainedGenerator

RECIPE = DefaultRecipe(width=8, depth=1, latent_size=2, spare_components=1)
SPEC = gs.SignalSpec(
    shape=(2, 16),
    unit="V",
    sampling_rate=1e6,
    conditions=(gs.Condition("energy", unit="keV", low=10, high=500), gs.Condition("kind", levels=("a", "b", "c"))),
)


def untrained(spec: gs.SignalSpec = SPEC, seed: int = 0) -> TrainedGenerator:
    """A generator with random weights around random smooth signals."""
    random = torch.Generator().manual_seed(seed)
    time = torch.linspace(0, 1, spec.shape[-1])
    phase = torch.rand(200, *spec.shape[:-1], 1, generator=random)
    noise = torch.randn(200, *spec.shape, generator=random)
    pilot = look(torch.sin(6.28 * (time + phase)) + 0.1 * noise, RECIPE)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = BasisGenerator(pilot, spec.conditions, RECIPE)
    return TrainedGenerator("golden", spec, network.requires_grad_(False), {"signal_generator": "none"})


if __name__ == "__main__":
    from gansurrogate_onnx import export

    path = Path(__file__).parent / "runtime" / "data" / f"golden-{gs.__version__}.onnx"
    export(untrained(), path, license="CC0-1.0", description="untrained, for tests", tile=64)
    print(path, path.stat().st_size, "bytes")  # noqa: T201  # a script
