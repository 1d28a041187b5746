"""The self-test of a reduced surrogate: rows whose values do not hang on rounding, and how far these may move.

Where a value lies next to the border of two of its 256 levels, the last bits of a sum decide which it takes, and these
differ between machines and versions of onnxruntime. One level more or less may be seen in the signals. So latents, and
all that is rounded to levels, are moved by ten times what float32 rounds by, and the operators are computed one by one
as well; of rows near those of the float32 file's test the first is taken that this hardly moves, or the one it moves
least.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from gansurrogate import rowlaw
from gansurrogate.cut import fed_at
from gansurrogate.errors import ExportError
from gansurrogate.manifest import Manifest, SelfTest
from gansurrogate.providers import CPU
from gansurrogate.self_test import feeds_of
from gansurrogate.session import Feeds, onnxruntime, open_session
from gansurrogate_onnx.self_test import APART, CANDIDATES
from gansurrogate_onnx.verify import TOLERANCE

MOVED = 1e-6  # of a value; float32 rounds by 6e-8
DRAWS = 32  # of ways in which values are moved
SAFETY = 4  # times what was seen is allowed
MOST = 0.25  # standard deviations: a wrong kernel moves values by about one
LEVELLED = {"QuantizeLinear": 0, "QLinearConv": 6}  # the input to move, so that what is rounded moves


def self_test_of(data: bytes, manifest: Manifest, spread: float) -> SelfTest:
    """The test of `manifest` with rows, values and tolerance of the reduced model `data`.

    Parameters
    ----------
    data : bytes
        The reduced model.
    spread : float
        Standard deviation of the signals.

    Raises
    ------
    ExportError
        If the values are not finite or hang on rounding.
    """
    test = manifest.self_test
    near = np.add.outer(test.rows, APART * np.arange(CANDIDATES))  # (rows, candidates)
    conditions = {name: [value for value in each for _ in range(CANDIDATES)] for name, each in test.conditions.items()}
    feeds = feeds_of(replace(manifest, self_test=replace(test, rows=near.ravel().tolist(), conditions=conditions)))

    def kept(signals: NDArray[np.float32]) -> NDArray[np.float64]:
        return signals.reshape(*near.shape, -1)[..., test.positions].astype(np.float64)

    expected = kept(open_session(data, (CPU, {})).run(["signal"], feeds)[0])
    if not np.isfinite(expected).all():
        msg = "the reduced network gives NaN or infinity; choose another precision"
        raise ExportError(msg)
    others = [_one_by_one(data).run(["signal"], feeds)[0], *_moved(data, manifest, near.ravel().tolist(), feeds)]
    far = np.max([np.abs(kept(signals) - expected).max(-1) for signals in others], 0)  # (rows, candidates)
    chosen = np.where(SAFETY * far > TOLERANCE * spread, far, 0.0).argmin(1)
    each = np.arange(len(near))
    atol = max(TOLERANCE * spread, SAFETY * float(far[each, chosen].max()))
    if not atol <= MOST * spread:
        msg = (
            f"the reduced signals hang on rounding: they move by {atol / SAFETY / spread:.2g} standard deviations as"
            " values move in their last bits, as where one value is drawn after the other; keep float32"
        )
        raise ExportError(msg)
    return replace(
        test, rows=near[each, chosen].tolist(), expected=expected[each, chosen].tolist(), atol=atol, rtol=TOLERANCE
    )


def _moved(data: bytes, manifest: Manifest, rows: list[int], feeds: Feeds) -> Iterator[NDArray[np.float32]]:
    """Signals (rows, *shape) as latents and all that is rounded to levels move, in ways drawn by chance."""
    model = onnx.load_from_string(data)
    names: list[str] = []
    for node in list(model.graph.node):
        if node.op_type in LEVELLED:
            place, name = LEVELLED[node.op_type], f"moved_{len(names)}"
            names.append(name)
            product = helper.make_node("Mul", [node.input[place], name], [f"{name}/product"], name)
            model.graph.node.insert(list(model.graph.node).index(node), product)
            node.input[place] = product.output[0]
    model.graph.input.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, []) for name in names)
    session = open_session(fed_at(model.SerializeToString(), "latent"), (CPU, {}))
    latents = rowlaw.latents(manifest.self_test.seed, rows, manifest.latents)
    random = np.random.default_rng(manifest.self_test.seed)
    for _ in range(DRAWS):
        other = latents * (1 + MOVED * random.uniform(-1, 1, latents.shape))
        by = {name: np.asarray(1 + MOVED * random.uniform(-1, 1), np.float32) for name in names}
        yield session.run(["signal"], {**feeds, **by, "latent": other.astype(np.float32)})[0]


def _one_by_one(data: bytes) -> Any:
    """A session that computes operator by operator, as written in the file."""
    ort = onnxruntime()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(data, options, providers=[CPU])
