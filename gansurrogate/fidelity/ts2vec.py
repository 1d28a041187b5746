"""TS2Vec: features of windows, learned from the windows alone.

Z. Yue et al., "TS2Vec: towards universal representation of time series", AAAI 2022, arXiv:2106.10466. Two overlapping
crops of a window, each with half of its steps masked, must get features that agree in the overlap and differ from
those of other steps and other windows.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.randomness import own_randomness

HIDDEN, FEATURES, BLOCKS = 64, 320, 10
BATCH = 8
FEW, MANY, SMALL = 200, 600, 100_000  # iterations for sets of up to so many values, and for larger ones
ENCODED = 512  # windows at a time


class Encoder(nn.Module):
    """Windows (n, length, channels) -> features (n, length, FEATURES): eleven residual blocks of dilated convolutions.

    Parameters
    ----------
    channels : int
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.enter = nn.Linear(channels, HIDDEN)
        self.blocks = nn.Sequential(*[_Block(HIDDEN, 2**i) for i in range(BLOCKS)], _Block(FEATURES, 2**BLOCKS))
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        """In training half of the steps, drawn anew, are masked after the first layer."""
        x = self.enter(x)
        if self.training:
            x = x * (torch.rand(*x.shape[:2], 1) < 0.5)
        features: Tensor = self.dropout(self.blocks(x.transpose(1, 2))).transpose(1, 2)
        return features


class _Block(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.first, self.second = nn.Conv1d(HIDDEN, channels, 3), nn.Conv1d(channels, channels, 3)
        self.project = nn.Conv1d(HIDDEN, channels, 1) if channels != HIDDEN else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        h = self._convolve(F.gelu(x), self.first)
        h = self._convolve(F.gelu(h), self.second)
        features: Tensor = h + self.project(x)
        return features

    def _convolve(self, x: Tensor, layer: nn.Conv1d) -> Tensor:
        if self.dilation >= x.shape[2]:  # the outer taps meet nothing but padding
            return F.conv1d(x, layer.weight[:, :, 1:2], layer.bias)
        return F.conv1d(x, layer.weight, layer.bias, padding=self.dilation, dilation=self.dilation)


class TS2Vec:
    """An encoder trained on windows, with the average of its weights over all iterations.

    AdamW, rate 1e-3, batches of 8 windows, 600 iterations (200 for sets of at most 100,000 values).

    Parameters
    ----------
    windows : array of shape (n, length, channels)
        At least eight.
    seed : int
    iterations : int, optional

    Raises
    ------
    ArgumentError
        For fewer than eight windows, or windows of fewer than two steps.
    """

    def __init__(self, windows: NDArray[np.float32], seed: int = 0, iterations: int | None = None) -> None:
        if len(windows) < BATCH or windows.shape[1] < 2:
            msg = f"TS2Vec learns from at least {BATCH} windows of two steps or more; got shape {windows.shape}"
            raise ArgumentError(msg)
        if iterations is None:
            iterations = FEW if windows.size <= SMALL else MANY
        random, x = np.random.default_rng(seed), torch.from_numpy(windows)
        with own_randomness(seed):
            encoder = Encoder(windows.shape[2])
            self.average = AveragedModel(encoder)
            self.average.update_parameters(encoder)  # the start counts as one of the averaged
            optimizer = torch.optim.AdamW(encoder.parameters(), 1e-3)
            order = np.empty(0, np.intp)
            for _ in range(iterations):
                if len(order) < BATCH:  # an epoch leaves its last, smaller batch out
                    order = random.permutation(len(x))
                rows, order = order[:BATCH], order[BATCH:]
                loss = _loss(*_crops(encoder, x[torch.from_numpy(rows)], random))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                self.average.update_parameters(encoder)
        self.average.eval()

    @torch.no_grad()
    def encode(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features (n, FEATURES) of windows (n, length, channels): the largest over time of each."""
        parts = [self.average(part).amax(1) for part in torch.from_numpy(windows).split(ENCODED)]
        features: NDArray[np.float32] = torch.cat(parts).numpy()
        return features


def _crops(encoder: nn.Module, x: Tensor, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Features (n, overlap, FEATURES) of the steps that two crops share; every window's are shifted by its own."""
    length = x.shape[1]
    shared = int(random.integers(2, length + 1))
    start = int(random.integers(0, length - shared + 1))
    earliest, latest = int(random.integers(0, start + 1)), int(random.integers(start + shared, length + 1))
    shift = random.integers(-earliest, length - latest + 1, (len(x), 1))

    def crop(begin: int, end: int) -> Tensor:
        features: Tensor = encoder(x[np.arange(len(x))[:, None], shift + np.arange(begin, end)])
        return features

    return crop(earliest, start + shared)[:, -shared:], crop(start, latest)[:, :shared]


def _loss(a: Tensor, b: Tensor) -> Tensor:
    """Both contrasts at every resolution: features are halved in time, the larger of two kept, down to one step."""
    losses = []
    while a.shape[1] > 1:
        losses.append((_contrast(a.transpose(0, 1), b.transpose(0, 1)) + _contrast(a, b)) / 2)
        a, b = (F.max_pool1d(side.transpose(1, 2), 2).transpose(1, 2) for side in (a, b))
    losses.append(_contrast(a.transpose(0, 1), b.transpose(0, 1)) / 2)  # one step: nothing to contrast in time
    return torch.stack(losses).mean()


def _contrast(a: Tensor, b: Tensor) -> Tensor:
    """Cross entropy of finding a's partner in b, and b's in a, among all others; (groups, members, FEATURES)."""
    members = a.shape[1]
    both = torch.cat([a, b], 1)
    alike = both @ both.transpose(1, 2)
    alike = alike.masked_fill(torch.eye(2 * members, dtype=torch.bool), -torch.inf)
    partner = torch.arange(2 * members).roll(members).expand(len(a), -1)
    return F.cross_entropy(alike.flatten(0, 1), partner.flatten())
