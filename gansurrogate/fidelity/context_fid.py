"""Context-FID: the Frechet distance between learned features of windows."""

from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.frechet import frechet_distance
from gansurrogate.fidelity.ts2vec import TS2Vec
from gansurrogate.fidelity.unit import unit


def context_fid(
    real: Array,
    other: Array,
    *,
    repeats: int = 5,
    seed: int = 0,
    iterations: int | None = None,
    span: tuple[float, float] | None = None,
) -> Estimate:
    """Frechet distance between TS2Vec features, of an encoder trained on the real windows.

    P. Jeha et al., "PSA-GAN: progressive self attention GANs for synthetic time series", ICLR 2022, section 4, with the
    encoder's size and schedule that X. Yuan and Y. Qiao, ICLR 2024, published their table with. Features have no scale
    of their own: figures of two encoders, and so of two packages, compare loosely. Look at the real-vs-real value.

    Parameters
    ----------
    real, other : array of shape (n, length) or (n, channels, length)
        Physical values.
    repeats : int
        Encoders, each trained with a seed of its own.
    seed : int
    iterations : int, optional
        Of each training; 600, or 200 for at most 100,000 values.
    span : pair of float, optional
        What is scaled to 0 and 1, of all channels; each channel's lowest and highest real value if not given.

    Returns
    -------
    Estimate
        Mean over the encoders, with Student's interval.

    Raises
    ------
    ArgumentError
        If the sets differ in shape, hold values that are not finite, or are too small to learn from.
    """
    x, y = unit(real, other, span)
    values = []
    for repeat in range(repeats):
        encoder = TS2Vec(x, 1000 * seed + repeat, iterations)
        values.append(frechet_distance(encoder.encode(x), encoder.encode(y)))
    return Estimate.of_repeats(values)
