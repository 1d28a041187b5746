"""The convolutional two-sample test: a small 1-D network that sees local structure and its statistics."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.estimate import Array, Estimate
from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.fidelity.two_sample import auc

EPOCHS = 10
BATCHES = ((2000, 128), (500, 32), (0, 16))  # from so many signals on: few signals need small batches to be learned
FEWEST = 160  # on each side: of 150 noisy sines 19 of 20 judges know those without noise always, with fewer not


class ConvJudge(nn.Module):
    """Three strided convolutions; their maps, with mean and spread over time, go to a dense layer.

    The pooled mean and spread let it see noise anywhere in the signal (a plain flatten misses it).
    """

    def __init__(self, channels: int, length: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv1d(channels, 24, 9, 2, 4), nn.BatchNorm1d(24), nn.ReLU(),
            nn.Conv1d(24, 48, 7, 3, 3), nn.BatchNorm1d(48), nn.ReLU(),
            nn.Conv1d(48, 48, 5, 2, 2), nn.BatchNorm1d(48), nn.ReLU(),
        )  # fmt: skip
        with torch.no_grad():
            steps = self.convolutions(torch.zeros(2, channels, length)).shape[2]
        self.dense = nn.Sequential(nn.Linear(48 * (steps + 2), 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Logits (n,) of signals (n, channels, length)."""
        maps = self.convolutions(x)
        pooled = [maps.flatten(1), maps.mean(2), maps.std(2, unbiased=False)]
        logits: Tensor = self.dense(torch.cat(pooled, 1))
        return logits[:, 0]


def conv_auc(real: Array, other: Array, seed: int = 0) -> Estimate:
    """Area under the ROC curve of a convolutional classifier; signals of shape (n, *shape).

    Raises
    ------
    ArgumentError
        For fewer than 160 signals on a side.
    """
    if min(len(real), len(other)) < FEWEST:
        msg = f"the convolutional judge needs at least {FEWEST} signals on each side; got {len(real)} and {len(other)}"
        raise ArgumentError(msg)

    def scores(train: Array, labels: NDArray[np.float64], test: Array) -> Array:
        location, scale = float(train.mean()), float(train.std())
        x, unseen = (torch.from_numpy((s - location) / scale).float() for s in (train, test))
        return _fit(x, torch.from_numpy(labels).float(), unseen, seed)

    real, other = (signals.reshape(len(signals), -1, signals.shape[-1]) for signals in (real, other))
    return auc(real, other, scores, seed, folds=1)


def _fit(x: Tensor, labels: Tensor, unseen: Tensor, seed: int) -> Array:
    """Train on seven eighths; the epoch that does best on the last eighth scores the unseen signals."""
    with own_randomness(seed):
        judge = ConvJudge(x.shape[1], x.shape[2])
        kept = len(x) // 8
        batch = next(size for least, size in BATCHES if len(x) >= least)
        steps = EPOCHS * ((len(x) - kept) // batch)
        optimizer = torch.optim.AdamW(judge.parameters(), 1e-3, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps + 1)
        best, result = np.inf, np.zeros(len(unseen))
        for _ in range(EPOCHS):
            judge.train()
            for rows in (kept + torch.randperm(len(x) - kept)).split(batch):
                if len(rows) < batch:
                    continue
                loss = nn.functional.binary_cross_entropy_with_logits(judge(x[rows]), labels[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
            judge.eval()
            with torch.no_grad():
                error = float(nn.functional.binary_cross_entropy_with_logits(judge(x[:kept]), labels[:kept]))
                if error < best:
                    best, result = error, torch.cat([judge(part) for part in unseen.split(1000)]).numpy()
    return result
