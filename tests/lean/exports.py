"""A surrogate of everything that the exporter writes today, for other versions of onnxruntime and numpy to open.

``python tests/lean/exports.py FOLDER``, where the extra [train] is installed. One file for every family of the default
recipe, for conditions and for sequences of tokens, a few steps trained; beside each the signals that it gives here.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from gansurrogate_onnx import export

import gansurrogate as gs
from gansurrogate.train import Recordings, find_recipe, recipe_from
from gansurrogate.train.default.recipe import FAMILIES

TESTS = Path(__file__).parents[1]
SIZES = {
    "width": 16, "depth": 1, "latent_size": 3, "head_width": 16, "head_depth": 1, "noise_head_width": 8, "octaves": 1,
    "warm_up_steps": 5, "batch_size": 32, "pilot_signals": 240, "held_out_signals": 60,
}  # fmt: skip
SHAPES = {"image": (16, 16), "windows": (2, 24), "autoregressive": (2, 24)}  # others are of one channel
STEPS = 2


def sines(shape: tuple[int, ...]) -> np.ndarray:
    """Sines of random phase under white noise: (300, *shape)."""
    random = np.random.default_rng(0)
    phase = random.uniform(0, 2 * np.pi, (300, *shape[:-1], 1))
    clean = np.sin(2 * np.pi * np.arange(shape[-1]) / 13.3 + phase)
    return (clean + 0.1 * random.standard_normal((300, *shape))).astype(np.float32)


def recordings() -> Iterator[tuple[str, Recordings, str, dict[str, object]]]:
    """The name of a file, what it is trained on, and the recipe with what is changed of it."""
    for family in FAMILIES:
        spec = gs.SignalSpec(SHAPES.get(family, (32,)), unit="V")
        seen = Recordings(family, spec, sines(spec.shape), {}, {})
        yield family, seen, "default", {**SIZES, "family": family}
    energy = gs.Condition("energy", unit="keV", low=10, high=500)
    given = np.linspace(10, 500, 300, dtype=np.float32)
    seen = Recordings("energy", gs.SignalSpec((32,), conditions=(energy,)), sines((32,)), {"energy": given}, {})
    yield "conditional", seen, "default", SIZES
    levels = (sines((12,)) > 0).astype(np.int64)
    spec = gs.SignalSpec((12,), axes=(gs.Axis("place"),), tokens=("low", "high"))
    yield "tokens", Recordings("tokens", spec, levels, {}, {}), "sequence", {}


def main(folder: Path) -> None:
    """Write the files."""
    sys.path.append(str(TESTS / "runtime"))
    from golden_signals import expect

    torch.set_num_threads(1)
    for name, seen, recipe, changes in recordings():
        game = recipe_from({**find_recipe(recipe).to_dict(), **changes}).prepare(seen, seed=1)
        for step in range(STEPS):
            game.move(step, step / STEPS)
        path = folder / f"{name}.onnx"
        export(game.finish({}, {}), path, tile=64)
        expect(path)
        print(path.name, path.stat().st_size, "bytes", flush=True)  # noqa: T201  # a script


if __name__ == "__main__":
    main(Path(sys.argv[1]))
