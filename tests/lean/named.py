"""A host simulation on a machine without a network, which has a surrogate as an installed package.

Run by prove.py with the name of the surrogate and a file with the signals of the machine that packaged it.
"""

import importlib.util
import sys

FORBIDDEN = ("torch", "onnx", "onnxscript", "scipy", "sklearn", "gansurrogate_onnx", "gansurrogate_wheel")


def refuse(event: str, arguments: tuple[object, ...]) -> None:
    """End at the first look at the network, also where the system would let it through."""
    if event.startswith(("socket.", "urllib.", "http.")):
        sys.exit(f"the network was asked for: {event} {arguments}")


sys.addaudithook(refuse)
present = [name for name in FORBIDDEN if importlib.util.find_spec(name)]
assert not present, f"this environment is not lean: {present}"

import numpy as np  # noqa: E402  # under the hook, as all that follows

import gansurrogate as gs  # noqa: E402

name, expected = sys.argv[1:]
surrogate = gs.load(name)
surrogate.self_test()
signals = surrogate.sample(1000, conditions={"energy": 20, "kind": "b"}, rng=1)
assert signals.dtype == np.float32
assert signals.tobytes() == np.load(expected).tobytes(), "other bits than on the machine that packaged it"
assert not [module for module in sys.modules if module.startswith("gansurrogate_model")], "code of a package ran"
print(f"named: 1000 signals of {name!r}, bit for bit those of the machine that packaged it")  # noqa: T201  # the proof
