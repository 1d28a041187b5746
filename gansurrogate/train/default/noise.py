"""The noise branch of a generator: white noise, coloured by a short filter and scaled.

A network that maps a few latents to hundreds of values draws on a thin surface, and any test that looks at noise tells
it from real signals at once.
"""

import functools
import math

import torch
from torch import Tensor, nn


class Noise(nn.Module):
    """(normals, trunk's output) -> exp(s + envelope + m) (filter * normals), one value per sample.

    It starts white at `floor` and equal for all signals; the modulation m is linear in the trunk's output.

    Parameters
    ----------
    channels, length : int
        Of a signal.
    width : int
        Of the trunk's output.
    floor : float
        Standard deviation to start with, in the signal's unit.
    taps : int
        Of the filter.
    waves : int
        Smooth cosines along the signal that shape the scale; 0 for noise that is the same everywhere.

    Attributes
    ----------
    size : int
        Number of normals per signal: one per sample and filter margin.
    """

    envelope: Tensor

    def __init__(self, channels: int, length: int, width: int, *, floor: float, taps: int, waves: int) -> None:
        super().__init__()
        self.channels, self.length, self.taps = channels, length, taps
        self.size = channels * (length + taps - 1)
        middle = torch.zeros(taps)
        middle[taps // 2] = 1.0
        self.filter = nn.Parameter(middle)
        self.log_scale = nn.Parameter(torch.tensor(math.log(floor)))
        self.register_buffer("envelope", cosines(waves, length))
        self.envelope_weight = nn.Parameter(torch.zeros(waves)) if waves else None
        self.modulation = nn.Linear(width, 1)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, normal: Tensor, h: Tensor) -> Tensor:
        """Noise (n, channels, length) from normals (n, size) and the trunk's output (n, width)."""
        white = normal.reshape(-1, self.channels, self.length + self.taps - 1)
        coloured = filtered(white, self.filter, self.length)
        # 0.3: these learn more slowly than the scale itself and cannot trade places with it.
        log_scale: Tensor = self.log_scale
        if self.envelope_weight is not None:
            log_scale = log_scale + 0.3 * (self.envelope_weight @ self.envelope)  # (length,)
        log_scale = log_scale + 0.3 * self.modulation(h)  # (n, length), or (n, 1)
        return coloured * log_scale.exp()[:, None]


def filtered(white: Tensor, weights: Tensor, length: int) -> Tensor:
    """Values (n, channels, length + taps - 1) weighted over each stretch of (taps,): (n, channels, length)."""
    # Shifted sums: unlike a convolution they give the same bits for every batch size.
    shifted = [weights[i] * white[:, :, i : i + length] for i in range(len(weights))]
    return functools.reduce(torch.add, shifted)


def cosines(waves: int, length: int) -> Tensor:
    """Smooth cosines (waves, length) along a signal; the first is constant."""
    time = (torch.arange(length) + 0.5) / length
    return torch.cos(math.pi * torch.arange(waves)[:, None] * time)
