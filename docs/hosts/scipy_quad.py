"""SciPy's `quad` with a surrogate inside: the mean of a figure over the range of a condition.

python scipy_quad.py noisy-sine-conditional.onnx
"""

import sys
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray
from scipy.integrate import quad

import gansurrogate as gs


def mean_over(
    sampler: gs.Sampler,
    condition: str,
    figure: Callable[[NDArray[Any]], NDArray[Any]],
    n: int,
    seed: int,
    **others: float | str,
) -> float:
    """The mean of `figure`, a number for each signal, if `condition` is uniform over its range.

    Every evaluation uses the same `n` rows. So the integrand is a function like any other: asked twice it gives the
    same value, and neighbouring values differ by the physics and not by chance.
    """
    (c,) = (c for c in sampler.spec.conditions if c.name == condition)
    assert c.low is not None
    assert c.high is not None

    def integrand(value: float) -> float:
        signals = sampler.sample(n, conditions={condition: value, **others}, rng=seed)
        return float(figure(signals).mean(dtype=float))

    return float(quad(integrand, c.low, c.high, epsrel=1e-4)[0] / (c.high - c.low))


if __name__ == "__main__":
    power = mean_over(gs.load(sys.argv[1]), "omega", lambda x: (x**2).mean(-1), 1000, seed=7, amplitude=5.0)
    print(f"mean power {power:.4f}")
