"""What reduced precision costs: how far the signals move, and whether judges can tell them from float32 ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gansurrogate.fidelity.comparison import Comparison, Sample
from gansurrogate.fidelity.figure import Figure
from gansurrogate.fidelity.panel import judge
from gansurrogate.signals import SignalArray
from gansurrogate.surrogate import Surrogate
from gansurrogate.testing import draw_varied
from gansurrogate_onnx.verify import SEED

ROWS = 1024  # on which ranges and deviations are measured
JUDGES = ("trees", "spectral judge", "convolutional judge")  # what is sharp on values, on noise, and on shape


def rows_of(surrogate: Surrogate, n: int, seed: int = SEED) -> SignalArray:
    """Its first `n` signals, under conditions over their whole range."""
    return surrogate.sample(n, conditions=draw_varied(surrogate, n, seed), rng=seed)


def told_apart(plain: Surrogate, reduced: Surrogate, n: int, seed: int) -> list[Figure]:
    """What the panel's classifiers say of `n` signals on each side; the largest figure comes first, as ``panel_auc``.

    Float32 signals stand for real ones, those of the reduced network for the surrogate's, and the floor is float32
    against float32. All are different rows: signals of one row would be twins.
    """
    given = draw_varied(plain, 2 * n, seed)
    first, second = ({name: values[half] for name, values in given.items()} for half in (slice(n), slice(n, None)))
    comparison = Comparison(
        plain.spec,
        real=Sample(plain.sample(n, conditions=first, rng=seed), first),
        other=Sample(plain.sample(n, conditions=second, rng=seed, start=n), second),
        surrogate=Sample(reduced.sample(n, conditions=second, rng=seed, start=2 * n), second),
        seed=seed % 2**32,
    )
    return judge(comparison, only=JUDGES).figures


def deviations(plain: SignalArray, reduced: SignalArray, unit: str) -> dict[str, Any]:
    """Largest and root mean square deviation, row by row, in the signals' unit and in their standard deviations."""
    difference: NDArray[np.float64] = np.abs(reduced.astype(np.float64) - plain)
    spread = float(plain.std()) or 1.0
    found = {"largest": float(difference.max()), "rms": float(np.sqrt((difference**2).mean()))}
    relative = {f"{name}_of_std": value / spread for name, value in found.items()}
    return {"rows": len(plain), "unit": unit} | {name: _short(value) for name, value in (found | relative).items()}


def _short(value: float) -> float:
    return float(f"{value:.3g}")
