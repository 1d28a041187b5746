"""The self-test of a reduced surrogate: its own values, and how far rounding on another machine may move them.

Where a value lies next to the border of two of its 256 levels, the last bits of a sum decide which it takes, and these
differ between machines and versions of onnxruntime. What that does is measured at the very values of the test: with
latents moved by some ten times as much as machines differ by, and without onnxruntime's fused operators.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate import rowlaw
from gansurrogate.cut import fed_at
from gansurrogate.errors import ExportError
from gansurrogate.manifest import Manifest, SelfTest
from gansurrogate.providers import CPU
from gansurrogate.self_test import feeds_of
from gansurrogate.session import onnxruntime, open_session
from gansurrogate_onnx.tokens import ROUNDING
from gansurrogate_onnx.verify import TOLERANCE

DRAWS = 64  # of ways in which latents are moved
SAFETY = 4  # times what was seen is allowed
MOST = 0.25  # standard deviations: a wrong kernel moves values by about one


def self_test_of(data: bytes, manifest: Manifest, spread: float) -> SelfTest:
    """The test of `manifest` with the values and the tolerance of the reduced model `data`.

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
    test, feeds = manifest.self_test, feeds_of(manifest)
    latents = rowlaw.latents(test.seed, test.rows, manifest.latents)
    cut = open_session(fed_at(data, "latent"), (CPU, {}))
    random = np.random.default_rng(test.seed)

    def kept(signals: NDArray[np.float32]) -> NDArray[np.float64]:
        return signals.reshape(len(test.rows), -1)[:, test.positions].astype(np.float64)

    expected = kept(open_session(data, (CPU, {})).run(["signal"], feeds)[0])
    if not np.isfinite(expected).all():
        msg = "the reduced network gives NaN or infinity; choose another precision"
        raise ExportError(msg)
    moved = [kept(_unfused(data).run(["signal"], feeds)[0])]
    for _ in range(DRAWS):
        by = 1 + ROUNDING * random.uniform(-1, 1, latents.shape)
        moved.append(kept(cut.run(["signal"], {**feeds, "latent": (latents * by).astype(np.float32)})[0]))
    atol = max(TOLERANCE * spread, SAFETY * max(float(np.abs(each - expected).max()) for each in moved))
    if not atol <= MOST * spread:
        msg = (
            f"the reduced signals hang on rounding: they move by {atol / SAFETY / spread:.2g} standard deviations as"
            " latents move in their last bits, as where one value is drawn after the other; keep float32"
        )
        raise ExportError(msg)
    return replace(test, expected=expected.tolist(), atol=atol, rtol=TOLERANCE)


def _unfused(data: bytes) -> Any:
    """A session that computes operator by operator, as written in the file."""
    ort = onnxruntime()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(data, options, providers=[CPU])
