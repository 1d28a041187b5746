"""The scores of TimeGAN: can a small recurrent network tell windows apart, and forecast after learning from them?

J. Yoon, D. Jarrett and M. van der Schaar, "Time-series generative adversarial networks", NeurIPS 2019, section 5, as
the code of that paper computes them, peculiarities included:

- the networks have half as many units as there are channels: 3 for the six of the Stocks set. They are nearly blind;
- windows are split at random, so overlapping ones fall on both sides, and a copy of the real set scores best;
- the forecast reads all channels but the last and tells the next value of the last, which it never sees.
"""

import numpy as np
import torch

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.fidelity.recurrent import BATCH, RATE, Recurrent, classify
from gansurrogate.fidelity.unit import unit

UNITS_OF_ONE = 16  # units for a single channel, where half a unit is none: a choice of ours and of others since


def discriminative_score(
    real: Array,
    other: Array,
    *,
    repeats: int = 5,
    seed: int = 0,
    iterations: int = 2000,
    span: tuple[float, float] | None = None,
) -> Estimate:
    """Accuracy above chance, ``|accuracy - 1/2|``, of trained judges on a fifth of both sides; 0.5 is the worst.

    Real against real scores 0.004 to 0.01, not 0: the sign of the difference is lost.

    Parameters
    ----------
    real, other : array of shape (n, length) or (n, channels, length)
        Physical values, as many of each.
    repeats : int
        Judges, each with weights and a split of its own.
    seed : int
    iterations : int
    span : pair of float, optional
        What is scaled to 0 and 1, of all channels; each channel's lowest and highest real value if not given. The
        published scores of sines have (0, 1): values that cover half of it.

    Returns
    -------
    Estimate
        Mean over the judges, with Student's interval.

    Raises
    ------
    ArgumentError
        If the sets differ in size or shape, or hold values that are not finite.
    """
    if len(real) != len(other):
        msg = f"the discriminative score takes as many signals of each side; got {len(real)} and {len(other)}"
        raise ArgumentError(msg)
    x, y = unit(real, other, span)
    logits = classify(x, y, units=_units(x.shape[2]), iterations=iterations, repeats=repeats, seed=seed)
    accuracy = ((logits[0] > 0).double().mean(1) + (logits[1] <= 0).double().mean(1)) / 2
    return Estimate.of_repeats((accuracy - 0.5).abs().tolist())


def predictive_score(
    real: Array,
    other: Array,
    *,
    repeats: int = 5,
    seed: int = 0,
    iterations: int = 5000,
    span: tuple[float, float] | None = None,
) -> Estimate:
    """Mean absolute error, of values in [0, 1], of forecasts of the real windows learned from the other ones.

    With one channel, which the published score does not know, the forecast reads the channel's own past.

    Parameters
    ----------
    real, other : array of shape (n, length) or (n, channels, length)
        Physical values.
    repeats : int
        Networks, each with weights of its own.
    seed : int
    iterations : int
    span : pair of float, optional
        As above. The error is proportional to the scale.

    Returns
    -------
    Estimate
        Mean over the networks, with Student's interval.

    Raises
    ------
    ArgumentError
        If the sets differ in shape, or hold values that are not finite.
    """
    test, train = (torch.from_numpy(side) for side in unit(real, other, span))
    channels = train.shape[2]
    read = max(1, channels - 1)
    random = np.random.default_rng(seed)
    with own_randomness(seed):
        networks = Recurrent(repeats, read, _units(channels))
    optimizer = torch.optim.Adam(networks.parameters(), RATE)
    for _ in range(iterations):
        rows = [random.choice(len(train), min(BATCH, len(train)), replace=False) for _ in range(repeats)]
        x = train[torch.from_numpy(np.stack(rows))]  # (repeats, BATCH, length, channels)
        loss = (networks(x[:, :, :-1, :read]).sigmoid() - x[:, :, 1:, -1]).abs().mean((1, 2))
        optimizer.zero_grad()
        loss.sum().backward()  # no weight serves two networks: each follows its own loss
        optimizer.step()
    errors = torch.zeros(repeats, dtype=torch.float64)
    with torch.no_grad():
        for part in test.split(1000):
            told = networks(part[:, :-1, :read].expand(repeats, -1, -1, -1)).sigmoid()
            errors += (told - part[:, 1:, -1]).abs().mean(2).sum(1)
    return Estimate.of_repeats((errors / len(test)).tolist())


def _units(channels: int) -> int:
    return channels // 2 if channels > 1 else UNITS_OF_ONE
