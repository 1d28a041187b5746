"""Numbers of the first look that the rules of `family` go by. All are free of units."""

import math

import torch
from torch import Tensor

STRETCH, MEMORY = 8, 3  # samples ahead, and so many stretches behind, of the test for predictable paths


def drift(signals: Tensor) -> tuple[float, float]:
    """How much the mean and the variance change along signals (n, length): 0 for a stationary process.

    The variance over time of the mean, relative to that of the values; and the relative spread of the variance over
    time. Both are freed of what a finite sample scatters.
    """
    x = signals.double()
    n, variance = len(x), x.var(0)
    mean = float(x.mean(0).var() / x.var()) - 1 / n
    # The variance of a sample's variance is (kurtosis - 1) / n of its square.
    kurtosis = float(((x - x.mean()) ** 4).mean() / x.var() ** 2)
    spread = float((variance.std() / variance.mean()) ** 2) - (kurtosis - 1) / n
    return max(0.0, mean), math.sqrt(max(0.0, spread))


def whitened_kurtosis(signals: Tensor) -> float:
    """Kurtosis of the values of signals (n, length) once their correlations are taken out: 3 for Gaussian ones.

    Each signal is first brought to unit variance, so that Gaussian signals of different sizes count as Gaussian.
    """
    x = signals.double()
    centred = x - x.mean(0)
    eigenvalues, vectors = torch.linalg.eigh(torch.cov(centred.T))
    floored = eigenvalues.clamp_min(1e-4 * float(eigenvalues.mean()))
    white = centred @ (vectors / floored.sqrt()) @ vectors.T
    white = white / white.std(1, keepdim=True)
    return float((white**4).mean())


def unpredicted(signals: Tensor) -> float:
    """Share of the variance of a short stretch of signals (n, length) that the samples before it do not predict.

    By linear least squares on one half of the signals, tested on the other; 1 if the signals are too short to say.
    """
    x = ((signals - signals.mean()) / signals.std()).double()
    half, behind = len(x) // 2, MEMORY * STRETCH
    left = total = 0.0
    for start in range(behind, x.shape[1] - STRETCH + 1, STRETCH):
        past = torch.cat([x[:, start - behind : start], torch.ones(len(x), 1, dtype=x.dtype)], 1)
        coming = x[:, start : start + STRETCH]
        weights = torch.linalg.lstsq(past[:half], coming[:half], driver="gelsd").solution
        left += float((coming[half:] - past[half:] @ weights).square().sum())
        total += float((coming[half:] - coming[half:].mean(0)).square().sum())
    return left / total if total else 1.0
