"""A host simulation as it would stand on an inference machine: no package of the training machine is here.

Run by prove.py with the path of a surrogate.
"""

import importlib.util
import sys

import numpy as np

import gansurrogate as gs

FORBIDDEN = ("torch", "onnx", "scipy", "sklearn", "matplotlib")

present = [name for name in FORBIDDEN if importlib.util.find_spec(name)]
assert not present, f"this environment is not lean: {present}"

surrogate = gs.load(sys.argv[1])
surrogate.self_test()
energies = np.linspace(10, 500, 10_000)
total = 0.0
for i in range(3):  # the simulation's own loop
    signals = surrogate.sample(10_000, conditions={"energy": energies, "kind": "b"}, rng=i)
    assert signals.shape == (10_000, *surrogate.spec.shape)
    total += float(signals.sum())
assert np.isfinite(total)
print(f"lean: 30000 signals, sum {total:.6g} {surrogate.spec.unit}, from {surrogate}")  # noqa: T201  # its output is the proof
