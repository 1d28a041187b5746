"""The classifier two-sample test of CaloChallenge: a wide dense network, calibrated, on a table of features.

C. Krause et al., "CaloChallenge 2022: a community challenge for fast calorimeter simulation", arXiv:2410.21611,
section 4; sizes are those of its tables.
"""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss, roc_auc_score
from torch import Tensor, nn

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.randomness import own_randomness

WIDTH, DEPTH = 2048, 3
RATE, BATCH, EPOCHS = 2e-4, 1000, 50
CERTAIN = 1e-6  # calibrated probabilities keep this far from 0 and 1
FEWEST = 100  # signals on each side


class CaloChallenge(NamedTuple):
    """What the classifier reaches on the last fifth of the signals.

    Attributes
    ----------
    auc : Estimate
        Area under its ROC curve.
    divergence : Estimate
        Lower bound of the Jensen-Shannon divergence in units of ln 2: (ln 2 - cross entropy) / ln 2. For equal
        distributions it lies a little below zero.
    """

    auc: Estimate
    divergence: Estimate


def calochallenge(
    real: Array,
    other: Array,
    *,
    seed: int = 0,
    repeats: int = 1,
    width: int = WIDTH,
    depth: int = DEPTH,
    epochs: int = EPOCHS,
) -> CaloChallenge:
    """Train on three fifths of the features, choose epoch and calibration on one fifth, judge on the last.

    Parameters
    ----------
    real, other : array of shape (n, features)
        Taken as they are, in double precision: bring them to the order of one (CaloChallenge takes logarithms of
        energies, and shares of the incident one).
    repeats : int
        Anew with other splits and weights; the challenge asks for ten. Of several the interval is that of their mean,
        of one that of the last fifth's signals.
    width, depth, epochs : int
        2048, 3 and 50 in the challenge, which takes twenty minutes of one core for 10,000 signals of 300
        features on each side.

    Raises
    ------
    ArgumentError
        For fewer than 100 signals on a side.
    """
    if min(len(real), len(other)) < FEWEST:
        msg = f"the test of CaloChallenge needs {FEWEST} signals on each side; got {len(real)} and {len(other)}"
        raise ArgumentError(msg)
    judged = [_judged(real, other, seed + k, width, depth, epochs) for k in range(repeats)]
    areas = [float(roc_auc_score(*_labelled(*pair))) for pair in judged]
    if repeats > 1:
        return CaloChallenge(Estimate.of_repeats(areas), Estimate.of_repeats([_divergence(*pair) for pair in judged]))
    a, b = judged[0]
    return CaloChallenge(Estimate.of_auc(areas[0], len(a), len(b)), Estimate.of_resamples(_divergence, a, b, seed))


def _judged(real: Array, other: Array, seed: int, width: int, depth: int, epochs: int) -> tuple[Array, Array]:
    """Calibrated probabilities of being real, of the last fifth of both."""
    random = np.random.default_rng(seed)
    labels, x = _labelled(real, other)
    x = x.astype(np.float64)
    sides = [random.permutation(len(real)), len(real) + random.permutation(len(other))]
    split = [np.split(rows, [int(0.6 * len(rows)), int(0.8 * len(rows))]) for rows in sides]
    train, chosen, last = (np.concatenate(rows) for rows in zip(*split, strict=True))
    judge = _fit(x[train], labels[train], x[chosen], labels[chosen], seed, width, depth, epochs)
    calibration = IsotonicRegression(y_min=CERTAIN, y_max=1 - CERTAIN, out_of_bounds="clip")
    calibration.fit(_probabilities(judge, x[chosen]), labels[chosen])
    found = calibration.predict(_probabilities(judge, x[last]))
    return found[labels[last] == 1], found[labels[last] == 0]


def _fit(
    x: Array, labels: Array, other_x: Array, other_labels: Array, seed: int, width: int, depth: int, epochs: int
) -> nn.Module:
    """The network after the epoch that is most often right on the other signals."""
    with own_randomness(seed):
        layers: list[nn.Module] = []
        for inputs in (x.shape[1], *[width] * (depth - 1)):
            layers += [nn.Linear(inputs, width), nn.LeakyReLU()]
        judge = nn.Sequential(*layers, nn.Linear(width, 1)).double()
        optimizer = torch.optim.Adam(judge.parameters(), RATE)
        table, target = torch.from_numpy(x), torch.from_numpy(labels)
        best, kept = -1.0, dict[str, Tensor]()
        for _ in range(epochs):
            for rows in torch.randperm(len(table)).split(BATCH):
                optimizer.zero_grad()
                F.binary_cross_entropy_with_logits(judge(table[rows])[:, 0], target[rows]).backward()
                optimizer.step()
            right = float(((_probabilities(judge, other_x) > 0.5) == (other_labels > 0.5)).mean())
            if right > best:
                best, kept = right, {name: value.clone() for name, value in judge.state_dict().items()}
            if right == 1:
                break
        judge.load_state_dict(kept)
    return judge


def _probabilities(judge: nn.Module, x: Array) -> NDArray[np.float64]:
    with torch.no_grad():
        found: NDArray[np.float64] = (
            torch.cat([judge(part) for part in torch.from_numpy(x).split(BATCH)]).sigmoid().numpy()
        )
    return found[:, 0]


def _divergence(real: Array, other: Array) -> float:
    return 1 - float(log_loss(*_labelled(real, other))) / float(np.log(2))


def _labelled(real: Array, other: Array) -> tuple[NDArray[np.float64], Array]:
    return np.repeat([1.0, 0.0], [len(real), len(other)]), np.concatenate([real, other])
