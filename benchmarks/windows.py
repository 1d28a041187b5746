"""How well the default recipe learns windows of 24 samples cut from recordings of several quantities.

    python benchmarks/windows.py ../shared/data stock energy --minutes 2 --judges 3

Trains on all windows, as is usual for these sets, draws as many, and prints one line per set: the discriminative score
of TimeGAN (J. Yoon, D. Jarrett and M. van der Schaar, NeurIPS 2019) with its standard deviation over judges, the area
under that judge's ROC curve, and the memorisation ratio. `--minutes 0` judges the start: the mixture, not trained.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

import gansurrogate as gs
from gansurrogate.train import Budget, Recordings, RunFolder, find_recipe, train
from gansurrogate.train.trained import generate

LENGTH = 24
STEPS, BATCH = 2000, 128  # of the judge


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds timegan_stock, energy, etth1 and mujoco_hopper")
    parser.add_argument("sets", nargs="+", choices=["stock", "energy", "etth1", "mujoco", "sines"])
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--judges", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print("| set | family | score | AUC | memorisation |", flush=True)
    for name in arguments.sets:
        real = load(arguments.folder, name)
        family, drawn = learn(name, real, arguments.minutes, arguments.seed)
        low, high = real.amin((0, 2), keepdim=True), real.amax((0, 2), keepdim=True)
        unit = [((side - low) / (high - low + 1e-7)).transpose(1, 2) for side in (real, drawn)]
        figures = np.array([discriminative(*unit, seed) for seed in range(arguments.judges)])
        ratio = memorisation(*unit, overlapping=name in ("stock", "energy", "etth1"))
        score, area = figures.mean(0)
        print(f"| {name} | {family} | {score:.4f} ± {figures[:, 0].std():.4f} | {area:.3f} | {ratio:.2f} |", flush=True)


def load(folder: Path, name: str) -> Tensor:
    """Windows (n, channels, LENGTH) in physical units, in the order of time."""
    if name == "mujoco":
        with np.load(folder / "mujoco_hopper/mujoco_24_seed123.npz") as file:
            return torch.from_numpy(file["data"].transpose(0, 2, 1).astype(np.float32))
    if name == "sines":
        random = np.random.default_rng(0)
        frequency, phase = random.uniform(0, 0.1, (2, 10_000, 5, 1))
        return torch.from_numpy((np.sin(frequency * np.arange(LENGTH) + phase) / 2 + 0.5).astype(np.float32))
    if name == "energy":
        table = np.load(folder / "energy/energy_rows.npy")
    elif name == "stock":
        table = np.loadtxt(folder / "timegan_stock/stock_data.csv", delimiter=",", skiprows=1)
    else:
        table = np.loadtxt(folder / "etth1/ETTh1.csv", delimiter=",", skiprows=1, usecols=range(1, 8))
    # The published scores are of windows that run backwards, and leave the last row out.
    rows = torch.from_numpy(table[::-1].astype(np.float32))
    return rows.unfold(0, LENGTH, 1)[: len(rows) - LENGTH].clone()


def learn(name: str, real: Tensor, minutes: float, seed: int) -> tuple[str, Tensor]:
    """The family that the default recipe chose, and as many windows of its surrogate."""
    recipe, spec = find_recipe("default"), gs.SignalSpec(shape=tuple(real.shape[1:]), unit="1")
    recordings = Recordings(name, spec, real.numpy(), {}, {})
    if not minutes:
        game = recipe.prepare(recordings, seed)
        return game.describe()["family"], torch.from_numpy(generate(game.network, [], len(real)))
    with tempfile.TemporaryDirectory() as run:
        trained = train(recordings, RunFolder(Path(run)), recipe=recipe, budget=Budget(seconds=60 * minutes), seed=seed)
    return trained.training["family"], torch.from_numpy(generate(trained.network, [], len(real)))


class Judge(nn.Module):
    """TimeGAN's judge: one recurrent layer of half as many units as quantities, and a logit from its last state."""

    def __init__(self, quantities: int) -> None:
        super().__init__()
        hidden = max(1, quantities // 2)
        self.cell = nn.GRU(quantities, hidden, batch_first=True)
        self.logit = nn.Linear(hidden, 1)
        for weight in (*self.cell.weight_ih_l0.chunk(3), *self.cell.weight_hh_l0.chunk(3), self.logit.weight):
            nn.init.xavier_uniform_(weight)
        for bias in (self.cell.bias_ih_l0, self.cell.bias_hh_l0, self.logit.bias):
            nn.init.zeros_(bias)
        nn.init.ones_(self.cell.bias_ih_l0[: 2 * hidden])  # TensorFlow's start: gates open

    def forward(self, windows: Tensor) -> Tensor:
        """Logits (n,) of windows (n, LENGTH, quantities)."""
        logits: Tensor = self.logit(self.cell(windows)[1][0])
        return logits[:, 0]


def discriminative(real: Tensor, drawn: Tensor, seed: int) -> tuple[float, float]:
    """|accuracy - 1/2| of a trained judge on a fifth of both sides, and the area under its ROC curve."""
    torch.manual_seed(seed)
    sides = [side[torch.randperm(len(side))] for side in (real, drawn)]
    cut = len(real) * 4 // 5
    judge = Judge(real.shape[2])
    optimizer = torch.optim.Adam(judge.parameters(), 1e-3)
    labels = torch.cat([torch.ones(BATCH), torch.zeros(BATCH)])
    for _ in range(STEPS):
        logits = judge(torch.cat([side[torch.randperm(cut)[:BATCH]] for side in sides]))
        loss = 2 * F.binary_cross_entropy_with_logits(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        scores = torch.cat([judge(side[cut:]) for side in sides])
    labels = torch.cat([torch.ones(len(real) - cut), torch.zeros(len(drawn) - cut)])
    accuracy = float(((scores > 0) == (labels > 0)).float().mean())
    return abs(accuracy - 0.5), float(roc_auc_score(labels, scores))


def memorisation(real: Tensor, drawn: Tensor, *, overlapping: bool, n: int = 500) -> float:
    """How far drawn windows are from the nearest real one, relative to real ones from those without a common row."""
    mean, spread = real.mean((0, 1)), real.std((0, 1)) + 1e-9
    known, new = (((side - mean) / spread).flatten(1) for side in (real, drawn))
    order = torch.randperm(len(real), generator=torch.Generator().manual_seed(0))[:n]
    apart = torch.cdist(known[order], known)
    near = (order[:, None] - torch.arange(len(real))).abs() < (LENGTH if overlapping else 1)
    between = apart.masked_fill(near, torch.inf).amin(1)
    return float(torch.cdist(new[:n], known).amin(1).median() / between.median())


if __name__ == "__main__":
    main()
