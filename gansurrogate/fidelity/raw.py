"""The raw two-sample test: a dense network on the values as they are."""

from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.two_sample import dense_auc


def raw_auc(real: Array, other: Array, *, seed: int = 0) -> Estimate:
    """Area under the ROC curve of a dense network on standardised values; signals of shape (n, *shape).

    Nearly blind to noise: beside values that vary much, a lack of it is too small to be seen. It is reported because
    many publications quote it alone.
    """
    first, second = (signals.reshape(len(signals), -1) for signals in (real, other))
    return dense_auc(first, second, (256, 256, 256), epochs=15, seed=seed)
